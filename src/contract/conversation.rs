//! One conversation as the page shows it: row, customer, thread and dossier.

use serde::{Deserialize, Serialize};

use crate::domain::{
    block::CustomerBlock,
    desk::{Item, Row},
    dossier::Dossier,
    ids::{ConversationId, MediaId, MessageId, Seq},
    message::{draft::ReplyDraft, reply::ReplyKind},
    outcome::OutcomeChoice,
    scheduled::{ScheduledMessage, SendChoice},
    template::TemplateCategory,
    time::Timestamp,
    upload::WaitingFile,
};

/// The template that goes with a close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodbyeTemplate {
    pub category: TemplateCategory,
    /// As the customer reads it.
    pub text: String,
}

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
    /// The template that the customer gets in its place if the viewer closes now, because the 24-hour window has closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goodbye_template: Option<GoodbyeTemplate>,
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
    /// The messages that wait to be sent, in the order in which they were written.
    #[serde(default)]
    pub scheduled: Vec<ScheduledMessage>,
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

/// A reply that waits before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterReply {
    /// Made by the page for one press: a repeated call writes nothing.
    pub client_id: String,
    pub kind: ReplyKind,
    pub body: String,
    pub quote: Option<MessageId>,
    /// The version of the draft that it is, which is then removed.
    pub draft: Option<i64>,
    /// A file that the caller uploaded before. The text is its caption.
    pub file: Option<MediaId>,
    pub choice: SendChoice,
}

/// Older items of a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OlderItems {
    pub items: Vec<Item>,
    pub older: bool,
}
