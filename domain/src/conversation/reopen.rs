//! Reopening: an agent takes a closed conversation up again, or the customer's next message does it for the agent who
//! closed it. Which message does, and who is online, is the server's knowledge.

use super::{Conversation, Owner, Refusal, State};
use crate::{
    event::{Actor, CloseReason, Event},
    handoff::{Claimed, Handoff, Trigger},
    ids::{AgentId, ConversationId, HandoffId},
    time::{Span, Timestamp},
};

impl Conversation {
    /// The agent for whom the customer's next message reopens it: who closed it within the grace time.
    pub fn reopens_for(&self, now: Timestamp, grace: Span) -> Option<&AgentId> {
        match &self.state {
            State::Closed { at, by: Actor::Agent(agent), reason: CloseReason::Done } => {
                (now.since(*at) < grace).then_some(agent)
            }
            State::Closed { .. } | State::Human { .. } | State::Bot => None,
        }
    }

    pub(super) fn reopen(
        &self,
        agent: &AgentId,
        handoff: &HandoffId,
        target: Span,
        open: Option<&ConversationId>,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let reason = match &self.state {
            State::Closed { reason, .. } => reason,
            State::Human { owner: Owner::Agent { agent: owner, .. }, .. } if owner == agent => {
                return Err(Refusal::AlreadyYours);
            }
            State::Human { owner: Owner::Agent { agent: owner, .. }, .. } => {
                return Err(Refusal::OwnedBy(owner.clone()));
            }
            State::Human { owner: Owner::Nobody | Owner::Phone, .. } => return Err(Refusal::NotClaimed),
            State::Bot => return Err(Refusal::WithBot),
        };
        if let Some(open) = open {
            return Err(Refusal::ContinuedIn(open.clone()));
        }
        match reason {
            CloseReason::Merged => Err(Refusal::Merged),
            CloseReason::Imported => Err(Refusal::Imported),
            CloseReason::Done | CloseReason::Bot | CloseReason::Silent if !self.window.is_open(now) => {
                Err(Refusal::WindowClosed)
            }
            CloseReason::Done | CloseReason::Bot | CloseReason::Silent => {
                let (handoff, agent) = (handoff.clone(), agent.clone());
                Ok(vec![Event::Reopened { handoff, agent, team: self.team.clone(), target }])
            }
        }
    }

    /// A new handoff of `agent`. Nobody waits yet: a message that reopens it starts the clock itself.
    pub(super) fn apply_reopened(&mut self, handoff: &HandoffId, agent: &AgentId, target: Span, now: Timestamp) {
        self.epoch = self.epoch.next();
        let handoff = Handoff {
            id: handoff.clone(),
            trigger: Trigger::Reopened { agent: agent.clone() },
            message: None,
            team: self.team.clone(),
            requested_at: now,
            target,
            claimed: Some(Claimed { by: agent.clone(), at: now }),
            first_reply: None,
            released_at: None,
            released_by: None,
            next_reply_at: None,
        };
        self.state = State::Human { handoff, owner: Owner::Agent { agent: agent.clone(), since: now } };
    }
}

#[cfg(test)]
#[path = "reopen_tests.rs"]
mod tests;
