//! A flow as an outline: branches in reading order, all steps in one sequence, and their labels.
//!
//! To add a kind of step: its arms in [`Step::branches`] and [`Step::branches_mut`].

use std::collections::BTreeSet;

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

    /// The names under which its steps store values.
    pub fn variables(&self) -> BTreeSet<&str> {
        fn of_step(step: &Step) -> Vec<&str> {
            match &step.act {
                StepKind::Question(question) => vec![question.variable.as_str()],
                StepKind::Set(set) => vec![set.variable.as_str()],
                StepKind::Http(http) => http.keep.iter().map(|keep| keep.variable.as_str()).collect(),
                StepKind::Message(_)
                | StepKind::Condition(_)
                | StepKind::Model(_)
                | StepKind::Handoff(_)
                | StepKind::Close(_)
                | StepKind::Jump(_)
                | StepKind::Hours(_) => Vec::new(),
            }
        }
        self.all().into_iter().flat_map(of_step).filter(|name| !name.is_empty()).collect()
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

    /// The step's number on its card: its place in the outline, from 1.
    pub fn number(&self, id: &StepId) -> Option<usize> {
        self.all().into_iter().position(|step| step.id == *id).map(|at| at + 1)
    }

    /// The step's number and label: `3. Which order?`. Several steps may have one label.
    pub fn numbered_label(&self, step: &Step) -> String {
        match self.number(&step.id) {
            Some(number) => format!("{number}. {}", step.label()),
            None => step.label().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use serde_json::json;

    fn flow(steps: serde_json::Value) -> Flow {
        serde_json::from_value(json!({ "name": "f", "steps": steps })).expect("a flow")
    }

    fn close(id: &str) -> serde_json::Value {
        json!({ "id": id, "name": format!(" {id} "), "act": { "kind": "close" } })
    }

    /// A flow with a step of each kind that branches, two levels deep.
    fn branching() -> Flow {
        flow(json!([
            { "id": "q", "act": { "kind": "question", "text": "", "variable": "", "on_failure": [close("q1")],
                "expect": { "expect": "choice", "options": [{ "id": "a", "title": "A", "steps": [close("q0")] }] } } },
            { "id": "c", "act": { "kind": "condition", "otherwise": [close("c1")],
                "branches": [{ "when": "x", "steps": [
                    { "id": "h", "act": { "kind": "hours", "open": [close("h0")], "closed": [close("h1")] } },
                ] }] } },
            { "id": "a", "act": { "kind": "http", "url": "", "on_failure": [close("a0")] } },
            { "id": "m", "act": { "kind": "model", "on_failure": [close("m0")] } },
        ]))
    }

    #[test]
    fn the_outline_lists_every_step_in_reading_order() {
        let flow = branching();
        let ids: Vec<_> = flow.all().into_iter().map(|step| step.id.0.as_str()).collect();
        assert_eq!(ids, ["q", "q0", "q1", "c", "h", "h0", "h1", "c1", "a", "a0", "m", "m0"]);
        for (at, id) in ids.into_iter().enumerate() {
            assert_eq!(flow.find(&id.into()).map(|step| step.id.0.as_str()), Some(id));
            assert_eq!(flow.number(&id.into()), Some(at + 1));
        }
        assert_eq!((flow.find(&"gone".into()), flow.number(&"gone".into())), (None, None));
        assert_eq!(flow.numbered_label(&flow.steps[1]), "4. Condition");
    }

    #[test]
    fn branches_have_headings_and_the_same_order_when_they_are_changed() {
        let flow = branching();
        let headings = |id: &str| {
            let step = flow.find(&id.into()).expect("a step");
            step.branches().into_iter().map(|(heading, _)| heading).collect::<Vec<_>>().join(", ")
        };
        let all = ["q", "c", "h", "a", "m", "q0"].map(headings);
        assert_eq!(all, ["A, No valid answer", "x, Otherwise", "Open, Closed", "If it fails", "If it fails", ""]);
        for step in flow.all() {
            let mut copy = step.clone();
            let blocks: Vec<Block> = copy.branches_mut().into_iter().map(|block| block.clone()).collect();
            assert_eq!(
                blocks.iter().collect::<Vec<_>>(),
                step.branches().into_iter().map(|(_, block)| block).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn a_step_is_labelled_by_its_name_or_its_kind() {
        let flow = branching();
        let label = |id: &str| flow.find(&id.into()).map(|step| (step.kind(), step.label().to_owned()));
        assert_eq!(label("q0"), Some(("Close", "q0".into())));
        assert_eq!(label("m"), Some(("Language model", "Language model".into())));
    }

    #[test]
    fn the_depth_counts_the_branches_that_have_steps() {
        let nested = |inner: serde_json::Value| {
            flow(json!([close("a"), { "id": "h", "act": { "kind": "hours", "open": inner } }, close("z")])).depth()
        };
        assert_eq!(flow(json!([])).depth(), 0);
        assert_eq!(nested(json!([])), 0);
        assert_eq!(nested(json!([close("b")])), 1);
        assert_eq!(branching().depth(), 2);
    }

    #[test]
    fn a_flow_names_the_variables_that_its_steps_store() {
        let flow = flow(json!([
            { "id": "q", "act": { "kind": "question", "text": "", "variable": "order", "expect": { "expect": "text" } } },
            { "id": "n", "act": { "kind": "question", "text": "", "variable": "", "expect": { "expect": "text" } } },
            { "id": "h", "act": { "kind": "hours", "open": [
                { "id": "s", "act": { "kind": "set", "variable": "team", "value": "1" } },
            ] } },
            { "id": "a", "act": { "kind": "http", "url": "", "keep": [{ "pointer": "/status", "variable": "status" }] } },
        ]));
        assert_eq!(flow.variables().into_iter().collect::<Vec<_>>(), ["order", "status", "team"]);
    }
}
