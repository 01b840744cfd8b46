//! The items of a thread: messages, and the event lines between them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    dossier::Fact,
    ids::{AgentId, Seq, line_key},
    message::Message,
    time::Timestamp,
};

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

impl Fact {
    /// The fact's line in the thread.
    pub fn item(self) -> Item {
        let (at, seq) = self.sort_key();
        let words = match &self {
            Self::Variable(fact) => format!("{} {}: {}", fact.verb(), fact.display_name(), fact.short()),
            Self::Call(fact) => format!("{} {} → {}", fact.kind.label(), fact.label, fact.short()),
        };
        let line = Line { tone: Tone::Plain, agent: None, text: words, fact: Some(Box::new(self)) };
        Item { at, seq, body: ItemBody::Line(line) }
    }
}
