//! A message: what was said, by whom, and how far it got.
//!
//! Every kind that WhatsApp's reference names has a variant of [`Content`]. To add one: a variant here, its row in
//! [`Content::traits`] and [`Content::preview`], its reading in `server/webhook/read.rs`, its face in
//! `ui/components/bubble.rs`, and a row in the table of `tests/it/message_kinds.rs`.

use serde::{Deserialize, Serialize};

use super::{
    ids::{AgentId, MediaId, MessageId, Wamid},
    text,
    time::Timestamp,
};

/// What was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    Text { body: String },
    Image { media: Attachment },
    Video { media: Attachment },
    /// `voice` tells a voice note from a sound file.
    Audio { media: Attachment, voice: bool },
    Document { media: Attachment, filename: Option<String> },
    Sticker { media: Attachment, animated: bool },
    Location { latitude: f64, longitude: f64, name: Option<String>, address: Option<String>, url: Option<String> },
    Contacts { cards: Vec<ContactCard> },
    /// A tap on a reply button of ours.
    ButtonReply { id: String, title: String },
    /// A choice from a list of ours.
    ListReply { id: String, title: String, description: Option<String> },
    /// A filled-in WhatsApp Flow or address form; `fields` is the JSON text as it came.
    FormReply { name: Option<String>, body: Option<String>, fields: String },
    CallPermission { answer: Option<String> },
    /// Meta announced an interactive answer and left it out.
    InteractiveMissing,
    /// A tap on a template's quick reply.
    TemplateButton { payload: Option<String>, text: String },
    /// `emoji: None` takes the reaction away.
    Reaction { target: Wamid, emoji: Option<String> },
    Order { catalog: Option<String>, text: Option<String>, items: Vec<OrderItem> },
    /// Something WhatsApp does not pass on. `inner` is the kind it names.
    Unsupported { inner: Option<String>, code: Option<i64>, details: Option<String> },
    NumberChanged { body: Option<String>, new_phone: Option<String> },
    UserIdChanged,
    /// The customer's phone or its keys changed.
    IdentityChanged { body: Option<String> },
    Edit { target: Wamid, content: Box<Content> },
    Revoke { target: Wamid },
    /// The customer opened the chat for the first time and wrote nothing.
    RequestWelcome,
    /// A template sent by us or by another responder; `body` is what could be read of it.
    Template { name: String, language: Option<String>, body: Option<String> },
    /// Buttons, lists and links that a business sent.
    Interactive { body: String, options: Vec<String> },
}

/// A file that travelled with a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Ours, once the file is wanted or kept.
    pub media: Option<MediaId>,
    /// As the sender declared it, parameters included (`audio/ogg; codecs=opus`).
    pub mime: Option<String>,
    pub caption: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContactCard {
    pub name: Option<String>,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    pub organisation: Option<String>,
    /// The customer answered our request for the number (`origin: contact_request`).
    #[serde(default)]
    pub requested: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderItem {
    pub product: String,
    pub quantity: i64,
    pub price: f64,
    pub currency: Option<String>,
}

/// Whether a kind of message is a customer's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Opens and renews the service window, wakes the bot, counts as unread.
    Customer,
    /// An agent should see it (unread), but it neither opens the window nor wakes the bot.
    Notice,
    /// Belongs to another message or to nobody: shown in its place, announces nothing.
    Silent,
}

impl Content {
    /// What a kind does when a customer sends it (reference, section 5, "counts as a customer turn").
    pub fn turn(&self) -> Turn {
        match self {
            Self::Text { .. }
            | Self::Image { .. }
            | Self::Video { .. }
            | Self::Audio { .. }
            | Self::Document { .. }
            | Self::Sticker { .. }
            | Self::Location { .. }
            | Self::Contacts { .. }
            | Self::ButtonReply { .. }
            | Self::ListReply { .. }
            | Self::FormReply { .. }
            | Self::CallPermission { .. }
            | Self::InteractiveMissing
            | Self::TemplateButton { .. }
            | Self::Order { .. }
            | Self::Template { .. }
            | Self::Interactive { .. } => Turn::Customer,
            Self::Unsupported { .. } => Turn::Notice,
            Self::Reaction { .. }
            | Self::NumberChanged { .. }
            | Self::UserIdChanged
            | Self::IdentityChanged { .. }
            | Self::Edit { .. }
            | Self::Revoke { .. }
            | Self::RequestWelcome => Turn::Silent,
        }
    }

