//! What one phone shows: bubbles with ticks, reactions, edits. Never what the business should show.

use serde::Serialize;
use serde_json::Value;

use super::{customers::Customer, inbound::Forwarded};

/// Who wrote a bubble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person with the phone.
    Customer,
    /// The business, through the Graph API.
    Business,
    /// The business's staff, from the WhatsApp Business app.
    Staff,
}

/// How far a bubble got. Ordered: it only moves up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tick {
    /// Taken by Meta; nothing told yet.
    Accepted,
    /// One tick.
    Sent,
    /// Two ticks: on the phone, or for the customer's own: the callback answered 200.
    Delivered,
    /// Two blue ticks.
    Read,
}

/// One bubble.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The wamid.
    pub id: String,
    /// Who wrote it.
    pub author: Author,
    /// Milliseconds since the epoch.
    pub at: i64,
    /// The wire's `type`.
    pub kind: String,
    /// The object named like the type, as it travelled.
    pub body: Value,
    /// The wamid it quotes.
    pub quote: Option<String>,
    /// How far it got.
    pub tick: Tick,
    /// How often it was forwarded before.
    pub forwarded: Option<Forwarded>,
    /// The customer's reaction on it.
    pub customer_reaction: Option<String>,
    /// The business's reaction on it.
    pub business_reaction: Option<String>,
    /// Whether the text was changed afterwards.
    pub edited: bool,
    /// Whether it was taken back.
    pub revoked: bool,
    /// Whether a voice note was played.
    pub played: bool,
    /// The code of its `failed` status: then it never reached the phone.
    pub failed: Option<u32>,
    /// What its statuses need; for messages of the Graph API only.
    #[serde(skip)]
    pub(super) facts: Option<SendFacts>,
}

/// What a send's statuses repeat of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SendFacts {
    pub(super) address: Address,
    pub(super) category: String,
    pub(super) callback_data: Option<String>,
}

/// How the business named the customer: it decides which ids a status carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Phone,
    UserId,
}

impl Line {
    pub(super) fn new(id: String, author: Author, at: i64, kind: &str, body: Value) -> Self {
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

/// One customer with what their phone holds.
pub(super) struct Phone {
    pub(super) customer: Customer,
    pub(super) lines: Vec<Line>,
    /// The business is typing until then (epoch ms).
    pub(super) typing_until: i64,
    /// When the pair limit's debt is paid (epoch ms).
    pub(super) pair_debt: i64,
    /// The customer's last message (epoch ms): the start of the service window.
    pub(super) last_inbound: Option<i64>,
    /// The newest line the phone's page has shown.
    pub(super) seen: usize,
}

/// Meta's pair limit: one message per six seconds and customer ...
const PAIR_MS: i64 = 6_000;
/// ... of which this many may be borrowed from the future.
const PAIR_BURST: i64 = 45;
/// Length of the customer service window.
const WINDOW_MS: i64 = 24 * 60 * 60 * 1000;

impl Phone {
    pub(super) fn new(customer: Customer) -> Self {
        Self { customer, lines: Vec::new(), typing_until: 0, pair_debt: 0, last_inbound: None, seen: 0 }
    }

    pub(super) fn line(&mut self, id: &str) -> Option<&mut Line> {
        self.lines.iter_mut().rev().find(|line| line.id == id)
    }

    /// Whether a free message may be sent at `now`.
    pub(super) fn window_open(&self, now: i64) -> bool {
        self.last_inbound.is_some_and(|at| now.saturating_sub(at) < WINDOW_MS)
    }

    /// Takes one message of the pair limit; false when the burst is used up.
    pub(super) fn take_pair(&mut self, now: i64) -> bool {
        let next = self.pair_debt.max(now).saturating_add(PAIR_MS);
        let fits = next.saturating_sub(now) <= PAIR_MS * PAIR_BURST;
        if fits {
            self.pair_debt = next;
        }
        fits
    }

    /// Lines the page has not shown yet and that did arrive.
    pub(super) fn unread(&self) -> usize {
        let fresh = self.lines.get(self.seen..).unwrap_or_default();
        fresh.iter().filter(|line| line.author != Author::Customer && line.failed.is_none()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::customers, Phone};

    #[test]
    fn a_burst_is_borrowed_from_the_future() {
        let mut phone = customers::shipped().into_iter().next().map(Phone::new).expect("six customers");
        let taken = (0..60).filter(|_| phone.take_pair(1_000)).count();
        assert_eq!(taken, 45);
        assert!(phone.take_pair(7_000) && !phone.take_pair(7_000));
    }
}
