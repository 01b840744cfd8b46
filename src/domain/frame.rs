//! The frames of the live stream. They carry resulting values, so a frame that is applied twice changes nothing.
//!
//! Enums used only by the desk and the message tables have serde's default form, with the variant as the key: an
//! internal tag makes serde buffer its input, which would put the code of every inner type into the page twice. Log
//! entries keep their tag.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    desk::{Counts, Row},
    dossier::Fact,
    ids::{AgentId, ConversationId, Seq},
    message::Message,
    time::Timestamp,
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
}

/// A number whose sending is stopped. Messages that agents write stay queued; none are lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    pub channel: String,
    /// Why, and what to do.
    pub detail: String,
}

/// An item of a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The sort key is the time, then the log's order.
    pub at: Timestamp,
    pub seq: Seq,
    pub body: ItemBody,
}

/// An [`Item`] as a frame carries it: unparsed JSON.
///
/// Every page receives every frame, but only an open thread renders items. Parsing them with the frame would put the
/// code of every kind of message into the page's first load.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemText(Box<RawValue>);

impl ItemText {
    pub fn write(item: &Item) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(item).map(Self)
    }

    /// Fails for items of a newer server that this page does not know.
    pub fn read(&self) -> serde_json::Result<Item> {
        serde_json::from_slice(self.0.get().as_bytes())
    }
}

impl PartialEq for ItemText {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemBody {
    Message(Box<Message>),
    Line(Line),
}

impl Item {
    /// The identity of an item: a newer item with the same key replaces the older one.
    pub fn key(&self) -> String {
        match &self.body {
            ItemBody::Message(message) => message.id.as_str().to_owned(),
            ItemBody::Line(_) => line_key(self.seq),
        }
    }
}

/// The key of the line of the entry at `seq`, which is its anchor in the page.
pub fn line_key(seq: Seq) -> String {
    format!("line_{}", seq.0)
}

/// An event line between the message bubbles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub tone: Tone,
    /// The agent that the line is about, so that the page can show "You".
    pub agent: Option<(AgentId, String)>,
    /// The text after the agent's name, or the whole text if there is no agent.
    pub text: String,
    /// The variable or call that the line shows, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<Box<Fact>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Plain,
    Handoff,
    Claim,
    Close,
    Warning,
}

/// Inserts an item into a thread, or replaces its older version.
pub fn place_item(items: &mut Vec<Item>, item: Item) {
    let key = item.key();
    if let Some(known) = items.iter_mut().find(|known| known.key() == key) {
        // The position does not change: a new delivery status must not move a bubble.
        known.body = item.body;
        return;
    }
    let at = items.partition_point(|known| (known.at, known.seq) <= (item.at, item.seq));
    items.insert(at, item);
}
