//! Edits the outline of a flow: finds, inserts, moves, copies and removes steps. The content of a step is edited by its
//! own form.
//!
//! Every operation leaves a consistent flow and returns whether it changed anything. The caller supplies the ids of new
//! steps: an id that was ever published must not be given to another step.

use std::collections::HashMap;

use super::definition::{
    Block, Branch, Choice, Close, Condition, Expect, Flow, HandoffStep, Hours, Http, Jump, Model, Question, Say, Set,
    Step, StepId, StepKind,
};

/// A block: the flow's own, or a branch of a step, by its index in [`Step::branches`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BlockAt {
    Top,
    Branch { step: StepId, branch: usize },
}

/// An insertion position: before the step that has this index now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StepPosition {
    pub block: BlockAt,
    pub index: usize,
}

/// The direction in which a step is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Before the previous step; from the start of a branch to the end of the previous branch.
    Up,
    /// After the next step; from the end of a branch to the start of the next branch.
    Down,
    /// To the end of the first branch of the step before it.
    In,
    /// Out of its branch, to after the step that branches.
    Out,
}

/// The kinds of steps that can be added, in menu order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Message,
    Question,
    Condition,
    Hours,
    Set,
    Http,
    Model,
    Handoff,
    Close,
    Jump,
}

impl Kind {
    pub const ALL: [Kind; 10] = [
        Self::Message,
        Self::Question,
        Self::Condition,
        Self::Hours,
        Self::Set,
        Self::Http,
        Self::Model,
        Self::Handoff,
        Self::Close,
        Self::Jump,
    ];

    pub fn of(step: &Step) -> Self {
        match step.act {
            StepKind::Message(_) => Self::Message,
            StepKind::Question(_) => Self::Question,
            StepKind::Condition(_) => Self::Condition,
            StepKind::Set(_) => Self::Set,
            StepKind::Http(_) => Self::Http,
            StepKind::Model(_) => Self::Model,
            StepKind::Handoff(_) => Self::Handoff,
            StepKind::Close(_) => Self::Close,
            StepKind::Jump(_) => Self::Jump,
            StepKind::Hours(_) => Self::Hours,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Message => "Message",
            Self::Question => "Question",
            Self::Condition => "Condition",
            Self::Set => "Set variable",
            Self::Http => "HTTP request",
            Self::Model => "Language model",
            Self::Handoff => "Human Handoff",
            Self::Close => "Close",
            Self::Jump => "Jump",
            Self::Hours => "Opening hours",
        }
    }

    /// A one-line description for the menu.
    pub fn description(self) -> &'static str {
        match self {
            Self::Message => "Sends text, a file, buttons, a list or a link",
            Self::Question => "Asks, waits, and checks the answer",
            Self::Condition => "Branches by an expression",
            Self::Set => "Saves a value under a name",
            Self::Http => "Calls an API",
            Self::Model => "Lets the AI reply",
            Self::Handoff => "Alerts an agent",
            Self::Close => "Ends the conversation",
            Self::Jump => "Continues at another step",
            Self::Hours => "Branches by your opening hours",
        }
    }

    /// The content of a new step: mostly empty, to be filled in.
    pub fn blank(self) -> StepKind {
        match self {
            Self::Message => StepKind::Message(Say::Text { text: String::new() }),
            Self::Question => StepKind::Question(Question {
                text: String::new(),
                variable: String::new(),
                expect: Expect::Text,
                retries: 2,
                retry_text: String::new(),
                patience: None,
                on_failure: Vec::new(),
            }),
            Self::Condition => {
                StepKind::Condition(Condition { branches: vec![Branch::default()], otherwise: Vec::new() })
            }
            Self::Set => StepKind::Set(Set::default()),
            Self::Http => StepKind::Http(Http::default()),
            Self::Model => StepKind::Model(Model::default()),
            Self::Handoff => StepKind::Handoff(HandoffStep::default()),
            Self::Close => StepKind::Close(Close::default()),
            Self::Jump => StepKind::Jump(Jump::default()),
            Self::Hours => StepKind::Hours(Hours::default()),
        }
    }

    pub fn step(self, id: StepId) -> Step {
        Step { id, name: String::new(), act: self.blank() }
    }
}

