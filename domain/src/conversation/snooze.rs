//! Snooze: the owner puts a conversation aside until something happens.
//!
//! It ends with its time, with news of the customer, and with any change of owner or state. A further reply of the
//! owner does not end it. Jobs and texts do not belong here. To add a way to snooze: a variant of [`SnoozeUntil`] and
//! of [`SnoozeKind`].

use serde::{Deserialize, Serialize};

use super::{Conversation, Refusal};
use crate::{
    event::{Event, SnoozeEnd, SnoozeKind},
    ids::AgentId,
    time::{Span, Timestamp},
    window::Window,
};

/// How long before the window ends a snooze until then ends.
pub const BEFORE_WINDOW_ENDS: Span = Span::hours(1);
/// The longest snooze until a time.
const LONGEST: Span = Span::days(366);

/// What an agent chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeUntil {
    Time(Timestamp),
    /// Until the customer writes.
    Reply,
    /// One hour before the 24-hour window ends.
    WindowEnd,
}

/// A running snooze.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    pub kind: SnoozeKind,
    /// When it ends without news of the customer.
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

impl SnoozeUntil {
    /// The snooze that begins at `now`, or why there is none, for the agent.
    pub fn begin(self, window: Window, now: Timestamp) -> Result<Snooze, &'static str> {
        match self {
            Self::Reply => Ok(Snooze { kind: SnoozeKind::Reply, until: None }),
            Self::Time(until) if until <= now => Err("Choose a time in the future."),
            Self::Time(until) if until.since(now) > LONGEST => Err("Choose a time within a year."),
            Self::Time(until) => Ok(Snooze { kind: SnoozeKind::Time, until: Some(until) }),
            Self::WindowEnd => {
                let until = window.closes_at().map(|end| end.minus(BEFORE_WINDOW_ENDS)).filter(|until| *until > now);
                let snooze = until.map(|until| Snooze { kind: SnoozeKind::Window, until: Some(until) });
                snooze.ok_or("The reply window is closed or ends within an hour. Choose another time.")
            }
        }
    }
}

impl Conversation {
    pub(super) fn put_aside(&self, agent: &AgentId, snooze: Snooze) -> Result<Vec<Event>, Refusal> {
        self.owned_by(agent)?;
        let event = Event::Snoozed { agent: agent.clone(), kind: snooze.kind, until: snooze.until };
        Ok(if self.snooze == Some(snooze) { Vec::new() } else { vec![event] })
    }

    pub(super) fn end_snooze(&self, agent: &AgentId) -> Result<Vec<Event>, Refusal> {
        self.owned_by(agent)?;
        Ok(self.snooze.map(|_| Event::SnoozeEnded { why: SnoozeEnd::Ended }).into_iter().collect())
    }

    /// The job of the snooze that ends at `until`. One that was replaced since has no effect.
    pub(super) fn snooze_due(&self, until: Timestamp) -> Vec<Event> {
        let due = self.snooze.filter(|snooze| snooze.until == Some(until));
        due.map(|_| Event::SnoozeEnded { why: SnoozeEnd::Due }).into_iter().collect()
    }
}

#[cfg(test)]
#[path = "snooze_tests.rs"]
mod tests;
