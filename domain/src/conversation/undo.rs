//! Undo of release and take-over, which take effect at once: allowed at the epoch that the act led to, so that nobody
//! has acted since.
//!
//! Endings that can be undone before they take effect are in `ending`. To undo one more act: a command with the epoch
//! that the act led to, its event, and its guard here.

use super::{Conversation, Epoch, Owner, Refusal, State};
use crate::{
    event::{Actor, Event, PreviousOwner},
    handoff::Trigger,
    ids::AgentId,
};

impl Conversation {
    /// The owner before `agent` took the conversation over, as far as the state tells. `from` is the colleague whom the
    /// log names in the take-over.
    pub fn owner_before(&self, agent: &AgentId, from: Option<&AgentId>) -> PreviousOwner {
        if let Some(from) = from {
            return PreviousOwner::Agent(from.clone());
        }
        match &self.state {
            State::Human { handoff, owner: Owner::Agent { since, .. } } => match &handoff.trigger {
                // A handoff that was released has been waiting since.
                Trigger::Agent { .. } | Trigger::Phone if handoff.released_at.is_some() => PreviousOwner::Nobody,
                // The take-over itself requested the handoff.
                Trigger::Agent { agent: by } if by == agent && handoff.requested_at == *since => PreviousOwner::Bot,
                Trigger::Phone => PreviousOwner::Phone,
                Trigger::Agent { .. }
                | Trigger::Keyword { .. }
                | Trigger::Flow { .. }
                | Trigger::Model
                | Trigger::Partner
                | Trigger::Late
                | Trigger::Reopened { .. }
                | Trigger::Outbound { .. }
                | Trigger::Failure { .. } => PreviousOwner::Nobody,
            },
            State::Human { owner: Owner::Nobody | Owner::Phone, .. } | State::Bot | State::Closed { .. } => {
                PreviousOwner::Nobody
            }
        }
    }

    pub(super) fn undo_release(&self, agent: &AgentId, epoch: Epoch) -> Result<Vec<Event>, Refusal> {
        match &self.state {
            State::Human { handoff, owner: Owner::Nobody } if self.epoch == epoch => {
                Ok(vec![Event::ReleaseUndone { handoff: handoff.id.clone(), agent: agent.clone() }])
            }
            State::Human { .. } | State::Bot | State::Closed { .. } => Err(self.acted_since(agent)),
        }
    }

    pub(super) fn undo_take_over(
        &self,
        agent: &AgentId,
        epoch: Epoch,
        back_to: &PreviousOwner,
    ) -> Result<Vec<Event>, Refusal> {
        match &self.state {
            State::Human { handoff, owner: Owner::Agent { agent: owner, .. } }
                if owner == agent && self.epoch == epoch =>
            {
                let handoff = handoff.id.clone();
                Ok(vec![Event::TakeOverUndone { handoff, agent: agent.clone(), to: back_to.clone() }])
            }
            State::Human { .. } | State::Bot | State::Closed { .. } => Err(self.acted_since(agent)),
        }
    }

    /// The refusal of an undo. It names the agent who has the conversation now, or who closed it.
    fn acted_since(&self, agent: &AgentId) -> Refusal {
        let by = match &self.state {
            State::Closed { by: Actor::Agent(by), .. } => Some(by),
            State::Closed { .. } | State::Human { .. } | State::Bot => self.agent(),
        };
        Refusal::ActedSince(by.filter(|by| *by != agent).cloned())
    }
}

#[cfg(test)]
#[path = "undo_tests.rs"]
mod tests;
