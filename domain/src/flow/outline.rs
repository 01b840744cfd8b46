//! A flow as an outline: branches in reading order, all steps in one sequence, and their labels.
//!
//! To add a kind of step: its arms in [`Step::branches`] and [`Step::branches_mut`].

use super::{
    definition::{Block, Expect, Flow, Step, StepId, StepKind},
    edit::Kind,
};

impl Step {
    /// The blocks of its branches with their headings, in reading order.
    pub fn branches(&self) -> Vec<(String, &Block)> {
        match &self.act {
            StepKind::Question(question) => {
                let mut blocks = Vec::new();
                if let Expect::Choice { options } = &question.expect {
                    blocks.extend(options.iter().map(|option| (option.title.clone(), &option.steps)));
                }
                blocks.push(("No valid answer".to_owned(), &question.on_failure));
                blocks
            }
            StepKind::Condition(condition) => {
                let mut blocks: Vec<_> =
                    condition.branches.iter().map(|branch| (branch.when.clone(), &branch.steps)).collect();
                blocks.push(("Otherwise".to_owned(), &condition.otherwise));
                blocks
            }
            StepKind::Http(http) => vec![("If it fails".to_owned(), &http.on_failure)],
            StepKind::Model(model) => vec![("If it fails".to_owned(), &model.on_failure)],
            StepKind::Hours(hours) => vec![("Open".to_owned(), &hours.open), ("Closed".to_owned(), &hours.closed)],
            StepKind::Message(_) | StepKind::Set(_) | StepKind::Handoff(_) | StepKind::Close(_) | StepKind::Jump(_) => {
                Vec::new()
            }
        }
    }

    /// Like [`Self::branches`], but mutable: the same blocks in the same order.
    pub fn branches_mut(&mut self) -> Vec<&mut Block> {
        match &mut self.act {
            StepKind::Question(question) => {
                let mut blocks = Vec::new();
                if let Expect::Choice { options } = &mut question.expect {
                    blocks.extend(options.iter_mut().map(|option| &mut option.steps));
                }
                blocks.push(&mut question.on_failure);
                blocks
            }
            StepKind::Condition(condition) => {
                let mut blocks: Vec<_> = condition.branches.iter_mut().map(|branch| &mut branch.steps).collect();
                blocks.push(&mut condition.otherwise);
                blocks
            }
            StepKind::Http(http) => vec![&mut http.on_failure],
            StepKind::Model(model) => vec![&mut model.on_failure],
            StepKind::Hours(hours) => vec![&mut hours.open, &mut hours.closed],
            StepKind::Message(_) | StepKind::Set(_) | StepKind::Handoff(_) | StepKind::Close(_) | StepKind::Jump(_) => {
                Vec::new()
            }
        }
    }

    /// The label of the kind.
    pub fn kind(&self) -> &'static str {
        Kind::of(self).label()
    }

    /// The step's name, or else the label of its kind.
    pub fn label(&self) -> &str {
        if self.name.trim().is_empty() { self.kind() } else { self.name.trim() }
    }
}

impl Flow {
    /// Every step, in the order of the outline.
    pub fn all(&self) -> Vec<&Step> {
        fn walk<'a>(block: &'a Block, into: &mut Vec<&'a Step>) {
            for step in block {
                into.push(step);
                for (_, inner) in step.branches() {
                    walk(inner, into);
                }
            }
        }
        let mut steps = Vec::new();
        walk(&self.steps, &mut steps);
        steps
    }

    /// The nesting depth of its branches; 0 without branches.
    pub fn depth(&self) -> usize {
        fn deepest(block: &Block) -> usize {
            let inner = block.iter().flat_map(Step::branches).filter(|(_, inner)| !inner.is_empty());
            inner.map(|(_, inner)| 1 + deepest(inner)).max().unwrap_or(0)
        }
        deepest(&self.steps)
    }

    pub fn find(&self, id: &StepId) -> Option<&Step> {
        self.all().into_iter().find(|step| step.id == *id)
    }
}
