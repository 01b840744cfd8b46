//! A message: its content ([`Content`]), its author ([`Author`]) and its delivery status ([`Delivery`]).

pub mod composed;
pub mod draft;
pub mod file;
pub mod interactive;
pub mod limits;
pub mod outgoing;
pub mod reaction;
pub mod reply;

use serde::{Deserialize, Serialize};

use self::reaction::ReactionState;
pub use super::{
    content::{Attachment, ContactCard, Content, OrderItem, TurnEffect},
    delivery::Delivery,
};
use super::{
    ids::{AgentId, MessageId, Wamid},
    time::Timestamp,
};

/// The author of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "id", rename_all = "snake_case")]
pub enum Author {
    Customer,
    Bot,
    /// Notices and closing messages: the tenant's texts, not typed by a person.
    System,
    Agent(AgentId),
    /// Staff replied from the WhatsApp Business app on the phone.
    Phone,
    /// Another responder of a shared number (Meta's conversation routing).
    Partner,
}

impl Author {
    pub fn is_customer(&self) -> bool {
        matches!(self, Self::Customer)
    }

    /// Whether a person of the business wrote it: it ends waits and takes the conversation over from the bot.
    pub fn is_human(&self) -> bool {
        matches!(self, Self::Agent(_) | Self::Phone)
    }
}

/// Why a message failed or is still waiting, in terms an agent can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryFault {
    /// Meta's code, if Meta refused it.
    pub code: Option<i64>,
    /// What happened and what to do. Stored rows contain it under this name.
    #[serde(rename = "words")]
    pub detail: String,
    /// The time of the next automatic attempt: the message is waiting, not failed.
    #[serde(default)]
    pub again: Option<Timestamp>,
}

impl DeliveryFault {
    pub fn new(code: Option<i64>, words: impl Into<String>) -> Self {
        Self { code, detail: words.into(), again: None }
    }
}

/// A message as the thread shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub author: Author,
    /// The author's name, if it is a person.
    pub author_name: Option<String>,
    pub content: Content,
    /// Its position in the thread.
    pub at: Timestamp,
    /// `None` for messages from customers.
    pub delivery: Option<Delivery>,
    pub fault: Option<DeliveryFault>,
    /// The message that this one replies to.
    pub quote: Option<Quote>,
    pub forwarded: Forwarded,
    /// The newest reaction of each side.
    pub reactions: Vec<Reaction>,
    /// The customer deleted it; the text is kept and shown as deleted.
    pub revoked: bool,
    /// The customer edited it; this is the newest version.
    pub edited: bool,
    /// The ad or post that it came from.
    pub referral: Option<Referral>,
    /// It arrived long after it was written (promise 13).
    #[serde(default)]
    pub late: bool,
    /// It was sent again after the response to the first attempt was lost: the customer may have received it twice.
    #[serde(default)]
    pub resent: bool,
    /// The state of the attached file.
    #[serde(default)]
    pub file: Option<File>,
    /// Additional information about the message.
    #[serde(default, rename = "beside")]
    pub context: MessageContext,
}

/// What the thread says about a message that was longer than any that WhatsApp sends.
pub const CUT: &str = "The message was longer than WhatsApp allows. Only its beginning is kept.";

/// Information that came with a message besides its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageContext {
    /// The sender, if several people write in one conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// WhatsApp's own summary of the conversation before it was passed to us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Why a part of it is missing, as stated by WhatsApp, or because it was too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

impl MessageContext {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The catalogue product that a message asks about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    pub catalog: Option<String>,
    pub id: Option<String>,
}

/// The state of a file from a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum File {
    Pending,
    /// Stored by us: its address, the type detected from its first bytes, and its length in bytes.
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

/// A reaction on a message. Stored rows contain it without the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    pub author: Author,
    pub emoji: String,
    /// The agent's name, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_name: Option<String>,
    /// How far one of the business is.
    #[serde(default, skip_serializing_if = "ReactionState::is_shown")]
    pub state: ReactionState,
}

impl Reaction {
    /// One that the customer has, or gave.
    pub fn new(author: Author, emoji: impl Into<String>) -> Self {
        Self { author, emoji: emoji.into(), author_name: None, state: ReactionState::Shown }
    }
}

