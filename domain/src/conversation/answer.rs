//! The wait for a person's reply: what starts it, and which messages end it.
//!
//! It runs from the first customer's message that no person has answered; later messages do not restart it, and the bot
//! never ends it. Only a message that was sent answers: one that is queued or refused does not.

use super::{Conversation, SentReply, State};
use crate::{
    event::{Event, ReplyClock},
    ids::HandoffId,
    message::TurnEffect,
    time::{Span, Timestamp},
};

/// The wait that goes on after a reply: from the first message that needs one, of those that came after it and are not
/// answered by it. `said` are these messages' entries, in the order of the thread, with the times since when they wait.
/// What is received quietly, as a thank-you or a rating, starts no wait when it comes, and none here.
pub fn unanswered<'e>(said: impl IntoIterator<Item = (&'e Event, Timestamp)>, target: Span) -> Option<ReplyClock> {
    let needs_reply = |event: &Event| matches!(event, Event::CustomerWrote { unread: true, .. });
    let first = said.into_iter().find(|(event, _)| needs_reply(event));
    first.map(|(_, since)| ReplyClock { since, target })
}

impl Conversation {
    /// Whether a message with this effect makes the customer wait for a person's reply.
    pub(super) fn starts_reply_clock(&self, turn: TurnEffect) -> bool {
        turn.needs_reply() && matches!(self.state, State::Human { .. }) && self.reply_clock.is_none()
    }

    /// What a person's message answers. Nothing, if it was written before the customer asked: then the wait goes on
    /// from the same message.
    pub(super) fn reply_sent(&self, reply: &SentReply) -> Vec<Event> {
        let State::Human { handoff, .. } = &self.state else { return Vec::new() };
        let SentReply { message, by, written_at, sent_at, next } = reply;
        let is_over =
            |clock: &ReplyClock| clock.since <= *written_at && next.is_none_or(|next| next.since > clock.since);
        let answered = self.reply_clock.filter(is_over).map(|clock| Event::Answered {
            message: message.clone(),
            by: by.clone(),
            clock,
            waited: sent_at.since(clock.since),
            next: *next,
        });
        let is_first = handoff.first_reply.is_none() && handoff.requested_at <= *written_at;
        let first = is_first.then(|| Event::FirstReplySent {
            handoff: handoff.id.clone(),
            message: message.clone(),
            by: by.clone(),
            after: sent_at.since(handoff.requested_at),
        });
        answered.into_iter().chain(first).collect()
    }

    /// The customer's wait is over; `next` goes on.
    pub(super) fn apply_answer(&mut self, next: Option<ReplyClock>, now: Timestamp) {
        let State::Human { handoff, .. } = &mut self.state else { return };
        self.reply_clock = next;
        if handoff.first_reply.is_some() && handoff.released_at.is_some() {
            handoff.next_reply_at.get_or_insert(now);
        }
    }

    /// What counted as an answer at `at` was none.
    pub(super) fn apply_failed_answer(&mut self, first_of: Option<&HandoffId>, at: Timestamp, clock: ReplyClock) {
        let State::Human { handoff, .. } = &mut self.state else { return };
        let earlier = self.reply_clock.filter(|running| running.since < clock.since);
        self.reply_clock = Some(earlier.unwrap_or(clock));
        self.snooze = None;
        handoff.first_reply.take_if(|_| first_of == Some(&handoff.id));
        handoff.next_reply_at.take_if(|next| *next == at);
    }
}
