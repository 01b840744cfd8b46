//! Pending endings: a close or a return to the bot that takes effect after a time in which it can be undone.
//!
//! While one is pending, state, owner and epoch stay as they are. Everything that may change the agent's mind cancels
//! it: [`cancel_cause`] is the one place that decides. Times to wait, texts and jobs do not belong here. To add a kind:
//! a variant of [`EndingKind`] and its ordinary command in [`Conversation::ordinary_ending`].

use serde::{Deserialize, Serialize};

use super::{Conversation, Epoch, Goodbye, Refusal, State};
use crate::{
    event::{Actor, Amendment, CancelCause, CloseReason, EndingKind, Event, ScheduledAct},
    handoff::Trigger,
    ids::{AgentId, EndingId, MessageId, OutcomeId},
    message::{Author, TEXT_LIMIT},
    number::too_long,
    time::{Span, Timestamp},
};

/// How long an ending can be undone, in seconds: what an agent may choose from (WCAG 2.2.1 asks for a choice).
pub const UNDO_SECONDS: [i64; 3] = [8, 20, 60];
/// How long it is for an agent who has chosen nothing.
pub const UNDO_TIME: Span = Span::seconds(UNDO_SECONDS[0]);
/// The longest such time.
pub const MAX_UNDO_TIME: Span = Span::seconds(UNDO_SECONDS[2]);

/// A pending ending: what was decided when the agent pressed. Its goodbye is text, so it is stored beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEnding {
    pub id: EndingId,
    pub kind: EndingKind,
    pub agent: AgentId,
    /// The customer's newest message on the agent's screen.
    pub seen: Option<MessageId>,
    pub outcome: Option<OutcomeId>,
    /// The conversation's epoch at the press.
    pub epoch: Epoch,
    pub due_at: Timestamp,
}

/// A press of close or return to bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingPress {
    pub kind: EndingKind,
    /// The customer's newest message on the agent's screen (`Row::last_turn`).
    #[serde(default)]
    pub seen: Option<MessageId>,
    #[serde(default)]
    pub goodbye: Goodbye,
    #[serde(default)]
    pub outcome: Option<OutcomeId>,
    /// How long it can be undone; `None` is the agent's own undo time.
    #[serde(default)]
    pub undo_time: Option<Span>,
}

impl EndingPress {
    /// What is wrong with the goodbye, for the agent. It is one message, because each one may cost the tenant.
    pub fn violation(&self) -> Option<String> {
        let Goodbye::Edited(text) = &self.goodbye else { return None };
        let length = text.trim().chars().count();
        (length > TEXT_LIMIT).then(|| too_long("goodbye", TEXT_LIMIT, length))
    }

    /// When it takes effect after a press at `now`. `own` is the agent's own undo time.
    pub fn due_at(&self, now: Timestamp, own: Span) -> Timestamp {
        now.plus(self.undo_time.unwrap_or(own).clamp(Span::seconds(1), MAX_UNDO_TIME))
    }
}

impl From<&Refusal> for CancelCause {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::CustomerJustWrote => Self::CustomerWrote,
            Refusal::ClaimedBy(_) | Refusal::OwnedBy(_) | Refusal::ActedSince(_) | Refusal::WithHuman => Self::Claimed,
            Refusal::NotClaimed => Self::Released,
            Refusal::Closed | Refusal::WithBot | Refusal::ContinuedIn(_) | Refusal::Merged | Refusal::Imported => {
                Self::Ended
            }
            Refusal::AlreadyYours
            | Refusal::TurnOver
            | Refusal::EndingOver
            | Refusal::EndingPending
            | Refusal::CustomerErased
            | Refusal::WindowClosed
            | Refusal::WithOtherApp
            | Refusal::NoteBy(_)
            | Refusal::NoteDeleted
            | Refusal::PressedBy(_) => Self::Failed,
        }
    }
}

