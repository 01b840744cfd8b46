//! A position in the outline: finds the next step, and finds a step by its id.

use super::definition::{Block, Flow, Step, StepId};

/// The stack of entered blocks, the innermost last, each with the index of its next step.
#[derive(Clone, Debug, Default)]
pub(super) struct Path<'a> {
    places: Vec<(&'a Block, usize)>,
}

impl<'a> Path<'a> {
    pub fn top(flow: &'a Flow) -> Self {
        Self { places: vec![(&flow.steps, 0)] }
    }

    /// The path whose next step is `id`; `None` when there is no such step.
    pub fn to(flow: &'a Flow, id: &StepId) -> Option<Self> {
        let mut path = Self::default();
        path.seek(&flow.steps, id).then_some(path)
    }

    fn seek(&mut self, block: &'a Block, id: &StepId) -> bool {
        for (at, step) in block.iter().enumerate() {
            if step.id == *id {
                self.places.push((block, at));
                return true;
            }
            self.places.push((block, at + 1));
            if step.branches().into_iter().any(|(_, inner)| self.seek(inner, id)) {
                return true;
            }
            self.places.pop();
        }
        false
    }

    /// Returns the next step and advances past it. The end of a branch continues after the step that branched.
    pub fn next(&mut self) -> Option<&'a Step> {
        while let Some((block, at)) = self.places.last_mut() {
            if let Some(step) = block.get(*at) {
                *at += 1;
                return Some(step);
            }
            self.places.pop();
        }
        None
    }

    /// Enters a branch of the step that [`Self::next`] just returned.
    pub fn enter(&mut self, block: &'a Block) {
        self.places.push((block, 0));
    }
}
