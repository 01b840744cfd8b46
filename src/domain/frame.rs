//! What the live stream carries: resulting values, so that a frame applied twice is harmless.
//!
//! Enums used by the desk and the message tables only have serde's default form, the variant as the key. An internal tag
//! would make serde buffer what it reads, and every type inside would be in the page's code twice. Entries of the log keep
//! their tag.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    desk::{Counts, Row},
    dossier::Fact,
    ids::{AgentId, ConversationId, Seq},
    message::Message,
    time::Timestamp,
};

/// What the live stream says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    Changes(Changes),
    /// The stream is alive; `build` lets a page detect that a newer one is available.
    Heartbeat {
        seq: Seq,
        build: String,
    },
    /// The cursor is too old or rights changed: read a fresh snapshot.
    Reset {
        seq: Seq,
    },
    /// Who is at the desk now.
    Presence {
        online: Vec<AgentId>,
    },
}

/// Resulting values after everything up to `seq`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    pub seq: Seq,
    pub rows: Vec<Row>,
    pub removed: Vec<ConversationId>,
    pub counts: Option<Counts>,
    /// New or changed items of threads.
    pub items: Vec<(ConversationId, ItemText)>,
    /// Settings changed: open admin pages read theirs again.
    #[serde(default)]
    pub configured: bool,
    /// The numbers that cannot send, when that changed.
    #[serde(default)]
    pub stopped: Option<Vec<Stopped>>,
}

/// A number whose queue WhatsApp stopped. What agents write waits; nothing is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    pub channel: String,
    /// Why, and what to do.
    pub detail: String,
}

/// One thing in a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its place: time first, then the log's order.
    pub at: Timestamp,
    pub seq: Seq,
    pub body: ItemBody,
}

/// An [`Item`] as a frame carries it: JSON that nobody has read yet.
///
/// Every page receives every frame, and only an open thread draws items. Parsing them with the frame would put the code
/// for every kind of message into the first load.
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
    /// What makes two items the same one.
    pub fn key(&self) -> String {
        match &self.body {
            ItemBody::Message(message) => message.id.as_str().to_owned(),
            ItemBody::Line(_) => line_key(self.seq),
        }
    }
}

/// The key of the line that the entry at `seq` made: its anchor in the page.
pub fn line_key(seq: Seq) -> String {
    format!("line_{}", seq.0)
}

/// A quiet line between the bubbles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub tone: Tone,
    /// The agent it is about, so that the page can say "You".
    pub agent: Option<(AgentId, String)>,
    /// What happened, after the name if there is one.
    pub text: String,
    /// What the bot learnt or asked, if that is what happened.
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

/// Puts an item in its place in a thread, or replaces its older self.
pub fn place_item(items: &mut Vec<Item>, item: Item) {
    let key = item.key();
    if let Some(known) = items.iter_mut().find(|known| known.key() == key) {
        // The place stays: a tick must not move a bubble.
        known.body = item.body;
        return;
    }
    let at = items.partition_point(|known| (known.at, known.seq) <= (item.at, item.seq));
    items.insert(at, item);
}
