//! The state of one phone: messages with ticks, reactions and edits. Only what the customer sees, not the business.

use serde::Serialize;
use serde_json::Value;

use super::{
    customers::PhoneUser,
    inbound::ForwardedAs,
    pricing::{ANSWER_MS, FREE_ENTRY_MS, FreeEntry, Price},
};

/// The author of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadAuthor {
    /// The customer.
    Customer,
    /// The business, through the Graph API.
    Business,
    /// The business's staff, from the WhatsApp Business app.
    Staff,
    /// The second app of the number.
    Partner,
}

/// The delivery state of a message. Ordered; it only increases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tick {
    /// Accepted by Meta; no status yet.
    Accepted,
    /// One tick.
    Sent,
    /// Two ticks: on the phone. For the customer's own messages: the callback answered 200.
    Delivered,
    /// Two blue ticks.
    Read,
}

/// A message on the phone.
#[derive(Clone, Debug, Serialize)]
pub struct ThreadLine {
    /// The wamid.
    pub id: String,
    /// Who wrote it.
    pub author: ThreadAuthor,
    /// Milliseconds since the epoch.
    pub at: i64,
    /// Meta's `type`.
    pub kind: String,
    /// The object that the type names, as it was sent.
    pub body: Value,
    /// The wamid of the quoted message.
    pub quote: Option<String>,
    /// Its delivery state.
    pub tick: Tick,
    /// How often it was forwarded before.
    pub forwarded: Option<ForwardedAs>,
    /// The customer's reaction to it.
    pub customer_reaction: Option<String>,
    /// The business's reaction to it.
    pub business_reaction: Option<String>,
    /// Whether the text was edited.
    pub edited: bool,
    /// Whether it was deleted.
    pub revoked: bool,
    /// Whether a voice message was played.
    pub played: bool,
    /// The code of its `failed` status. A failed message is not on the phone.
    pub failed: Option<u32>,
    /// The data for its statuses. Only for messages sent through the Graph API.
    #[serde(skip)]
    pub(super) facts: Option<SendFacts>,
}

/// The data of a send that its statuses repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SendFacts {
    pub(super) address: Address,
    pub(super) price: Price,
    pub(super) callback_data: Option<String>,
}

/// How the business addressed the customer, which decides the ids in statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Phone,
    UserId,
}

impl ThreadLine {
    pub(super) fn new(id: String, author: ThreadAuthor, at: i64, kind: &str, body: Value) -> Self {
        Self {
            id,
            author,
            at,
            kind: kind.to_owned(),
            body,
            quote: None,
            tick: Tick::Accepted,
            forwarded: None,
            customer_reaction: None,
            business_reaction: None,
            edited: false,
            revoked: false,
            played: false,
            failed: None,
            facts: None,
        }
    }
}

/// A customer and the contents of the phone.
pub(super) struct Phone {
    pub(super) customer: PhoneUser,
    pub(super) lines: Vec<ThreadLine>,
    /// Until when the business's typing indicator is shown (epoch ms).
    pub(super) typing_until: i64,
    /// When all messages count as paid back under the pair limit (epoch ms).
    pub(super) pair_debt: i64,
    /// The time of the customer's last message (epoch ms), at which the service window begins.
    pub(super) last_inbound: Option<i64>,
    /// When the customer last came from an ad and was not answered since (epoch ms).
    pub(super) referred_at: Option<i64>,
    /// The time in which nothing costs since such an answer.
    pub(super) free_entry: Option<FreeEntry>,
    /// How many lines the phone's page has shown.
    pub(super) seen: usize,
    /// The business has blocked the customer: its messages are refused.
    pub(super) is_blocked: bool,
    /// Who answers the customer.
    pub(super) responder: Responder,
    /// Whether the app under test may take the customer, as the escalation partner may.
    pub(super) takes: TakeRule,
}

/// The app that a customer's messages go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Responder {
    /// The app under test.
    Us,
    /// The second app of the number.
    Partner,
}

/// What a take of the app under test is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TakeRule {
    Allowed,
    Refused,
}

/// Meta's pair limit: one message per six seconds and customer.
const PAIR_MS: i64 = 6_000;
/// How many messages can be sent ahead of the pair limit.
const PAIR_BURST: i64 = 45;
/// Length of the customer service window.
const WINDOW_MS: i64 = 24 * 60 * 60 * 1000;

impl Phone {
    pub(super) fn new(customer: PhoneUser) -> Self {
        Self {
            customer,
            lines: Vec::new(),
            typing_until: 0,
            pair_debt: 0,
            last_inbound: None,
            referred_at: None,
            free_entry: None,
            seen: 0,
            is_blocked: false,
            responder: Responder::Us,
            takes: TakeRule::Allowed,
        }
    }

    pub(super) fn line(&mut self, id: &str) -> Option<&mut ThreadLine> {
        self.lines.iter_mut().rev().find(|line| line.id == id)
    }

    /// Whether a free-form message may be sent at `now`.
    pub(super) fn window_open(&self, now: i64) -> bool {
        self.last_inbound.is_some_and(|at| now.saturating_sub(at) < WINDOW_MS)
    }

    /// The business has answered at `now`: whoever came from an ad within a day costs nothing for a while. `id` is that of the
    /// conversation.
    pub(super) fn answered(&mut self, id: String, now: i64) {
        if self.referred_at.take().is_some_and(|at| now.saturating_sub(at) < ANSWER_MS) {
            self.free_entry = Some(FreeEntry { id, until: now.saturating_add(FREE_ENTRY_MS) });
        }
    }

    /// Counts one message for the pair limit. Returns false if the burst is used up.
    pub(super) fn take_pair(&mut self, now: i64) -> bool {
        let next = self.pair_debt.max(now).saturating_add(PAIR_MS);
        let fits = next.saturating_sub(now) <= PAIR_MS * PAIR_BURST;
        if fits {
            self.pair_debt = next;
        }
        fits
    }

    /// The number of lines that arrived and were not shown by the page yet.
    pub(super) fn unread(&self) -> usize {
        let fresh = self.lines.get(self.seen..).unwrap_or_default();
        fresh.iter().filter(|line| line.author != ThreadAuthor::Customer && line.failed.is_none()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::customers, Phone};

    #[test]
    fn a_burst_uses_up_later_capacity() {
        let mut phone = customers::shipped().into_iter().next().map(Phone::new).expect("six customers");
        let taken = (0..60).filter(|_| phone.take_pair(1_000)).count();
        assert_eq!(taken, 45);
        assert!(phone.take_pair(7_000) && !phone.take_pair(7_000));
    }
}
