//! A message: what was said ([`Content`]), by whom ([`Author`]), and how far it got ([`Delivery`]).

pub mod interactive;
pub mod limits;
pub mod outgoing;
pub mod reply;

use serde::{Deserialize, Serialize};

pub use super::{
    content::{Attachment, ContactCard, Content, OrderItem, Turn},
    delivery::Delivery,
};
use super::{
    ids::{AgentId, MessageId, Wamid},
    time::Timestamp,
};

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "id", rename_all = "snake_case")]
pub enum Author {
    Customer,
    Bot,
    /// Notices and closing messages: words of the tenant that no person typed just now.
    System,
    Agent(AgentId),
    /// Staff answered from the WhatsApp Business app on the phone.
    Phone,
    /// Another responder of a shared number (Meta's conversation routing).
    Partner,
}

impl Author {
    pub fn is_customer(&self) -> bool {
        matches!(self, Self::Customer)
    }

    /// A person of the business: stops human clocks and takes the conversation over from the bot.
    pub fn is_human(&self) -> bool {
        matches!(self, Self::Agent(_) | Self::Phone)
    }
}

/// Why a message failed, or why it still waits, in words an agent can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Meta's code, if it was Meta that refused.
    pub code: Option<i64>,
    /// What happened and what to do. Rows that wait for their message hold it under this name.
    #[serde(rename = "words")]
    pub detail: String,
    /// When it is tried again by itself: the message waits, it has not failed.
    #[serde(default)]
    pub again: Option<Timestamp>,
}

impl Fault {
    pub fn new(code: Option<i64>, words: impl Into<String>) -> Self {
        Self { code, detail: words.into(), again: None }
    }
}

/// A message as the thread shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub author: Author,
    /// The author's name where it is a person.
    pub author_name: Option<String>,
    pub content: Content,
    /// Where it stands in the thread.
    pub at: Timestamp,
    /// `None` for what customers send.
    pub delivery: Option<Delivery>,
    pub fault: Option<Fault>,
    /// The message it answers.
    pub quote: Option<Quote>,
    pub forwarded: Forwarded,
    /// Reactions on it, newest word per side.
    pub reactions: Vec<Reaction>,
    /// The customer took it back; the text stays for the record, marked.
    pub revoked: bool,
    /// The customer changed it; this is the newest wording.
    pub edited: bool,
    /// The ad or post it came from.
    pub referral: Option<Referral>,
    /// It came hours after it was written (invariant 13).
    #[serde(default)]
    pub late: bool,
    /// It was resent after an answer that never came: the customer may have it twice.
    #[serde(default)]
    pub resent: bool,
    /// The file, as far as it got.
    #[serde(default)]
    pub file: Option<File>,
    /// What came along.
    #[serde(default)]
    pub beside: MessageContext,
}

/// What came along with a message and is none of its words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageContext {
    /// Who wrote it, where several write in one place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// WhatsApp's own summary of what was said before the customer came to us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Why a part of it is missing, in WhatsApp's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

impl MessageContext {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The product of a catalogue that a message asks about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    pub catalog: Option<String>,
    pub id: Option<String>,
}

/// The state of an inbound file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum File {
    Pending,
    /// Kept by us: where to get it, what its first bytes say it is, its length in bytes.
    Kept {
        url: String,
        mime: String,
        size: i64,
    },
    Failed {
        detail: String,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forwarded {
    #[default]
    No,
    Once,
    Often,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    pub author: Author,
    pub emoji: String,
}

/// The message that another one answers. Meta sends only its id; the words are ours, if we have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub wamid: Wamid,
    pub message: Option<MessageId>,
    pub preview: Option<String>,
}

/// The click-to-WhatsApp ad or post that started a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    pub source_type: Option<String>,
    pub source_url: Option<String>,
    pub headline: Option<String>,
    pub body: Option<String>,
}

/// The most characters of one text message (Meta, `text.body`).
pub const TEXT_LIMIT: usize = 4096;

/// Cuts a long reply into pieces WhatsApp accepts, at a paragraph, line or word where one is near.
///
/// Counted in characters, as Meta counts. Every bubble may be billed, so nothing is cut without need.
pub fn split_text(body: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest: Vec<char> = body.trim().chars().collect();
    while rest.len() > TEXT_LIMIT {
        let head = &rest[..TEXT_LIMIT];
        let near = TEXT_LIMIT / 2;
        let cut = head
            .windows(2)
            .rposition(|pair| pair == ['\n', '\n'])
            .filter(|at| *at >= near)
            .or_else(|| head.iter().rposition(|c| *c == '\n').filter(|at| *at >= near))
            .or_else(|| head.iter().rposition(|c| c.is_whitespace()).filter(|at| *at >= near))
            .unwrap_or(TEXT_LIMIT);
        let piece: String = rest[..cut].iter().collect();
        pieces.push(piece.trim_end().to_owned());
        rest.drain(..cut);
        let blank = rest.iter().take_while(|c| c.is_whitespace()).count();
        rest.drain(..blank);
    }
    if !rest.is_empty() {
        pieces.push(rest.into_iter().collect());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_reply_is_cut_between_words_and_loses_none() {
        let body = "word ".repeat(2_000);
        let pieces = split_text(&body);
        assert!(pieces.iter().all(|piece| piece.chars().count() <= TEXT_LIMIT));
        assert_eq!(pieces.join(" "), body.trim());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn pieces_fit_and_keep_every_character(body in "(\\PC|\\n| ){0,12000}") {
            let pieces = split_text(&body);
            let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert!(pieces.iter().all(|piece| piece.chars().count() <= TEXT_LIMIT));
            prop_assert_eq!(squeeze(&pieces.concat()), squeeze(&body));
        }
    }
}
