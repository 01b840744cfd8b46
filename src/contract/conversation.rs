//! One conversation as the page shows it: row, customer, thread and dossier.

use serde::{Deserialize, Serialize};

use crate::domain::{
    block::CustomerBlock,
    desk::{Item, Row},
    dossier::Dossier,
    ids::{ConversationId, Seq},
    message::draft::ReplyDraft,
    outcome::OutcomeChoice,
    time::Timestamp,
    upload::WaitingFile,
};

/// Everything the page shows about one conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    pub row: Row,
    pub customer: CustomerDetails,
    /// Oldest first.
    pub items: Vec<Item>,
    /// Whether there are older items.
    pub older: bool,
    #[serde(default)]
    pub dossier: Dossier,
    /// The customer's earlier conversations, newest first.
    pub earlier: Vec<Earlier>,
    /// The closing message that the customer gets if the viewer closes now; `None` if there is none, or if it cannot be
    /// sent.
    #[serde(default)]
    pub goodbye: Option<String>,
    /// The question for a rating that goes with a close, if a person has answered; `None` if it is not asked.
    #[serde(default)]
    pub rating_question: Option<String>,
    /// What the caller may pick when closing.
    #[serde(default)]
    pub outcomes: OutcomeChoice,
    /// What the caller has typed and not sent.
    #[serde(default)]
    pub draft: ReplyDraft,
    /// The files that the caller has uploaded and not sent, in order.
    #[serde(default)]
    pub waiting_files: Vec<WaitingFile>,
    /// The log position of this read: all entries up to it are included.
    pub seq: Seq,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerDetails {
    pub name: String,
    pub phone: Option<String>,
    pub username: Option<String>,
    pub since: Timestamp,
    pub language: Option<String>,
    /// Whether the customer's messages wake nobody.
    #[serde(default)]
    pub blocked: bool,
    /// The last block or unblock, if WhatsApp has not confirmed an unblock since.
    #[serde(default)]
    pub block: Option<CustomerBlock>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub id: ConversationId,
    pub preview: String,
    pub started_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<String>,
}

/// Older items of a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OlderItems {
    pub items: Vec<Item>,
    pub older: bool,
}
