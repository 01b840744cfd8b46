//! The expected result of an agent's action. It is shown from the press on, and stays while older rows arrive: a read
//! that began before the press, or a customer's message. Without it the reply would go away for a moment, and with it the
//! focus.

use leptos::prelude::*;

use super::state::ThreadState;
use crate::domain::{
    desk::{Row, RowState},
    time::Timestamp,
};

#[derive(Clone, Debug)]
pub struct Expected {
    before: RowState,
    /// The row's version at the press.
    version: i64,
    /// When agents had been alerted at the press. A release after a claim alerts them again.
    alerted_at: Option<Timestamp>,
    after: RowState,
    answer: Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Pending,
    Accepted,
}

impl Expected {
    /// Whether a row may be older than the action. Once the server has accepted it, the version at the press is, and for
    /// a claim every version until agents are alerted anew: a message may have been stored between the press and the
    /// claim.
    fn replaces(&self, row: &Row) -> bool {
        let is_older = || match self.before {
            RowState::Waiting => row.version <= self.version || row.alerted_at == self.alerted_at,
            RowState::Bot | RowState::Claimed { .. } | RowState::Phone | RowState::Closed { .. } => {
                row.version <= self.version
            }
        };
        row.state == self.before && (self.answer == Answer::Pending || is_older())
    }
}

impl ThreadState {
    /// An action was pressed that leads to this state.
    pub fn expect_state(&self, after: RowState) {
        let expected = self.row.with_untracked(|row| Expected {
            before: row.state.clone(),
            version: row.version,
            alerted_at: row.alerted_at,
            after: after.clone(),
            answer: Answer::Pending,
        });
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
