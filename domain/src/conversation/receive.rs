//! A customer's message: what it means for the conversation, and when it needs no answer.

use super::{Conversation, Received, Refusal, State};
use crate::{
    event::{CloseReason, Event},
    handoff::Trigger,
    message::TurnEffect,
    time::{Span, Timestamp},
};

impl Conversation {
    /// Whether a message that needs no answer (`quiet::is_quiet`) may be received without one at `now`: within the
    /// grace time after a close, or while an agent's ending is pending. With the bot it may answer a flow's question.
    pub fn hears_quietly(&self, now: Timestamp, grace: Span) -> bool {
        match &self.state {
            State::Closed { at, .. } => self.may_stay_unanswered() && now.since(*at) < grace,
            State::Human { .. } | State::Bot => self.may_stay_unanswered(),
        }
    }

    /// The same without the time. Nobody looks into a conversation that was merged or imported.
    fn may_stay_unanswered(&self) -> bool {
        match &self.state {
            State::Closed { reason, .. } => match reason {
                CloseReason::Done | CloseReason::Bot | CloseReason::Silent => true,
                CloseReason::Merged | CloseReason::Imported => false,
            },
            State::Human { .. } => self.ending.is_some(),
            State::Bot => false,
        }
    }

    pub(super) fn receive(&self, received: &Received) -> Result<Vec<Event>, Refusal> {
        let quiet = match received.turn {
            TurnEffect::Quiet => self.may_stay_unanswered(),
            TurnEffect::Rating | TurnEffect::Blocked => true,
            TurnEffect::Customer | TurnEffect::Notice | TurnEffect::Silent => false,
        };
        if !self.is_open() && !quiet {
            return Err(Refusal::Closed);
        }
        let effect = if received.turn == TurnEffect::Quiet && !quiet { TurnEffect::Customer } else { received.turn };
        let turn = effect == TurnEffect::Customer;
        let mut events = vec![Event::CustomerWrote {
            message: received.message.clone(),
            kind: received.kind.clone(),
            turn,
            unread: effect.needs_reply(),
            at: received.written_at,
            late: received.late,
            digest: received.digest.clone(),
            reply_target: self.starts_reply_clock(effect).then_some(received.reply_target),
            quiet,
        }];
        if turn && received.late && self.state == State::Bot {
            let message = Some(received.message.clone());
            events.push(self.handed_off(&received.handoff, Trigger::Late, message, received.target));
        }
        Ok(events)
    }
}

#[cfg(test)]
#[path = "quiet_tests.rs"]
mod tests;
