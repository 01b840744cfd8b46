//! Results of a search, as the list shows them.

use serde::{Deserialize, Serialize};

use crate::domain::{
    desk::Row,
    ids::{AgentId, MessageId, NoteId},
    search::Marked,
    time::Timestamp,
};

/// A page of results. Only the first page has customers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchPage {
    /// Conversations of customers whose name or number is found, the newest first.
    pub customers: Vec<SearchHit>,
    /// Conversations in which a message is found, by the time of that message, the newest first.
    pub messages: Vec<SearchHit>,
    /// Conversations in which a note of the team is found, the newest first: a few of them, unless notes alone are searched.
    #[serde(default)]
    pub notes: Vec<SearchHit>,
    /// More notes than these are found.
    #[serde(default)]
    pub has_more_notes: bool,
    /// Why nothing was searched, and what to do. Not an error: half of what is typed cannot be searched yet.
    #[serde(default)]
    pub refused: Option<String>,
    /// Where the next page begins; `None` at the end.
    pub more: Option<SearchCursor>,
    /// Set while older messages are still being added to the search.
    #[serde(default)]
    pub indexing: Option<Indexing>,
    /// The filter leaves so many conversations that only the newest of them were searched.
    #[serde(default)]
    pub is_cut: bool,
}

/// A conversation that is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchHit {
    pub row: Row,
    pub name: Marked,
    /// The customer's number, if it is what was found.
    #[serde(default)]
    pub phone: Option<Marked>,
    /// The newest message that is found.
    #[serde(default)]
    pub message: Option<FoundMessage>,
    /// The newest note that is found.
    #[serde(default)]
    pub note: Option<FoundNote>,
}

impl SearchHit {
    /// What its link leads to.
    pub fn item(&self) -> Option<FoundItem> {
        let message = self.message.as_ref().map(|message| FoundItem::Message(message.id.clone()));
        message.or_else(|| self.note.as_ref().map(|note| FoundItem::Note(note.id.clone())))
    }
}

/// An item of a thread that is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundItem {
    Message(MessageId),
    Note(NoteId),
}

impl FoundItem {
    /// The id, which is that of its element.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Message(id) => id.as_str(),
            Self::Note(id) => id.as_str(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundMessage {
    pub id: MessageId,
    pub at: Timestamp,
    pub is_from_customer: bool,
    /// The part of its text around the hit.
    pub excerpt: Marked,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundNote {
    pub id: NoteId,
    pub at: Timestamp,
    pub author: AgentId,
    pub author_name: String,
    /// The part of its text around the hit.
    pub excerpt: Marked,
}

/// The position of a page. Opaque.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SearchCursor(pub i64);

/// How far the job has come that adds older messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indexing {
    /// What was written since then is found; `None` if the job has just begun.
    pub back_to: Option<Timestamp>,
}

/// A message or note of an open conversation that is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadHit {
    pub item: FoundItem,
    /// The parts of its text that are found, each once, as they are written.
    pub hits: Vec<String>,
}
