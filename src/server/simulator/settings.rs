//! The settings: how statuses are sent, how webhooks are batched, and when a message counts as read. All have defaults
//! and are plain JSON, which the phone's page and the tests share.

use serde::{Deserialize, Serialize};

use super::envelope::Encoding;

/// All settings of one simulator.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulatorSettings {
    /// How the statuses of a sent message are sent.
    pub status: StatusSettings,
    /// When the customer reads messages.
    pub reads: Reads,
    /// How webhooks are posted.
    pub webhook: WebhookSettings,
    /// What happens to a free-form message outside the 24-hour window. Templates always pass.
    pub window: WindowAnswer,
    /// What happens to templates.
    pub templates: TemplateAnswer,
    /// Whether to answer 131056 when a burst of 45 messages beyond one per 6 seconds and customer is used up.
    pub pair_limit: bool,
}

/// How the statuses of one message are sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatusSettings {
    /// Their order.
    pub order: StatusOrder,
    /// Omit `delivered`, as Meta does when the chat is open.
    pub skip_delivered: bool,
    /// How often each one is sent (1 = once).
    pub copies: u8,
    /// Post `sent` and wait for the callback's response before the send itself is answered.
    pub before_answer: bool,
    /// Milliseconds from acceptance to `sent`.
    pub sent_ms: u64,
    /// Milliseconds from `sent` to `delivered`.
    pub delivered_ms: u64,
    /// Milliseconds from `delivered` to `read`, if reads are automatic.
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

/// The order in which statuses are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusOrder {
    /// sent, delivered, read.
    #[default]
    Natural,
    /// Any order but the natural one. Each status keeps its original timestamp.
    Shuffled,
}

/// When a delivered message counts as read. A customer without read receipts never sends `read`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reads {
    /// When the phone's page shows the chat.
    #[default]
    WhenOpen,
    /// `read_ms` after delivery, without a page. For tests.
    Auto,
    /// Not at all.
    Never,
}

/// How webhooks are posted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookSettings {
    /// The most events of one POST, spread over all four levels of the envelope.
    pub batch: usize,
    /// How long a batch waits for more events, in milliseconds.
    pub batch_ms: u64,
    /// How often each POST is sent (1 = once).
    pub copies: u8,
    /// The most POSTs in progress. With more than 1 their order is not kept.
    pub connections: usize,
    /// Write non-ASCII characters as `\uXXXX`, as Meta mostly does.
    pub escape_unicode: bool,
    /// Hold all webhooks back, as if the callback were unreachable.
    pub paused: bool,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self { batch: 1, batch_ms: 300, copies: 1, connections: 1, escape_unicode: true, paused: false }
    }
}

impl WebhookSettings {
    pub(super) fn encoding(&self) -> Encoding {
        if self.escape_unicode { Encoding::Escaped } else { Encoding::Utf8 }
    }
}

/// What happens to a free-form message outside the customer service window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowAnswer {
    /// It passes. The default, because the simulator loses its threads at a restart and would wrongly refuse messages
    /// afterwards.
    #[default]
    Open,
    /// HTTP 400 with 131047.
    Http,
    /// Accepted, followed by a `failed` status with 131047, as mostly at Meta.
    Status,
}

/// What happens to a template that was accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateAnswer {
    /// It is sent.
    #[default]
    Accepted,
    /// It is held for a quality assessment, and no status follows.
    Held,
}