    /// The kind's stable name: in the log, in filters, in tests.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Video { .. } => "video",
            Self::Audio { .. } => "audio",
            Self::Document { .. } => "document",
            Self::Sticker { .. } => "sticker",
            Self::Location { .. } => "location",
            Self::Contacts { .. } => "contacts",
            Self::ButtonReply { .. } => "button_reply",
            Self::ListReply { .. } => "list_reply",
            Self::FormReply { .. } => "form_reply",
            Self::CallPermission { .. } => "call_permission",
            Self::InteractiveMissing => "interactive_missing",
            Self::TemplateButton { .. } => "template_button",
            Self::Reaction { .. } => "reaction",
            Self::Order { .. } => "order",
            Self::Unsupported { .. } => "unsupported",
            Self::NumberChanged { .. } => "number_changed",
            Self::UserIdChanged => "user_id_changed",
            Self::IdentityChanged { .. } => "identity_changed",
            Self::Edit { .. } => "edit",
            Self::Revoke { .. } => "revoke",
            Self::RequestWelcome => "request_welcome",
            Self::Template { .. } => "template",
            Self::Interactive { .. } => "interactive",
        }
    }

    /// The words a keyword may stand in: text, captions, titles of buttons and list rows, an order's note.
    pub fn words(&self) -> Option<&str> {
        let words = match self {
            Self::Text { body } => Some(body.as_str()),
            Self::Image { media }
            | Self::Video { media }
            | Self::Document { media, .. } => media.caption.as_deref(),
            Self::ButtonReply { title, .. } | Self::ListReply { title, .. } => Some(title.as_str()),
            Self::TemplateButton { text, .. } => Some(text.as_str()),
            Self::Order { text, .. } => text.as_deref(),
            _ => None,
        };
        words.filter(|words| !words.trim().is_empty())
    }

    /// One line for lists and notifications, at most 160 characters.
    pub fn preview(&self) -> String {
        fn with(label: &str, detail: Option<&str>) -> String {
            match detail.map(str::trim).filter(|detail| !detail.is_empty()) {
                Some(detail) => format!("{label}: {detail}"),
                None => label.to_owned(),
            }
        }
        let line = match self {
            Self::Text { body } => body.clone(),
            Self::Image { media } => with("Photo", media.caption.as_deref()),
            Self::Video { media } => with("Video", media.caption.as_deref()),
            Self::Audio { voice: true, .. } => "Voice message".to_owned(),
            Self::Audio { .. } => "Audio".to_owned(),
            Self::Document { media, filename } => with("Document", filename.as_deref().or(media.caption.as_deref())),
            Self::Sticker { .. } => "Sticker".to_owned(),
            Self::Location { name, address, .. } => with("Location", name.as_deref().or(address.as_deref())),
            Self::Contacts { cards } => {
                with("Contact", cards.first().and_then(|card| card.name.as_deref()))
                    + &match cards.len() {
                        0 | 1 => String::new(),
                        more => format!(" and {} more", more - 1),
                    }
            }
            Self::ButtonReply { title, .. } | Self::ListReply { title, .. } => title.clone(),
            Self::FormReply { body, .. } => with("Form", body.as_deref()),
            Self::CallPermission { answer } => with("Call permission", answer.as_deref()),
            Self::InteractiveMissing => "An answer that WhatsApp did not pass on".to_owned(),
            Self::TemplateButton { text, .. } => text.clone(),
            Self::Reaction { emoji: Some(emoji), .. } => format!("Reacted {emoji}"),
            Self::Reaction { emoji: None, .. } => "Removed a reaction".to_owned(),
            Self::Order { items, .. } => match items.len() {
                1 => "Order: 1 item".to_owned(),
                many => format!("Order: {many} items"),
            },
            Self::Unsupported { inner, .. } => {
                with("Not shown by WhatsApp", inner.as_deref().map(|inner| inner.replace('_', " ")).as_deref())
            }
            Self::NumberChanged { new_phone, .. } => with("Changed number", new_phone.as_deref()),
            Self::UserIdChanged => "New WhatsApp identity".to_owned(),
            Self::IdentityChanged { .. } => "Security code changed".to_owned(),
            Self::Edit { content, .. } => format!("Edited: {}", content.preview()),
            Self::Revoke { .. } => "Deleted a message".to_owned(),
            Self::RequestWelcome => "Opened the chat".to_owned(),
            Self::Template { name, body, .. } => with("Template", body.as_deref().or(Some(name))),
            Self::Interactive { body, .. } => body.clone(),
        };
        text::clip(&text::one_line(&line), 160)
    }

    /// The file in it, if it has one.
    pub fn attachment(&self) -> Option<&Attachment> {
        match self {
            Self::Image { media }
            | Self::Video { media }
            | Self::Audio { media, .. }
            | Self::Document { media, .. }
            | Self::Sticker { media, .. } => Some(media),
            Self::Edit { content, .. } => content.attachment(),
            _ => None,
        }
    }

    pub fn attachment_mut(&mut self) -> Option<&mut Attachment> {
        match self {
            Self::Image { media }
            | Self::Video { media }
            | Self::Audio { media, .. }
            | Self::Document { media, .. }
            | Self::Sticker { media, .. } => Some(media),
            Self::Edit { content, .. } => content.attachment_mut(),
            _ => None,
        }
    }
}

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

