//! The content of a message: a variant of [`Content`] for every kind in WhatsApp's reference.
//!
//! An outgoing message is an [`OutgoingMessage`](super::message::outgoing::OutgoingMessage) and is converted into a
//! [`Content`] to be stored.
//!
//! To add a kind: a variant here, its row in [`Content::turn`], [`Content::kind`] and [`Content::preview`], its parsing
//! in `server/webhook/read_content.rs`, its view in `ui/conversations/thread/content.rs`, and a row in the table of
//! `tests/it/message_kinds.rs`.

mod parts;

use serde::{Deserialize, Serialize};

use super::{
    direction::{plain_name, without_embeddings},
    formatting::without_marks,
    ids::{MediaId, Wamid},
    message::interactive::InteractiveMessage,
    template::message::TemplateMessage,
    text,
};

/// The content of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Text {
        body: String,
    },
    Image {
        media: Attachment,
    },
    Video {
        media: Attachment,
    },
    /// `voice` distinguishes a voice note from an audio file.
    Audio {
        media: Attachment,
        voice: bool,
    },
    Document {
        media: Attachment,
        filename: Option<String>,
    },
    Sticker {
        media: Attachment,
        animated: bool,
    },
    Location {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
        url: Option<String>,
    },
    Contacts {
        cards: Vec<ContactCard>,
    },
    /// A tap on one of our reply buttons.
    ButtonReply {
        id: String,
        title: String,
    },
    /// A choice from one of our lists.
    ListReply {
        id: String,
        title: String,
        description: Option<String>,
    },
    /// A completed WhatsApp Flow or address form; `fields` is the JSON text as received.
    FormReply {
        name: Option<String>,
        body: Option<String>,
        fields: String,
    },
    CallPermission {
        answer: Option<String>,
    },
    /// Meta announced an interactive reply but did not include it.
    InteractiveMissing,
    /// A tap on a template's quick reply.
    TemplateButton {
        payload: Option<String>,
        text: String,
    },
    /// `emoji: None` removes the reaction.
    Reaction {
        target: Wamid,
        emoji: Option<String>,
    },
    Order {
        catalog: Option<String>,
        text: Option<String>,
        items: Vec<OrderItem>,
    },
    /// A message that WhatsApp does not forward. `inner` is the kind that it names.
    Unsupported {
        inner: Option<String>,
        code: Option<i64>,
        details: Option<String>,
    },
    Edit {
        target: Wamid,
        content: Box<Content>,
    },
    Revoke {
        target: Wamid,
    },
    /// The customer opened the chat for the first time without writing.
    RequestWelcome,
    /// A template sent outside of Handoff; `body` is the part of it that could be read.
    Template {
        name: String,
        language: Option<String>,
        body: Option<String>,
    },
    /// Buttons, lists and links that the business sent outside of Handoff: only their text is known.
    Interactive {
        body: String,
        options: Vec<String>,
    },
    /// A template that we sent.
    TemplateSent(Box<TemplateMessage>),
    /// Buttons, a list or a link that we sent. Untagged, so that it is stored under its own kind like every other
    /// variant.
    #[serde(untagged)]
    InteractiveSent(InteractiveMessage),
}

/// A file sent with a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Our id of the file, once it is to be downloaded or is stored.
    pub media: Option<MediaId>,
    /// As the sender declared it, parameters included (`audio/ogg; codecs=opus`).
    pub mime: Option<String>,
    pub caption: Option<String>,
    /// The address from which WhatsApp fetches a file that our bot sends. We never fetch it ourselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// One of our agents uploaded it: `media` is what we send, not what a customer sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_uploaded: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCard {
    pub name: Option<String>,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    /// Followed by the department and job title, if given.
    pub organisation: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// As received: `1990-05-17`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
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