/// Why `event` cancels a pending ending; `None` if it does not. A kind of message that must not cancel one gets its arm
/// here and nowhere else.
fn cancel_cause(event: &Event) -> Option<CancelCause> {
    match event {
        // A thank-you asks for nothing that the agent has not done.
        Event::CustomerWrote { quiet, .. } => (!quiet).then_some(CancelCause::CustomerWrote),
        Event::Amended { what, .. } => match what {
            Amendment::Edited | Amendment::Revoked => Some(CancelCause::CustomerAmended),
            Amendment::Reacted | Amendment::FileKept | Amendment::FileFailed => None,
        },
        Event::CustomerCalled { .. } => Some(CancelCause::CustomerCalled),
        Event::Queued { author, .. } | Event::Echoed { author, .. } => match author {
            Author::Agent(_) => Some(CancelCause::Replied),
            Author::Phone => Some(CancelCause::RepliedByPhone),
            Author::Customer | Author::Bot | Author::System | Author::Partner => None,
        },
        Event::Resent { .. } => Some(CancelCause::Replied),
        Event::Scheduled(step) => match step.act {
            ScheduledAct::Written => Some(CancelCause::Replied),
            ScheduledAct::Asked | ScheduledAct::Sent | ScheduledAct::Cancelled => None,
        },
        Event::HandedOff { trigger, .. } => match trigger {
            Trigger::Agent { .. } | Trigger::Reopened { .. } | Trigger::Outbound { .. } => Some(CancelCause::Claimed),
            Trigger::Keyword { .. }
            | Trigger::Flow { .. }
            | Trigger::Model
            | Trigger::Partner
            | Trigger::Phone
            | Trigger::Late
            | Trigger::Failure { .. } => Some(CancelCause::HandedOff),
        },
        Event::Claimed { .. } | Event::TakenOver { .. } | Event::Reopened { .. } => Some(CancelCause::Claimed),
        Event::Released { .. } | Event::ReleaseUndone { .. } | Event::TakeOverUndone { .. } => {
            Some(CancelCause::Released)
        }
        Event::PartnerTook => Some(CancelCause::PartnerTook),
        Event::Snoozed { .. } => Some(CancelCause::Snoozed),
        Event::Closed { reason, .. } => match reason {
            CloseReason::Merged => Some(CancelCause::Merged),
            CloseReason::Done | CloseReason::Bot | CloseReason::Imported | CloseReason::Silent => {
                Some(CancelCause::Ended)
            }
        },
        Event::ReturnedToBot { .. } => Some(CancelCause::Ended),
        Event::Started { .. }
        | Event::Delivered { .. }
        | Event::WindowRefused { .. }
        | Event::FirstReplied { .. }
        | Event::FirstReplySent { .. }
        | Event::Answered { .. }
        | Event::AnswerFailed { .. }
        | Event::EndingScheduled { .. }
        | Event::EndingCancelled { .. }
        | Event::TextSkipped { .. }
        | Event::RatingAsked { .. }
        | Event::WindowAsked { .. }
        | Event::Rated { .. }
        | Event::BotSilenced { .. }
        | Event::BotRefused
        | Event::Seen { .. }
        | Event::SnoozeEnded { .. }
        | Event::Merged { .. }
        | Event::NumberChanged { .. }
        | Event::Preferred { .. }
        | Event::ControlChanged { .. }
        | Event::ChannelShared { .. }
        | Event::BotPaused { .. }
        | Event::CustomerBlocked { .. }
        | Event::CustomerUnblocked { .. }
        | Event::BlockAnswered { .. }
        | Event::FlowBegan { .. }
        | Event::Noted { .. }
        | Event::VariableSet { .. }
        | Event::CallRequested { .. }
        | Event::CallEnded { .. }
        | Event::Configured { .. }
        | Event::ChannelTrouble { .. }
        | Event::SignedIn { .. }
        | Event::SignedOut { .. }
        | Event::Availability { .. }
        | Event::SignInRefused { .. }
        | Event::SessionsEnded { .. }
        | Event::SecondFactorChanged { .. }
        | Event::Exported { .. }
        | Event::MemberChanged { .. } => None,
    }
}

