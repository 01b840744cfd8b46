//! The knobs: how statuses come, how webhooks are packed, when a message counts as read. Everything has a default and
//! is plain JSON, so that the phone's drawer and the tests use the same words.

use serde::{Deserialize, Serialize};

/// All settings of one simulator.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How the statuses of a sent message come back.
    pub status: StatusSettings,
    /// When the customer reads.
    pub reads: Reads,
    /// How webhooks are posted.
    pub webhook: WebhookSettings,
    /// What a free message outside the 24-hour window gets. Templates always pass.
    pub window: WindowAnswer,
    /// Answer 131056 when more than 45 messages borrowed against one per 6 seconds and customer.
    pub pair_limit: bool,
}

/// How the statuses of one message come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatusSettings {
    /// Their order.
    pub order: StatusOrder,
    /// Leave `delivered` out, as Meta does when the chat is open.
    pub skip_delivered: bool,
    /// How often each one is sent (1 = once).
    pub copies: u8,
    /// Post `sent` and wait for the callback's answer before the send itself is answered.
    pub before_answer: bool,
    /// Milliseconds from acceptance to `sent`.
    pub sent_ms: u64,
    /// Milliseconds from `sent` to `delivered`.
    pub delivered_ms: u64,
    /// Milliseconds from `delivered` to `read`, where reads are automatic.
    pub read_ms: u64,
}

impl Default for StatusSettings {
    fn default() -> Self {
        Self {
            order: StatusOrder::Natural,
            skip_delivered: false,
            copies: 1,
            before_answer: false,
            sent_ms: 120,
            delivered_ms: 350,
            read_ms: 600,
        }
    }
}

/// The order in which statuses leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusOrder {
    /// sent, delivered, read.
    #[default]
    Natural,
    /// Any order but the natural one; each keeps the timestamp it would have had.
    Shuffled,
}

/// When a message that arrived counts as read. A customer with receipts off never reads, whatever stands here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reads {
    /// When the phone's page shows the chat.
    #[default]
    WhenOpen,
    /// `read_ms` after delivery, without a page: for tests.
    Auto,
    /// Not at all.
    Never,
}

/// How webhooks are posted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookSettings {
    /// Events in one POST at most, spread over all four levels of the envelope.
    pub batch: usize,
    /// Milliseconds a batch waits to fill.
    pub batch_ms: u64,
    /// How often each POST is sent (1 = once).
    pub copies: u8,
    /// POSTs under way at the same time; above 1 nothing keeps their order.
    pub connections: usize,
    /// Write non-ASCII characters as `\uXXXX`, as Meta mostly does.
    pub escape_unicode: bool,
    /// Hold everything back, as if the network to the callback were cut.
    pub paused: bool,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self { batch: 1, batch_ms: 300, copies: 1, connections: 1, escape_unicode: true, paused: false }
    }
}

/// What a free message outside the customer service window gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowAnswer {
    /// It passes. The default: the simulator forgets its threads with the process and would refuse wrongly after a
    /// restart.
    #[default]
    Open,
    /// HTTP 400 with 131047.
    Http,
    /// Accepted, then a `failed` status with 131047, as mostly at Meta.
    Status,
}