/// How a kind of message affects conversation, window and unread count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnEffect {
    /// Opens and renews the service window, starts a bot turn, counts as unread.
    Customer,
    /// Counts as unread, but neither opens the window nor starts a bot turn.
    Notice,
    /// Needs no answer: opens and renews the service window, and is shown without any notification. No kind has this
    /// effect by itself: see `quiet` and `Conversation::hears_quietly`.
    Quiet,
    /// An answer to the question after a close, given with its button: as [`Self::Quiet`], wherever it arrives.
    Rating,
    /// From a blocked customer: stored wherever it arrives, and needs no answer. No kind has this effect by itself.
    Blocked,
    /// Belongs to another message, or needs no attention: shown in the thread without any notification.
    Silent,
}

impl TurnEffect {
    /// Whether somebody has to look at the message: it counts as unread, and a customer of an agent waits for a reply to it.
    pub const fn needs_reply(self) -> bool {
        match self {
            Self::Customer | Self::Notice => true,
            Self::Quiet | Self::Rating | Self::Blocked | Self::Silent => false,
        }
    }
}

impl Content {
    /// The effect of this kind when a customer sends it.
    pub fn turn(&self) -> TurnEffect {
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
            | Self::TemplateSent(_)
            | Self::Interactive { .. }
            | Self::InteractiveSent(_) => TurnEffect::Customer,
            Self::Unsupported { .. } => TurnEffect::Notice,
            Self::Reaction { .. } | Self::Edit { .. } | Self::Revoke { .. } | Self::RequestWelcome => {
                TurnEffect::Silent
            }
        }
    }

    /// The kind's stable name, used in the log, in filters and in tests.
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
            Self::Edit { .. } => "edit",
            Self::Revoke { .. } => "revoke",
            Self::RequestWelcome => "request_welcome",
            Self::Template { .. } => "template",
            Self::TemplateSent(_) => "template_sent",
            Self::Interactive { .. } => "interactive",
            Self::InteractiveSent(message) => message.kind(),
        }
    }

    /// One line for lists and notifications, at most 160 characters, without marks of styles and directions.
    pub fn preview(&self) -> String {
        fn with(label: &str, detail: Option<&str>) -> String {
            match detail.map(str::trim).filter(|detail| !detail.is_empty()) {
                Some(detail) => format!("{label}: {detail}"),
                None => label.to_owned(),
            }
        }
        fn captioned(media: &Attachment) -> Option<String> {
            media.caption.as_deref().map(without_marks)
        }
        let line = match self {
            Self::Text { body } => without_marks(body),
            Self::Image { media } => with("Photo", captioned(media).as_deref()),
            Self::Video { media } => with("Video", captioned(media).as_deref()),
            Self::Audio { voice: true, .. } => "Voice message".to_owned(),
            Self::Audio { .. } => "Audio".to_owned(),
            Self::Document { media, filename } => {
                let name = filename.as_deref().map(plain_name);
                with("Document", name.or_else(|| captioned(media)).as_deref())
            }
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
            Self::InteractiveMissing => "Answer not shared by WhatsApp".to_owned(),
            Self::TemplateButton { text, .. } => text.clone(),
            Self::Reaction { emoji: Some(emoji), .. } => format!("Reacted {emoji}"),
            Self::Reaction { emoji: None, .. } => "Removed a reaction".to_owned(),
            Self::Order { items, .. } => match items.len() {
                1 => "Order: 1 item".to_owned(),
                many => format!("Order: {many} items"),
            },
            Self::Unsupported { inner, .. } => {
                with("Unsupported message", inner.as_deref().map(|inner| inner.replace('_', " ")).as_deref())
            }
            Self::Edit { content, .. } => format!("Edited: {}", content.preview()),
            Self::Revoke { .. } => "Deleted a message".to_owned(),
            Self::RequestWelcome => "Opened the chat".to_owned(),
            Self::Template { name, body, .. } => {
                with("Template", body.as_deref().map(without_marks).as_deref().or(Some(name)))
            }
            Self::TemplateSent(message) => with("Template", Some(&without_marks(&message.preview.body))),
            Self::Interactive { body, .. } => without_marks(body),
            Self::InteractiveSent(message) => without_marks(message.body()),
        };
        text::clip(&text::one_line(&without_embeddings(&line)), 160)
    }
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
