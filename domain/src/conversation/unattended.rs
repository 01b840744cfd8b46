//! Unattended conversations: the customer waits for a reply, and the owner is gone. They go back to Unassigned, and the
//! customer's wait goes on.
//!
//! An agent is gone who has no stream, has made no call and has not answered on the phone for [`GONE_AFTER`]. The time
//! counts only while the server accepts streams and the tenant is open. Who has a stream is the server's knowledge;
//! jobs and notices do not belong here.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Conversation, State, released};
use crate::{
    event::{Event, ReleaseReason},
    ids::AgentId,
    settings::{GoneAgents, TenantSettings},
    time::{Span, Timestamp},
};

/// How long an agent may be gone while a customer waits.
pub const GONE_AFTER: Span = Span::minutes(5);
/// The wait before the next look at an agent who is there. It is shorter than [`GONE_AFTER`], so that the time at which
/// an agent has been gone for that long is never missed.
const LOOK_AGAIN: Span = Span::minutes(4);
/// The wait before the next look at a tenant that does not open within a year.
const CLOSED_FOR_LONG: Span = Span::days(1);

/// A customer who waits for a reply of `agent` since `since`. The job that looks after it stores it as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnattendedWait {
    pub agent: AgentId,
    pub since: Timestamp,
}

/// What the server knows about an agent's presence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Whether the agent has a stream, on any node.
    pub is_connected: bool,
    /// The last stream, call or answer on the phone, if there was any.
    pub last_seen: Option<Timestamp>,
    /// Since when this server accepts streams without interruption. Before that, agents could not connect.
    pub accepting_since: Option<Timestamp>,
}

/// What is next for a customer who waits for an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnattendedStep {
    /// The customer does not wait for this agent any more.
    Over,
    /// Nothing before this time.
    WaitUntil(Timestamp),
    Release,
}

impl Conversation {
    /// The wait of a customer whose conversation has an owner and is not put aside.
    pub fn unattended_wait(&self) -> Option<UnattendedWait> {
        let clock = self.reply_clock.filter(|_| self.snooze.is_none())?;
        Some(UnattendedWait { agent: self.agent()?.clone(), since: clock.since })
    }

    /// What is next in a wait at `now`. The settings are the tenant's of now.
    pub fn unattended_step(
        &self,
        wait: &UnattendedWait,
        attendance: Attendance,
        settings: &TenantSettings,
        now: Timestamp,
    ) -> UnattendedStep {
        if self.unattended_wait().as_ref() != Some(wait) {
            return UnattendedStep::Over;
        }
        let accepting = attendance.accepting_since.filter(|_| settings.gone_agents == GoneAgents::Release);
        let Some(accepting) = accepting.filter(|_| !attendance.is_connected) else {
            return UnattendedStep::WaitUntil(now.plus(LOOK_AGAIN));
        };
        let gone_since = attendance.last_seen.unwrap_or(wait.since).max(wait.since).max(accepting);
        let due = gone_since.plus(GONE_AFTER);
        if now < due {
            return UnattendedStep::WaitUntil(due);
        }
        match waits_for_opening(settings, now) {
            Some(at) => UnattendedStep::WaitUntil(at),
            None => UnattendedStep::Release,
        }
    }

    /// A release without the owner's act. A wait that is over changes nothing.
    pub(super) fn release_unattended(&self, wait: &UnattendedWait) -> Vec<Event> {
        let State::Human { handoff, .. } = &self.state else { return Vec::new() };
        let is_current = self.unattended_wait().as_ref() == Some(wait);
        let event = released(handoff, &wait.agent, ReleaseReason::AgentGone);
        is_current.then_some(event).into_iter().collect()
    }
}

/// When the tenant will have been open for [`GONE_AFTER`]; `None` if it has been. The zone is UTC if its name is
/// unknown.
fn waits_for_opening(settings: &TenantSettings, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(&settings.zone).unwrap_or(TimeZone::UTC);
    let hours = &settings.calendar;
    let closed_at = [now, now.minus(GONE_AFTER)].into_iter().find(|at| !hours.is_open(&zone, *at))?;
    let opening = hours.next_opening(&zone, closed_at);
    Some(opening.map_or(now.plus(CLOSED_FOR_LONG), |at| at.plus(GONE_AFTER)))
}

#[cfg(test)]
#[path = "unattended_tests.rs"]
mod tests;
