//! The frames of the live stream. They carry resulting values, so a frame that is applied twice changes nothing.
//!
//! Enums used only by the desk and the message tables have serde's default form, with the variant as the key: an
//! internal tag makes serde buffer its input, which would put the code of every inner type into the page twice. Log
//! entries keep their tag.

use serde::{Deserialize, Serialize};

use super::{
    desk::row::{Counts, Row},
    ids::{AgentId, ConversationId, EndingId, Seq},
    item::ItemText,
};

/// A frame of the live stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    Changes(Changes),
    /// The stream is alive. `build` lets a page detect that a newer version is deployed.
    Heartbeat {
        seq: Seq,
        build: String,
    },
    /// The cursor is too old or the caller's rights changed: read a fresh snapshot.
    Reset {
        seq: Seq,
    },
    /// The agents who are online now.
    Presence {
        online: Vec<AgentId>,
    },
}

/// The resulting values after all entries up to `seq`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    pub seq: Seq,
    pub rows: Vec<Row>,
    pub removed: Vec<ConversationId>,
    pub counts: Option<Counts>,
    /// New or changed thread items.
    pub items: Vec<(ConversationId, ItemText)>,
    /// Settings changed: open admin pages read their data again.
    #[serde(default)]
    pub configured: bool,
    /// The numbers that cannot send, if that changed.
    #[serde(default)]
    pub stopped: Option<Vec<Stopped>>,
    /// Endings that something cancelled before they were due, for the agents who pressed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancelled: Vec<CancelledEnding>,
}

/// A close or return to the bot that did not take effect. A page that was not there reads it in the thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelledEnding {
    /// Identifies it, so that a page which gets the frame twice tells the agent once.
    pub ending: EndingId,
    pub conversation: ConversationId,
    pub agent: AgentId,
    /// What did not happen, and why.
    pub detail: String,
}

/// A number whose sending is stopped. Messages that agents write stay queued; none are lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    pub channel: String,
    /// Why, and what to do.
    pub detail: String,
}
