//! The expected result of an agent's action. It is shown from the press on, and stays while older rows arrive: a read
//! that began before the press, or a customer's message. Without it the reply would go away for a moment, and with it the
//! focus.

use leptos::prelude::*;

use super::state::ThreadState;
use crate::domain::desk::{Row, RowState};

#[derive(Clone, Debug)]
pub struct Expected {
    before: RowState,
    /// The row's version at the press.
    version: i64,
    after: RowState,
    answer: Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Pending,
    Accepted,
}

impl Expected {
    /// Whether a row may be older than the action. Once the server has accepted it, only the version at the press is.
    fn replaces(&self, row: &Row) -> bool {
        row.state == self.before && (self.answer == Answer::Pending || row.version <= self.version)
    }
}

impl ThreadState {
    /// An action was pressed that leads to this state.
    pub fn expect_state(&self, after: RowState) {
        let (before, version) = self.row.with_untracked(|row| (row.state.clone(), row.version));
        let expected = Expected { before, version, after: after.clone(), answer: Answer::Pending };
        self.expected.set_value(Some(expected));
        self.row.update(|row| row.state = after);
    }

    /// The server accepted the action.
    pub fn expectation_is_met(&self) {
        self.expected.update_value(|expected| {
            if let Some(expected) = expected {
                expected.answer = Answer::Accepted;
            }
        });
    }

    /// The row as it is shown now that the server has sent `row`.
    pub(super) fn with_expected(&self, row: Row) -> Row {
        let after = self
            .expected
            .with_value(|expected| expected.as_ref().filter(|it| it.replaces(&row)).map(|it| it.after.clone()));
        match after {
            Some(state) => Row { state, ..row },
            None => {
                self.expected.set_value(None);
                row
            }
        }
    }
}
