//! The outline as rows: the head card, the steps in order, and a heading before each branch. Pure; `tree` draws it.

use std::collections::HashMap;

use crate::domain::flow::{
    check::{FlowFault, Severity},
    definition::{Block, Flow, Step, StepId, StepKind},
    edit::{self, BlockAt, Kind, StepPosition},
    words,
};

/// The item of a row. The cursor is on one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OutlineItem {
    /// The head card: name, triggers, where it continues.
    Start,
    Step(StepId),
    /// The heading of a step's branch.
    Branch {
        step: StepId,
        branch: usize,
    },
}

impl OutlineItem {
    /// Its element's id.
    pub fn dom(&self) -> String {
        match self {
            Self::Start => "flow-start".to_owned(),
            Self::Step(step) => format!("step-{step}"),
            Self::Branch { step, branch } => format!("branch-{branch}-{step}"),
        }
    }

    /// The step whose form it opens.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::Start => None,
            Self::Step(step) | Self::Branch { step, .. } => Some(step),
        }
    }

    /// Where a step is added after it: after a step, at the start of a branch, at the start of the flow.
    pub fn behind(&self, flow: &Flow) -> Option<StepPosition> {
        match self {
            Self::Start => Some(StepPosition { block: BlockAt::Top, index: 0 }),
            Self::Step(step) => edit::after(flow, step),
            Self::Branch { step, branch } => {
                Some(StepPosition { block: BlockAt::Branch { step: step.clone(), branch: *branch }, index: 0 })
            }
        }
    }

    /// Where a step is added inside of it: at the end of its first branch, or after it if it has none.
    pub fn inside(&self, flow: &Flow) -> Option<StepPosition> {
        let Self::Step(id) = self else { return self.behind(flow) };
        match flow.find(id)?.branches().first() {
            Some((_, block)) => {
                let index = block.len();
                Some(StepPosition { block: BlockAt::Branch { step: id.clone(), branch: 0 }, index })
            }
            None => self.behind(flow),
        }
    }
}

/// A row, with the attributes of `role=treeitem`.
#[derive(Clone, Debug, PartialEq)]
pub struct OutlineRow {
    pub item: OutlineItem,
    /// Its indentation. The branches of a step are one deeper than the step.
    pub depth: usize,
    pub level: usize,
    pub place: usize,
    pub siblings: usize,
    pub face: Face,
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Face {
    Start {
        name: String,
        starts: String,
        /// Of the flow as a whole.
        faults: FaultCounts,
    },
    Step {
        kind: Kind,
        /// Its place in the outline, from 1. Texts name steps by it.
        number: usize,
        label: String,
        /// Whether the kind is shown too, because `label` is the admin's own name.
        named: bool,
        summary: String,
        faults: FaultCounts,
        ends: bool,
    },
    Branch {
        heading: String,
        /// A simple condition in words.
        words: Option<String>,
        /// What happens if it has no steps.
        empty: Option<&'static str>,
        tone: BranchTone,
    },
}

/// A step's faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaultCounts {
    pub errors: usize,
    pub warnings: usize,
}

/// The style of a branch heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchTone {
    Normal,
    /// The failure path.
    Failure,
}

/// Where arrow keys move the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutlineMove {
    Up,
    Down,
    /// To the parent row.
    Out,
    /// To the first child row.
    In,
    First,
    Last,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    pub rows: Vec<OutlineRow>,
    index: HashMap<OutlineItem, usize>,
}

impl Outline {
    pub fn of(flow: &Flow, faults: &[FlowFault]) -> Self {
        let mut counted: HashMap<&StepId, FaultCounts> = HashMap::new();
        let mut of_all = FaultCounts::default();
        for fault in faults {
            let count = match &fault.step {
                Some(step) => counted.entry(step).or_default(),
                None => &mut of_all,
            };
            match fault.severity {
                Severity::Blocks => count.errors += 1,
                Severity::Warns => count.warnings += 1,
            }
        }
        let start = Face::Start { name: flow.name.clone(), starts: words::starts(flow), faults: of_all };
        let top = flow.steps.len() + 1;
        let mut rows =
            vec![OutlineRow { item: OutlineItem::Start, depth: 0, level: 1, place: 1, siblings: top, face: start }];
        let mut drawing = Drawing { flow, counted, rows: &mut rows, steps: 0 };
        drawing.block(&flow.steps, 0, 1);
        let index = rows.iter().enumerate().map(|(at, row)| (row.item.clone(), at)).collect();
        Self { rows, index }
    }