/// The position of a step.
pub fn position(flow: &Flow, id: &StepId) -> Option<StepPosition> {
    fn find(at: &BlockAt, block: &Block, id: &StepId) -> Option<StepPosition> {
        for (index, step) in block.iter().enumerate() {
            if step.id == *id {
                return Some(StepPosition { block: at.clone(), index });
            }
            for (branch, (_, inner)) in step.branches().into_iter().enumerate() {
                let at = BlockAt::Branch { step: step.id.clone(), branch };
                if let Some(found) = find(&at, inner, id) {
                    return Some(found);
                }
            }
        }
        None
    }
    find(&BlockAt::Top, &flow.steps, id)
}

pub fn block<'a>(flow: &'a Flow, at: &BlockAt) -> Option<&'a Block> {
    match at {
        BlockAt::Top => Some(&flow.steps),
        BlockAt::Branch { step, branch } => {
            flow.find(step)?.branches().into_iter().nth(*branch).map(|(_, block)| block)
        }
    }
}

/// Mutable access to a step.
pub fn step_mut<'a>(flow: &'a mut Flow, id: &StepId) -> Option<&'a mut Step> {
    fn find<'a>(block: &'a mut Block, id: &StepId) -> Option<&'a mut Step> {
        for step in block {
            if step.id == *id {
                return Some(step);
            }
            for inner in step.branches_mut() {
                if let Some(found) = find(inner, id) {
                    return Some(found);
                }
            }
        }
        None
    }
    find(&mut flow.steps, id)
}

fn block_mut<'a>(flow: &'a mut Flow, at: &BlockAt) -> Option<&'a mut Block> {
    match at {
        BlockAt::Top => Some(&mut flow.steps),
        BlockAt::Branch { step, branch } => step_mut(flow, step)?.branches_mut().into_iter().nth(*branch),
    }
}

/// Inserts `step`. An index past the end means the end. `false` if the block no longer exists.
pub fn insert(flow: &mut Flow, position: &StepPosition, step: Step) -> bool {
    let Some(block) = block_mut(flow, &position.block) else { return false };
    block.insert(position.index.min(block.len()), step);
    true
}

/// The position after a step.
pub fn after(flow: &Flow, id: &StepId) -> Option<StepPosition> {
    let StepPosition { block, index } = position(flow, id)?;
    Some(StepPosition { block, index: index + 1 })
}

/// Removes a step with all its branches, and returns its former position.
pub fn remove(flow: &mut Flow, id: &StepId) -> Option<(StepPosition, Step)> {
    let position = position(flow, id)?;
    let step = block_mut(flow, &position.block)?.remove(position.index);
    if flow.resume.as_ref().is_some_and(|resume| flow.find(resume).is_none()) {
        flow.resume = None;
    }
    Some((position, step))
}

/// Moves a step one position. `false` if there is no such position.
pub fn shift(flow: &mut Flow, id: &StepId, direction: Direction) -> bool {
    let Some(to) = destination(flow, id, direction) else { return false };
    let resume = flow.resume.clone();
    let Some((_, step)) = remove(flow, id) else { return false };
    let moved = insert(flow, &to, step);
    flow.resume = resume;
    moved
}

