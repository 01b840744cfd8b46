//! The steps as a directed graph: the successors of each step, the variables set on each edge, and which edges wait for
//! the customer.

use std::collections::BTreeMap;

use super::super::definition::{Block, Expect, Flow, Step, StepId, StepKind};

/// An edge from one step to the next.
pub(super) struct Edge<'a> {
    pub to: To,
    /// The variables that are set when this edge is taken.
    pub sets: Vec<&'a str>,
    /// Whether the edge is only taken after a customer's message.
    pub waits: bool,
    /// The name of the branch that the edge belongs to, for messages; empty for the plain next step.
    pub branch: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    Step(usize),
    /// The path ends here.
    End,
}

/// Steps by their index in the outline, with their outgoing edges. A step that ends the conversation has none.
pub(super) struct Graph<'a> {
    pub steps: Vec<&'a Step>,
    pub edges: Vec<Vec<Edge<'a>>>,
}

impl<'a> Graph<'a> {
    pub fn of(flow: &'a Flow) -> Self {
        let steps = flow.all();
        // If two steps share an id, jumps find the first one, as at run time.
        let mut by_id = BTreeMap::new();
        for (at, step) in steps.iter().enumerate() {
            by_id.entry(&step.id).or_insert(at);
        }
        let mut maker = Maker { by_id, edges: Vec::new() };
        maker.block(&flow.steps, To::End);
        Self { steps, edges: maker.edges }
    }

    /// The first step after which more than `most` steps run without waiting. A question, a request or the model ends
    /// such a stretch. Loops, which are reported separately, are followed once.
    pub fn longer_than(&self, most: usize) -> Option<usize> {
        // Length of the longest stretch from each step; 0 is not yet known.
        let mut lengths = vec![0_usize; self.steps.len()];
        let mut open = vec![false; self.steps.len()];
        for root in 0..self.steps.len() {
            let mut stack = vec![root];
            while let Some(&at) = stack.last() {
                let rests =
                    matches!(self.steps[at].act, StepKind::Question(_) | StepKind::Http(_) | StepKind::Model(_));
                let edges = self.edges[at].iter().filter(|_| !rests);
                let next: Vec<usize> =
                    edges.filter_map(|edge| if let To::Step(to) = edge.to { Some(to) } else { None }).collect();
                let unknown = next.iter().copied().find(|to| lengths[*to] == 0 && !open[*to]);
                open[at] = true;
                match unknown {
                    Some(to) => stack.push(to),
                    None => {
                        lengths[at] = 1 + next.into_iter().map(|to| lengths[to]).max().unwrap_or(0);
                        open[at] = false;
                        stack.pop();
                    }
                }
            }
        }
        lengths.into_iter().position(|length| length > most)
    }

    pub fn find(&self, id: &StepId) -> Option<usize> {
        self.steps.iter().position(|step| step.id == *id)
    }

    /// Which steps are reachable from `from`, including `from`, along the edges that `counts` accepts.
    pub fn reached(&self, from: impl IntoIterator<Item = usize>, counts: impl Fn(&Edge<'_>) -> bool) -> Vec<bool> {
        let mut reached = vec![false; self.steps.len()];
        let mut open: Vec<usize> = from.into_iter().collect();
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut reached[at], true) {
                continue;
            }
            for edge in self.edges[at].iter().filter(|edge| counts(edge)) {
                if let To::Step(next) = edge.to {
                    open.push(next);
                }
            }
        }
        reached
    }
}

struct Maker<'a> {
    by_id: BTreeMap<&'a StepId, usize>,
    edges: Vec<Vec<Edge<'a>>>,
}

impl<'a> Maker<'a> {
    /// Numbers the steps in the same order as [`Flow::all`], so that indices match. `after` is the successor of the
    /// block's last step.
    fn block(&mut self, block: &'a Block, after: To) {
        let mut sizes = block.iter().map(size);
        let mut at = self.edges.len();
        for (nth, step) in block.iter().enumerate() {
            let next_at = at + sizes.next().unwrap_or(1);
            let next = if nth + 1 < block.len() { To::Step(next_at) } else { after };
            self.edges.push(Vec::new());
            let mut starts = Vec::new();
            for (_, inner) in step.branches() {
                starts.push(if inner.is_empty() { None } else { Some(To::Step(self.edges.len())) });
                self.block(inner, next);
            }
            self.edges[at] = self.edges_of(step, next, &starts);
            at = next_at;
        }
    }

    /// `starts` holds the first step of each branch, in order; `None` for an empty branch.
    fn edges_of(&self, step: &'a Step, next: To, starts: &[Option<To>]) -> Vec<Edge<'a>> {
        let branches = step.branches();
        let name = |nth: usize| branches.get(nth).map_or_else(String::new, |(name, _)| name.clone());
        let start = |nth: usize| starts.get(nth).copied().flatten();
        // An empty failure path escalates, so it has no edge.
        let failure =
            |nth: usize, waits: bool| start(nth).map(|to| Edge { to, sets: Vec::new(), waits, branch: name(nth) });
        let plain = |sets: Vec<&'a str>, waits: bool| Edge { to: next, sets, waits, branch: String::new() };
        match &step.act {
            StepKind::Message(_) => vec![plain(Vec::new(), false)],
            StepKind::Set(set) => vec![plain(vec![set.variable.as_str()], false)],
            StepKind::Question(question) => {
                let sets = vec![question.variable.as_str()];
                // With a wait limit the failure path can be taken without a customer's message.
                let fails = |nth: usize| failure(nth, question.patience.is_none());
                let Expect::Choice { options } = &question.expect else {
                    return std::iter::once(plain(sets, true)).chain(fails(0)).collect();
                };
                let option = |nth: usize| Edge {
                    to: start(nth).unwrap_or(next),
                    sets: sets.clone(),
                    waits: true,
                    branch: name(nth),
                };
                (0..options.len()).map(option).chain(fails(options.len())).collect()
            }
            StepKind::Condition(_) | StepKind::Hours(_) => (0..branches.len())
                .map(|nth| Edge { to: start(nth).unwrap_or(next), sets: Vec::new(), waits: false, branch: name(nth) })
                .collect(),
            StepKind::Http(http) => {
                let sets = http.keep.iter().map(|keep| keep.variable.as_str()).collect();
                std::iter::once(plain(sets, false)).chain(failure(0, false)).collect()
            }
            // The model may fail or finish before the customer's next message.
            StepKind::Model(_) => std::iter::once(plain(Vec::new(), false)).chain(failure(0, false)).collect(),
            StepKind::Jump(jump) => match self.by_id.get(&jump.to) {
                Some(to) => vec![Edge { to: To::Step(*to), sets: Vec::new(), waits: false, branch: String::new() }],
                None => Vec::new(),
            },
            StepKind::Handoff(_) | StepKind::Close(_) => Vec::new(),
        }
    }
}

/// Number of steps in a step, including itself.
fn size(step: &Step) -> usize {
    1 + step.branches().into_iter().flat_map(|(_, block)| block).map(size).sum::<usize>()
}