    pub fn row(&self, item: &OutlineItem) -> Option<&OutlineRow> {
        self.rows.get(*self.index.get(item)?)
    }

    /// The row that a key moves to from `item`; the first one if `item` is gone.
    pub fn walk(&self, item: &OutlineItem, walk: OutlineMove) -> Option<&OutlineItem> {
        let last = self.rows.len().checked_sub(1)?;
        let Some(&at) = self.index.get(item) else { return self.rows.first().map(|row| &row.item) };
        let level = self.rows[at].level;
        let to = match walk {
            OutlineMove::Up => at.checked_sub(1)?,
            OutlineMove::Down => at + 1,
            OutlineMove::First => 0,
            OutlineMove::Last => last,
            OutlineMove::Out => self.rows[..at].iter().rposition(|row| row.level < level)?,
            OutlineMove::In => at + 1,
        };
        let row = self.rows.get(to)?;
        (walk != OutlineMove::In || row.level > level).then_some(&row.item)
    }

    /// The row to move to when `item` is removed: the one before it.
    pub fn before(&self, item: &OutlineItem) -> OutlineItem {
        self.walk(item, OutlineMove::Up).cloned().unwrap_or(OutlineItem::Start)
    }
}

struct Drawing<'a> {
    flow: &'a Flow,
    counted: HashMap<&'a StepId, FaultCounts>,
    rows: &'a mut Vec<OutlineRow>,
    /// How many steps are drawn.
    steps: usize,
}

impl Drawing<'_> {
    /// `before` is the number of rows of the same parent before the block.
    fn block(&mut self, block: &Block, depth: usize, before: usize) {
        let level = 2 * depth + 1;
        let siblings = block.len() + before;
        for (at, step) in block.iter().enumerate() {
            self.steps += 1;
            let face = Face::Step {
                kind: Kind::of(step),
                number: self.steps,
                label: step.label().to_owned(),
                named: !step.name.trim().is_empty(),
                summary: words::summary(step, self.flow),
                faults: self.counted.get(&step.id).copied().unwrap_or_default(),
                ends: words::ends(step),
            };
            let item = OutlineItem::Step(step.id.clone());
            self.rows.push(OutlineRow { item, depth, level, place: at + 1 + before, siblings, face });
            self.branches(step, depth);
        }
    }

    fn branches(&mut self, step: &Step, depth: usize) {
        let branches = step.branches();
        let siblings = branches.len();
        for (branch, (heading, block)) in branches.into_iter().enumerate() {
            let item = OutlineItem::Branch { step: step.id.clone(), branch };
            let face = Face::Branch {
                heading: if heading.trim().is_empty() { format!("Branch {}", branch + 1) } else { heading },
                words: words::branch_condition(step, branch),
                empty: block.is_empty().then(|| words::empty_branch(step, branch)),
                tone: tone(step, branch, siblings),
            };
            self.rows.push(OutlineRow {
                item,
                depth: depth + 1,
                level: 2 * depth + 2,
                place: branch + 1,
                siblings,
                face,
            });
            self.block(block, depth + 1, 0);
        }
    }
}

fn tone(step: &Step, branch: usize, branches: usize) -> BranchTone {
    let can_fail = matches!(step.act, StepKind::Question(_) | StepKind::Http(_) | StepKind::Model(_));
    if can_fail && branch + 1 == branches { BranchTone::Failure } else { BranchTone::Normal }
}