/// The target position of a move, with indices as they are after the step is removed.
fn destination(flow: &Flow, id: &StepId, direction: Direction) -> Option<StepPosition> {
    let from = position(flow, id)?;
    let siblings = block(flow, &from.block)?;
    match direction {
        Direction::Up if from.index > 0 => Some(StepPosition { index: from.index - 1, ..from }),
        Direction::Down if from.index + 1 < siblings.len() => Some(StepPosition { index: from.index + 1, ..from }),
        Direction::Up => {
            let BlockAt::Branch { step, branch } = from.block else { return None };
            let at = BlockAt::Branch { step, branch: branch.checked_sub(1)? };
            Some(StepPosition { index: block(flow, &at)?.len(), block: at })
        }
        Direction::Down => {
            let BlockAt::Branch { step, branch } = from.block else { return None };
            let at = BlockAt::Branch { step, branch: branch + 1 };
            block(flow, &at)?;
            Some(StepPosition { block: at, index: 0 })
        }
        Direction::In => {
            let before = siblings.get(from.index.checked_sub(1)?)?;
            let index = before.branches().first()?.1.len();
            Some(StepPosition { block: BlockAt::Branch { step: before.id.clone(), branch: 0 }, index })
        }
        Direction::Out => {
            let BlockAt::Branch { step, .. } = from.block else { return None };
            after(flow, &step)
        }
    }
}

/// Inserts a copy after a step, with ids from `fresh`; jumps within the copied steps point to the copies. Returns the
/// copy's id.
pub fn duplicate(flow: &mut Flow, id: &StepId, mut fresh: impl FnMut() -> StepId) -> Option<StepId> {
    let position = after(flow, id)?;
    let mut copy = flow.find(id)?.clone();
    let mut renamed = HashMap::new();
    each_mut(&mut copy, &mut |step| {
        let id = fresh();
        renamed.insert(std::mem::replace(&mut step.id, id.clone()), id);
    });
    each_mut(&mut copy, &mut |step| {
        if let StepKind::Jump(Jump { to }) = &mut step.act
            && let Some(copied) = renamed.get(to)
        {
            to.clone_from(copied);
        }
    });
    let id = copy.id.clone();
    insert(flow, &position, copy).then_some(id)
}

fn each_mut(step: &mut Step, change: &mut impl FnMut(&mut Step)) {
    change(step);
    for block in step.branches_mut() {
        for inner in block {
            each_mut(inner, change);
        }
    }
}

/// The step without its branches, for its own form.
pub fn alone(step: &Step) -> Step {
    // Cloning the whole step and then clearing it would copy whole subtrees on every keystroke.
    let act = match &step.act {
        StepKind::Question(question) => StepKind::Question(Question {
            expect: match &question.expect {
                Expect::Choice { options } => Expect::Choice {
                    options: options
                        .iter()
                        .map(|option| Choice {
                            id: option.id.clone(),
                            title: option.title.clone(),
                            description: option.description.clone(),
                            steps: Vec::new(),
                        })
                        .collect(),
                },
                Expect::Text
                | Expect::Number { .. }
                | Expect::Email
                | Expect::Phone
                | Expect::Date
                | Expect::Pattern { .. } => question.expect.clone(),
            },
            text: question.text.clone(),
            variable: question.variable.clone(),
            retry_text: question.retry_text.clone(),
            retries: question.retries,
            patience: question.patience,
            on_failure: Vec::new(),
        }),
        StepKind::Condition(condition) => StepKind::Condition(Condition {
            branches: condition
                .branches
                .iter()
                .map(|branch| Branch { when: branch.when.clone(), steps: Vec::new() })
                .collect(),
            otherwise: Vec::new(),
        }),
        StepKind::Http(http) => StepKind::Http(Http {
            method: http.method,
            url: http.url.clone(),
            headers: http.headers.clone(),
            body: http.body.clone(),
            keep: http.keep.clone(),
            time_out: http.time_out,
            on_failure: Vec::new(),
        }),
        StepKind::Model(model) => StepKind::Model(Model {
            instructions: model.instructions.clone(),
            tools: model.tools.clone(),
            on_failure: Vec::new(),
        }),
        StepKind::Hours(_) => StepKind::Hours(Hours::default()),
        StepKind::Message(_) | StepKind::Set(_) | StepKind::Handoff(_) | StepKind::Close(_) | StepKind::Jump(_) => {
            step.act.clone()
        }
    };
    Step { id: step.id.clone(), name: step.name.clone(), act }
}

/// Number of steps in its branches.
pub fn inside(step: &Step) -> usize {
    step.branches().into_iter().flat_map(|(_, block)| block).map(|inner| 1 + inside(inner)).sum()
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
