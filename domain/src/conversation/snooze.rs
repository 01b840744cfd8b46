//! Snooze: the owner puts a conversation aside until something happens.
//!
//! It ends with its time, with the customer's next message, and with any change of owner or state. Jobs and texts do
//! not belong here.

use serde::{Deserialize, Serialize};

use crate::{time::Timestamp, variant_names::variant_names};

/// What ends a snooze, besides the customer's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeKind {
    /// A time that the agent chose.
    Time,
    /// Nothing: only the customer's message.
    Reply,
    /// The 24-hour window is about to end.
    Window,
}

variant_names!(SnoozeKind {
    Time => "time",
    Reply => "reply",
    Window => "window",
});

/// A running snooze.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    pub kind: SnoozeKind,
    /// When it ends without a message of the customer.
    pub until: Option<Timestamp>,
}

/// The rank of a snooze without an end: below all others.
pub const NO_END: i64 = i64::MAX;

impl Snooze {
    /// Its place among the snoozed conversations: the next to end comes first.
    pub fn rank(self) -> i64 {
        self.until.map_or(NO_END, |until| until.0)
    }
}
