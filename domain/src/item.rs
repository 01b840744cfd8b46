//! The items of a thread: messages, the event lines between them, and the team's notes.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    dossier::Fact,
    ids::{AgentId, Seq, line_key},
    message::Message,
    note::Note,
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
    Note(Note),
}

impl Item {
    /// The identity of an item: a newer item with the same key replaces the older one.
    pub fn key(&self) -> String {
        match &self.body {
            ItemBody::Message(message) => message.id.as_str().to_owned(),
            ItemBody::Line(_) => line_key(self.seq),
            ItemBody::Note(note) => note.id.as_str().to_owned(),
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
    /// The variable, call or rating that the line shows, if any.
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
    /// A block or unblock of the customer: what the page knows about it is read again.
    Block,
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
            Self::Rating(fact) => format!("The customer rated {}: {}", fact.subject(), fact.score),
        };
        let line = Line { tone: Tone::Plain, agent: None, text: words, fact: Some(Box::new(self)) };
        Item { at, seq, body: ItemBody::Line(line) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, seq: i64, text: &str) -> Item {
        let line = Line { tone: Tone::Plain, agent: None, text: text.into(), fact: None };
        Item { at: Timestamp(at), seq: Seq(seq), body: ItemBody::Line(line) }
    }

    #[test]
    fn an_items_text_is_read_back_and_compared_by_its_json() {
        let (one, other) = (line(5, 1, "one"), line(5, 1, "other"));
        let text = |item: &Item| ItemText::write(item).expect("an item is JSON");
        assert_eq!(text(&one).read().expect("the same item"), one);
        assert_eq!(text(&one), text(&one));
        assert_ne!(text(&one), text(&other));
        let unknown: ItemText = serde_json::from_str(r#"{"at":1,"seq":1,"body":{"poll":{}}}"#).expect("JSON");
        assert!(unknown.read().is_err(), "a kind of a newer server");
    }

    #[test]
    fn items_are_sorted_by_time_and_then_by_the_log() {
        let mut items = Vec::new();
        for (at, seq) in [(20, 1), (10, 4), (10, 2), (30, 3), (10, 3)] {
            place_item(&mut items, line(at, seq + at, "x"));
        }
        let order: Vec<_> = items.iter().map(|item| (item.at.0, item.seq.0)).collect();
        assert_eq!(order, [(10, 12), (10, 13), (10, 14), (20, 21), (30, 33)]);
    }

    #[test]
    fn a_newer_version_keeps_the_place_of_its_item() {
        let mut items = vec![line(10, 1, "first"), line(20, 2, "second")];
        place_item(&mut items, line(99, 1, "changed"));
        assert_eq!(items, [line(10, 1, "changed"), line(20, 2, "second")]);
        assert_eq!((items[0].key(), items[1].key()), ("line_1".into(), "line_2".into()));
    }
}