/// How far a message of ours got. Moves forward only (invariant 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    Queued,
    /// The call left and no answer came; a status may still tell (invariant 12).
    Unknown,
    Sent,
    Delivered,
    Read,
    /// A voice note was played.
    Played,
    Failed,
    /// Taken back before it was sent: a person took over, or an agent withdrew it.
    Cancelled,
}

impl Delivery {
    const fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Unknown => 1,
            Self::Sent => 2,
            Self::Delivered => 3,
            Self::Read => 4,
            Self::Played => 5,
            Self::Failed | Self::Cancelled => 6,
        }
    }

    /// The status after `news`, or `None` when the news changes nothing.
    ///
    /// `failed` beats queued, unknown and sent only, and nothing leaves `failed` or `cancelled` but a resend.
    pub fn advance(self, news: Delivery) -> Option<Delivery> {
        match (self, news) {
            (Self::Failed | Self::Cancelled, _) => None,
            (_, Self::Failed) => (self.rank() <= Self::Sent.rank()).then_some(Self::Failed),
            (_, Self::Cancelled) => (self == Self::Queued).then_some(Self::Cancelled),
            _ => (news.rank() > self.rank()).then_some(news),
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "queued" => Self::Queued,
            "unknown" => Self::Unknown,
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "played" => Self::Played,
            "failed" => Self::Failed,
            "cancelled" => Self::Cancelled,
            _ => return None,
        })
    }
}

/// Why a message failed, in words an agent can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Meta's code, if it was Meta that refused.
    pub code: Option<i64>,
    /// What happened and what to do.
    pub words: String,
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
}

/// The state of an inbound file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum File {
    Pending,
    /// Kept by us: where to get it, what its first bytes say it is, its length in bytes.
    Kept { url: String, mime: String, size: i64 },
    Failed { words: String },
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
    fn a_status_that_comes_late_changes_nothing() {
        assert_eq!(Delivery::Read.advance(Delivery::Sent), None);
        assert_eq!(Delivery::Sent.advance(Delivery::Read), Some(Delivery::Read));
        assert_eq!(Delivery::Delivered.advance(Delivery::Failed), None);
        assert_eq!(Delivery::Sent.advance(Delivery::Failed), Some(Delivery::Failed));
        assert_eq!(Delivery::Failed.advance(Delivery::Sent), None);
        assert_eq!(Delivery::Unknown.advance(Delivery::Sent), Some(Delivery::Sent));
    }

    #[test]
    fn a_long_reply_is_cut_between_words_and_loses_none() {
        let body = "word ".repeat(2_000);
        let pieces = split_text(&body);
        assert!(pieces.iter().all(|piece| piece.chars().count() <= TEXT_LIMIT));
        assert_eq!(pieces.join(" "), body.trim());
    }

    fn delivery() -> impl Strategy<Value = Delivery> {
        prop::sample::select(vec![
            Delivery::Queued,
            Delivery::Unknown,
            Delivery::Sent,
            Delivery::Delivered,
            Delivery::Read,
            Delivery::Played,
            Delivery::Failed,
            Delivery::Cancelled,
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn delivery_never_goes_back(news in prop::collection::vec(delivery(), 0..24)) {
            let mut now = Delivery::Queued;
            for item in news {
                if let Some(next) = now.advance(item) {
                    prop_assert!(next.rank() > now.rank());
                    now = next;
                }
            }
        }

        #[test]
        fn pieces_fit_and_keep_every_character(body in "(\\PC|\\n| ){0,12000}") {
            let pieces = split_text(&body);
            let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert!(pieces.iter().all(|piece| piece.chars().count() <= TEXT_LIMIT));
            prop_assert_eq!(squeeze(&pieces.concat()), squeeze(&body));
        }
    }
}