/// The icon of a kind.
pub fn icon(kind: Kind) -> &'static str {
    match kind {
        Kind::Message => "chat",
        Kind::Question => "help",
        Kind::Condition => "branch",
        Kind::Hours => "hours",
        Kind::Set => "tag",
        Kind::Http => "cloud",
        Kind::Model => "bot",
        Kind::Handoff => "hand",
        Kind::Close => "archive",
        Kind::Jump => "jump",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> Flow {
        let mut hours = Kind::Hours.step("h".into());
        hours.branches_mut()[0].push(Kind::Message.step("in".into()));
        Flow { steps: vec![Kind::Message.step("a".into()), hours, Kind::Question.step("q".into())], ..Flow::default() }
    }

    fn drawn(outline: &Outline) -> Vec<String> {
        outline.rows.iter().map(|row| format!("{}{}", "  ".repeat(row.depth), row.item.dom())).collect()
    }

    #[test]
    fn steps_stand_in_order_with_a_heading_before_each_branch() {
        let outline = Outline::of(&flow(), &[]);
        assert_eq!(
            drawn(&outline),
            ["flow-start", "step-a", "step-h", "  branch-0-h", "  step-in", "  branch-1-h", "step-q", "  branch-0-q",]
        );
        let inner = outline.row(&OutlineItem::Step("in".into())).expect("drawn");
        assert_eq!((inner.level, inner.place, inner.siblings), (3, 1, 1));
        let question = outline.row(&OutlineItem::Step("q".into())).expect("drawn");
        assert_eq!((question.level, question.place, question.siblings), (1, 4, 4));
    }

    #[test]
    fn steps_are_numbered_as_texts_number_them() {
        let flow = flow();
        let outline = Outline::of(&flow, &[]);
        for step in flow.all() {
            let row = outline.row(&OutlineItem::Step(step.id.clone())).expect("drawn");
            let Face::Step { number, .. } = row.face else { panic!() };
            assert_eq!(Some(number), flow.number(&step.id));
        }
    }

    #[test]
    fn keys_lead_through_the_rows_and_in_and_out() {
        let outline = Outline::of(&flow(), &[]);
        let step = |id: &str| OutlineItem::Step(id.into());
        let open = OutlineItem::Branch { step: "h".into(), branch: 0 };
        let table = [
            (OutlineItem::Start, OutlineMove::Down, Some(step("a"))),
            (OutlineItem::Start, OutlineMove::Up, None),
            (step("a"), OutlineMove::In, None),
            (step("h"), OutlineMove::In, Some(open.clone())),
            (open.clone(), OutlineMove::In, Some(step("in"))),
            (step("in"), OutlineMove::Out, Some(open.clone())),
            (open, OutlineMove::Out, Some(step("h"))),
            (step("h"), OutlineMove::Out, None),
            (step("in"), OutlineMove::First, Some(OutlineItem::Start)),
            (step("a"), OutlineMove::Last, Some(OutlineItem::Branch { step: "q".into(), branch: 0 })),
        ];
        for (from, walk, to) in table {
            assert_eq!(outline.walk(&from, walk).cloned(), to, "{from:?} {walk:?}");
        }
    }

    #[test]
    fn faults_are_counted_at_their_step() {
        let fault = |severity| FlowFault { step: Some("q".into()), field: None, detail: String::new(), severity };
        let whole = FlowFault { step: None, ..fault(Severity::Warns) };
        let found = [fault(Severity::Blocks), fault(Severity::Warns), fault(Severity::Blocks), whole];
        let outline = Outline::of(&flow(), &found);
        let Face::Start { faults, .. } = &outline.row(&OutlineItem::Start).expect("drawn").face else { panic!() };
        assert_eq!(*faults, FaultCounts { errors: 0, warnings: 1 });
        let Face::Step { faults, .. } = &outline.row(&OutlineItem::Step("q".into())).expect("drawn").face else {
            panic!()
        };
        assert_eq!(*faults, FaultCounts { errors: 2, warnings: 1 });
    }

    #[test]
    fn new_steps_go_behind_and_inside() {
        let flow = flow();
        let branch = |step: &str, branch| BlockAt::Branch { step: step.into(), branch };
        let hours = OutlineItem::Step("h".into());
        assert_eq!(hours.behind(&flow), Some(StepPosition { block: BlockAt::Top, index: 2 }));
        assert_eq!(hours.inside(&flow), Some(StepPosition { block: branch("h", 0), index: 1 }));
        let plain = OutlineItem::Step("a".into());
        assert_eq!(plain.inside(&flow), plain.behind(&flow));
        let closed = OutlineItem::Branch { step: "h".into(), branch: 1 };
        assert_eq!(closed.behind(&flow), Some(StepPosition { block: branch("h", 1), index: 0 }));
        assert_eq!(OutlineItem::Step("gone".into()).behind(&flow), None);
    }
}
