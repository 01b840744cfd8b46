//! Silence: a customer who does not answer an agent's reply is reminded once, and the conversation closes by itself.
//!
//! Only a customer who was answered can be silent, and outside of WhatsApp's window nothing happens that has no template for
//! it. Whatever the customer does, and any act of an agent, ends the silence. Texts, jobs and what the message tables know do not belong
//! here.

use serde::{Deserialize, Serialize};

use super::{Conversation, Epoch, Owner, State};
use crate::{
    event::{CloseReason, Event},
    ids::MessageId,
    settings::SilenceTimes,
    time::Timestamp,
    window::closed::WindowReach,
};

/// A silence, with what it began after. The job that waits for its end stores it as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// The agent's reply.
    pub reply: MessageId,
    /// When the reply was sent.
    pub since: Timestamp,
    /// Every later act of an agent raises it.
    pub epoch: Epoch,
    /// As [`Conversation::last_item`].
    pub last_item: Option<MessageId>,
    /// When the customer last wrote or called, by Meta's clock.
    pub last_turn_at: Option<Timestamp>,
    #[serde(default)]
    pub reminded_at: Option<Timestamp>,
}

/// What is next for a silent customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilenceStep {
    /// The customer is not silent any more, or nothing is to be done.
    Over,
    /// Nothing before this time.
    WaitUntil(Timestamp),
    Remind,
    Close,
}

impl Conversation {
    /// The silence that begins with a reply that was sent at `since`: an agent has the conversation, and the customer
    /// waits for nothing.
    pub fn silence(&self, reply: &MessageId, since: Timestamp) -> Option<Silence> {
        let silence = Silence {
            reply: reply.clone(),
            since,
            epoch: self.epoch,
            last_item: self.last_item.clone(),
            last_turn_at: self.window.last_turn,
            reminded_at: None,
        };
        self.goes_on(&silence).then_some(silence)
    }

    /// What is next in a silence at `now`. The times, and what has a template for a closed window, are the tenant's of now:
    /// they may have changed since it began.
    pub fn silence_step(
        &self,
        silence: &Silence,
        times: SilenceTimes,
        reach: WindowReach,
        now: Timestamp,
    ) -> SilenceStep {
        if !self.is_silent(silence) {
            return SilenceStep::Over;
        }
        let is_open = self.window.is_open(now);
        // A reminder that cannot be sent any more does not hold up the close.
        let can_remind = silence.reminded_at.is_none() && (is_open || reach.reminder);
        let reminder = times.reminder().filter(|_| can_remind);
        let (at, step) = match (reminder, times.close()) {
            (Some(after), _) => (silence.since.plus(after), SilenceStep::Remind),
            (None, Some(after)) => {
                let at = silence.since.plus(after);
                // A reminder that was late leaves the customer as much time as one in time.
                let from_reminder =
                    silence.reminded_at.zip(times.reminder()).map(|(at, reminder)| at.plus(after).minus(reminder));
                (from_reminder.map_or(at, |other| other.max(at)), SilenceStep::Close)
            }
            (None, None) => return SilenceStep::Over,
        };
        if step == SilenceStep::Close && !is_open && !reach.closing {
            return SilenceStep::Over;
        }
        if at <= now { step } else { SilenceStep::WaitUntil(at) }
    }

    /// A close by itself. One whose silence is over changes nothing.
    pub(super) fn close_silent(&self, silence: &Silence, reach: WindowReach, now: Timestamp) -> Vec<Event> {
        let handoff = self.handoff().map(|handoff| handoff.id.clone());
        let closed = Event::Closed { reason: CloseReason::Silent, handoff, outcome: None };
        let is_reached = reach.closing || self.window.is_open(now);
        (is_reached && self.is_silent(silence)).then_some(closed).into_iter().collect()
    }

    /// Whether the customer is still silent. What the owner has not read yet, puts aside until a time, or ends themselves is
    /// left to them.
    fn is_silent(&self, silence: &Silence) -> bool {
        let waits_for_owner = self.snooze.is_some_and(|snooze| snooze.until.is_some());
        self.goes_on(silence) && self.unread == 0 && !waits_for_owner && self.ending.is_none()
    }

    /// Whether neither the customer nor an agent has done anything since.
    fn goes_on(&self, silence: &Silence) -> bool {
        let is_owned = matches!(&self.state, State::Human { owner: Owner::Agent { .. }, .. });
        is_owned
            && self.reply_clock.is_none()
            && self.epoch == silence.epoch
            && self.last_item == silence.last_item
            && self.window.last_turn == silence.last_turn_at
    }
}

#[cfg(test)]
#[path = "silence_tests.rs"]
mod tests;