/// The message that another one replies to. Meta sends only its id; the text is ours, if we have the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub wamid: Wamid,
    pub message: Option<MessageId>,
    pub preview: Option<String>,
}

/// The click-to-WhatsApp ad or post that a conversation started from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    pub source_type: Option<String>,
    pub source_url: Option<String>,
    pub headline: Option<String>,
    pub body: Option<String>,
}

/// The longest text message, in characters (Meta, `text.body`).
pub const TEXT_LIMIT: usize = 4096;

/// Splits a long reply into parts that WhatsApp accepts, at a paragraph, line or word boundary where possible.
///
/// Counts characters, as Meta does. Every message may be billed, so a text is never split more than necessary.
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

    #[test]
    fn only_people_of_the_business_count_as_human() {
        // author, whether it is the customer, whether a person of the business
        let table = [
            (Author::Customer, true, false),
            (Author::Bot, false, false),
            (Author::System, false, false),
            (Author::Agent("agt_1".into()), false, true),
            (Author::Phone, false, true),
            (Author::Partner, false, false),
        ];
        for (author, customer, human) in table {
            assert_eq!((author.is_customer(), author.is_human()), (customer, human), "{author:?}");
        }
    }

    #[test]
    fn a_context_is_empty_only_without_any_information() {
        let some = || Some("x".to_owned());
        assert!(MessageContext::default().is_empty());
        for context in [
            MessageContext { sender: some(), ..MessageContext::default() },
            MessageContext { product: Some(Product::default()), ..MessageContext::default() },
            MessageContext { summary: some(), ..MessageContext::default() },
            MessageContext { missing: some(), ..MessageContext::default() },
        ] {
            assert!(!context.is_empty(), "{context:?}");
        }
    }

    #[test]
    fn a_text_within_the_limit_stays_one_message() {
        assert_eq!(split_text(&format!(" {}\n", "ü".repeat(TEXT_LIMIT))), ["ü".repeat(TEXT_LIMIT)]);
        assert_eq!(split_text(" \n "), Vec::<String>::new());
        let words = format!("{} {}", "a".repeat(TEXT_LIMIT - 5), "a".repeat(4));
        assert_eq!(split_text(&words), std::slice::from_ref(&words));
        assert_eq!(split_text(&"a".repeat(TEXT_LIMIT + 1)), ["a".repeat(TEXT_LIMIT), "a".to_owned()]);
    }

    #[test]
    fn a_cut_prefers_a_paragraph_then_a_line_then_a_word_in_the_second_half() {
        const HALF: usize = TEXT_LIMIT / 2;
        // A text of `a`s with a gap at each of the given places.
        let lengths = |gaps: &[(usize, &str)]| {
            let mut body = "a".repeat(TEXT_LIMIT + 10);
            for (at, gap) in gaps {
                body.replace_range(*at..*at + gap.len(), gap);
            }
            let pieces = split_text(&body);
            let length = pieces[0].chars().count();
            assert!(!pieces[1].starts_with(char::is_whitespace), "a part does not begin with a gap");
            length
        };
        let (paragraph, line, word) = ((HALF + 10, "\n\n"), (HALF + 20, "\n"), (HALF + 30, " "));
        assert_eq!(lengths(&[paragraph, line, word]), HALF + 10);
        assert_eq!(lengths(&[line, word]), HALF + 20);
        assert_eq!(lengths(&[word]), HALF + 30);
        // The last of several boundaries is used.
        assert_eq!(lengths(&[word, (HALF + 40, " ")]), HALF + 40);
        // A boundary at the middle counts; before it, the part would be too short.
        for gap in ["\n\n", "\n", " "] {
            assert_eq!(lengths(&[(HALF, gap)]), HALF, "{gap:?}");
            assert_eq!(lengths(&[(HALF - 2, gap)]), TEXT_LIMIT, "{gap:?}");
        }
        assert_eq!(lengths(&[(HALF - 2, "\n\n"), word]), HALF + 30);
        assert_eq!(lengths(&[(HALF, "\n\n"), line]), HALF);
        assert_eq!(lengths(&[(HALF, "\n"), word]), HALF);
    }
}