impl Conversation {
    /// Whether the bot's turns wait: it has the conversation, and an agent's close can still be undone.
    pub fn holds_bot(&self) -> bool {
        self.state == State::Bot && self.ending.is_some()
    }

    /// The cancellation that must be recorded before `event` of `actor`, which no command decided.
    pub fn cancellation(&self, event: &Event, actor: &Actor) -> Option<Event> {
        let cancels = match actor {
            // Imported history is old, and a message of the business that is edited elsewhere is not news.
            Actor::System => false,
            Actor::Meta => !matches!(event, Event::Amended { .. }),
            Actor::Customer | Actor::Bot | Actor::Agent(_) => true,
        };
        self.cancelled(cancel_cause(event).filter(|_| cancels)?)
    }

    /// Puts a cancellation before the first of `events` that cancels the pending ending.
    pub(super) fn with_cancellation(&self, events: Vec<Event>) -> Vec<Event> {
        let cancelled = events.iter().find_map(cancel_cause).and_then(|cause| self.cancelled(cause));
        match cancelled {
            Some(cancelled) => std::iter::once(cancelled).chain(events).collect(),
            None => events,
        }
    }

    /// The event that cancels the pending ending, if there is one.
    fn cancelled(&self, cause: CancelCause) -> Option<Event> {
        self.ending.as_ref().map(|pending| Event::EndingCancelled {
            ending: pending.id.clone(),
            kind: pending.kind,
            agent: pending.agent.clone(),
            cause,
        })
    }

    pub(super) fn schedule_ending(&self, pressed: PendingEnding) -> Result<Vec<Event>, Refusal> {
        self.ordinary_ending(&pressed)?;
        if let Some(cancelled) = self.cancelled(CancelCause::PressedAgain) {
            return Ok(vec![cancelled]);
        }
        let PendingEnding { id, kind, agent, seen, outcome, epoch: _, due_at } = pressed;
        Ok(vec![Event::EndingScheduled { ending: id, kind, agent, seen, outcome, due_at }])
    }

    pub(super) fn undo_ending(&self, agent: &AgentId, ending: &EndingId) -> Result<Vec<Event>, Refusal> {
        match &self.ending {
            Some(pending) if pending.id != *ending => Err(Refusal::EndingOver),
            Some(pending) if pending.agent != *agent => Err(Refusal::PressedBy(pending.agent.clone())),
            Some(_) => Ok(self.cancel_ending(CancelCause::Undone)),
            None => Err(Refusal::EndingOver),
        }
    }

    /// The events of the ordinary command, decided for the state as it is now.
    pub(super) fn carry_out_ending(&self, ending: &EndingId) -> Result<Vec<Event>, Refusal> {
        match &self.ending {
            Some(pending) if pending.id == *ending && pending.epoch == self.epoch => self.ordinary_ending(pending),
            Some(pending) if pending.id == *ending => Err(Refusal::ActedSince(self.agent().cloned())),
            Some(_) | None => Err(Refusal::EndingOver),
        }
    }

    pub(super) fn cancel_ending(&self, cause: CancelCause) -> Vec<Event> {
        self.cancelled(cause).into_iter().collect()
    }

    fn ordinary_ending(&self, pending: &PendingEnding) -> Result<Vec<Event>, Refusal> {
        let PendingEnding { kind, agent, seen, outcome, .. } = pending;
        match kind {
            EndingKind::Close => self.close(agent, seen.as_ref(), outcome.as_ref()),
            EndingKind::ReturnToBot => {
                let events = self.return_to_bot(agent)?;
                if self.has_seen_newest(agent, seen.as_ref()) { Ok(events) } else { Err(Refusal::CustomerJustWrote) }
            }
        }
    }
}

#[cfg(test)]
#[path = "ending_tests.rs"]
mod tests;
