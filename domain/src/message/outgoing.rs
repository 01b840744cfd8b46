//! Outgoing messages: one type for the bot's, the tenant's and the agents' messages.
//!
//! A flow step fills one in, the thread stores it as [`Content`], the outbox splits it into calls, and the gateway
//! builds a request for each call.

use serde::{Deserialize, Serialize};

pub use super::file::{FileKind, FileSource};
use super::{
    Attachment, ContactCard, Content,
    interactive::{InteractiveMessage, address},
    limits::CAPTION,
    split_text,
};
use crate::{
    geo_point::GeoPoint,
    ids::{MediaId, Wamid},
    percent, phone_number,
    template::message::TemplateMessage,
};

/// A message to a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutgoingMessage {
    /// A text longer than one WhatsApp message is sent as several.
    Text {
        text: String,
    },
    /// A file. `filename` is for documents only.
    Media {
        file: FileKind,
        source: FileSource,
        caption: String,
        filename: Option<String>,
    },
    Interactive(InteractiveMessage),
    /// A place on the map.
    Location {
        point: GeoPoint,
        name: String,
        address: String,
    },
    Contacts {
        cards: Vec<ContactCard>,
    },
    /// A reaction to a message of the customer; without an emoji it is taken back.
    Reaction {
        target: Wamid,
        emoji: Option<String>,
    },
    /// The only kind that may be sent when the 24-hour window is closed.
    Template(Box<TemplateMessage>),
}

/// The recipient. If both are known, Meta uses the phone; the id is for customers who hide their number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// Country code and number; non-digits are removed.
    Phone(String),
    /// Business-scoped user id, unchanged.
    UserId(String),
}

impl Recipient {
    /// The recipient of a customer's ids. A `wa_id` that is not all digits is a user id: as a number it would reach a
    /// stranger.
    pub fn of(wa_id: Option<String>, user_id: Option<String>) -> Option<Self> {
        match wa_id {
            Some(phone) if phone_number::is_digits(&phone) => Some(Self::Phone(phone)),
            other => user_id.or(other).map(Self::UserId),
        }
    }
}

impl OutgoingMessage {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// A file by its address. A blank caption is omitted.
    pub fn media(file: FileKind, link: String, caption: String) -> Self {
        let filename = match file {
            FileKind::Document => filename(&link),
            FileKind::Image | FileKind::Video | FileKind::Audio | FileKind::Sticker | FileKind::Voice => None,
        };
        let caption = if caption.trim().is_empty() { String::new() } else { caption };
        Self::Media { file, source: FileSource::Link(link), caption, filename }
    }

    /// A file that an agent uploaded under this name.
    pub fn uploaded(file: FileKind, id: MediaId, name: String, caption: String) -> Self {
        let filename = (file == FileKind::Document).then_some(name);
        Self::Media { file, source: FileSource::Uploaded(id), caption, filename }
    }

    /// Converts a stored message; `None` for kinds that we never send.
    pub fn of(content: &Content) -> Option<Self> {
        let media = |file, media: &Attachment, filename: Option<&String>| {
            // A customer's file has neither.
            let source = match &media.link {
                Some(link) => FileSource::Link(link.clone()),
                None => FileSource::Uploaded(media.media.clone().filter(|_| media.is_uploaded)?),
            };
            let caption = media.caption.clone().unwrap_or_default();
            Some(Self::Media { file, source, caption, filename: filename.cloned() })
        };
        match content {
            Content::Text { body } => Some(Self::text(body)),
            Content::Image { media: image } => media(FileKind::Image, image, None),
            Content::Video { media: video } => media(FileKind::Video, video, None),
            Content::Audio { media: audio, voice: false } => media(FileKind::Audio, audio, None),
            Content::Audio { media: audio, voice: true } => media(FileKind::Voice, audio, None),
            Content::Document { media: document, filename } => media(FileKind::Document, document, filename.as_ref()),
            Content::Sticker { media: sticker, .. } => media(FileKind::Sticker, sticker, None),
            Content::InteractiveSent(message) => Some(Self::Interactive(message.clone())),
            Content::TemplateSent(message) => Some(Self::Template(message.clone())),
            Content::Location { latitude, longitude, name, address, .. } => Some(Self::Location {
                point: GeoPoint::of(*latitude, *longitude)?,
                name: name.clone().unwrap_or_default(),
                address: address.clone().unwrap_or_default(),
            }),
            Content::Contacts { cards } => Some(Self::Contacts { cards: cards.clone() }),
            Content::Reaction { target, emoji } => {
                Some(Self::Reaction { target: target.clone(), emoji: emoji.clone() })
            }
            Content::ButtonReply { .. }
            | Content::ListReply { .. }
            | Content::FormReply { .. }
            | Content::CallPermission { .. }
            | Content::InteractiveMissing
            | Content::TemplateButton { .. }
            | Content::Order { .. }
            | Content::Unsupported { .. }
            | Content::Edit { .. }
            | Content::Revoke { .. }
            | Content::RequestWelcome
            | Content::Template { .. }
            | Content::Interactive { .. } => None,
        }
    }

    /// The API calls for this message, in order: a long text is split, and a caption that its file cannot carry (audio
    /// and stickers take none, and a long one exceeds the limit) is sent as a text after the file.
    pub fn calls(self) -> Vec<Self> {
        match self {
            Self::Text { text } => split_text(&text).into_iter().map(Self::text).collect(),
            Self::Media { file, source, caption, filename } => {
                let takes_one = match file {
                    FileKind::Image | FileKind::Video | FileKind::Document => true,
                    FileKind::Audio | FileKind::Sticker | FileKind::Voice => false,
                };
                let fits = takes_one && caption.chars().count() <= CAPTION;
                let (caption, after) = if fits { (caption, String::new()) } else { (String::new(), caption) };
                let after = split_text(&after).into_iter().map(Self::text);
                std::iter::once(Self::Media { file, source, caption, filename }).chain(after).collect()
            }
            Self::Interactive(_)
            | Self::Template(_)
            | Self::Location { .. }
            | Self::Contacts { .. }
            | Self::Reaction { .. } => vec![self],
        }
    }

    /// The file that an agent uploaded to us, which WhatsApp must have before the message is sent.
    pub fn uploaded_file(&self) -> Option<&MediaId> {
        let source = match self {
            Self::Media { source, .. } => Some(source),
            Self::Template(template) => template.file().map(|(_, source)| source),
            Self::Text { .. }
            | Self::Interactive(_)
            | Self::Location { .. }
            | Self::Contacts { .. }
            | Self::Reaction { .. } => None,
        };
        match source? {
            FileSource::Uploaded(id) => Some(id),
            FileSource::Link(_) => None,
        }
    }

    /// Whether it may be sent when the 24-hour window is closed.
    pub fn passes_closed_window(&self) -> bool {
        matches!(self, Self::Template(_))
    }

    /// Why WhatsApp would refuse the message, written for users; `None` if it would accept it.
    pub fn violation(&self) -> Option<String> {
        match self {
            Self::Text { .. } | Self::Location { .. } | Self::Reaction { .. } => None,
            Self::Media { source: FileSource::Link(link), .. } => address("file address", link),
            Self::Media { source: FileSource::Uploaded(_), .. } => None,
            Self::Interactive(message) => message.violation(),
            // WhatsApp shows a card by its name.
            Self::Contacts { cards } if cards.iter().any(|card| card.name.is_none()) => {
                Some("a contact has no name".to_owned())
            }
            Self::Contacts { .. } => None,
            // Checked when it was filled in.
            Self::Template(_) => None,
        }
        .map(|what| format!("WhatsApp wouldn't accept this message: {what}. Fix the flow's step."))
    }
}

/// Converts the message for the thread and the database.
impl From<OutgoingMessage> for Content {
    fn from(message: OutgoingMessage) -> Self {
        match message {
            OutgoingMessage::Text { text } => Self::Text { body: text },
            OutgoingMessage::Media { file, source, caption, filename } => {
                let caption = Some(caption).filter(|caption| !caption.is_empty());
                let media = match source {
                    FileSource::Link(link) => Attachment { caption, link: Some(link), ..Attachment::default() },
                    FileSource::Uploaded(id) => {
                        Attachment { caption, media: Some(id), is_uploaded: true, ..Attachment::default() }
                    }
                };
                match file {
                    FileKind::Image => Self::Image { media },
                    FileKind::Video => Self::Video { media },
                    FileKind::Audio => Self::Audio { media, voice: false },
                    FileKind::Document => Self::Document { media, filename },
                    FileKind::Sticker => Self::Sticker { media, animated: false },
                    FileKind::Voice => Self::Audio { media, voice: true },
                }
            }
            OutgoingMessage::Interactive(message) => Self::InteractiveSent(message),
            OutgoingMessage::Location { point, name, address } => Self::Location {
                latitude: point.latitude(),
                longitude: point.longitude(),
                name: Some(name).filter(|name| !name.is_empty()),
                address: Some(address).filter(|address| !address.is_empty()),
                url: None,
            },
            OutgoingMessage::Contacts { cards } => Self::Contacts { cards },
            OutgoingMessage::Reaction { target, emoji } => Self::Reaction { target, emoji },
            OutgoingMessage::Template(message) => Self::TemplateSent(message),
        }
    }
}

impl Content {
    /// The API calls for a stored message; empty for kinds that we never send.
    pub fn calls(&self) -> Vec<OutgoingMessage> {
        OutgoingMessage::of(self).map(OutgoingMessage::calls).unwrap_or_default()
    }
}

/// The last segment of an address if it looks like a file name; its extension selects the icon on the phone.
fn filename(link: &str) -> Option<String> {
    let path = link.split(['?', '#']).next()?.split_once("://")?.1;
    let (_, last) = path.rsplit_once('/')?;
    let name = String::from_utf8(percent::decoded(last)).unwrap_or_else(|_| last.to_owned());
    let named = name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && !ending.is_empty());
    (named && name.chars().count() <= 240 && !name.contains(['/', '\\', '\0'])).then_some(name)
}

#[cfg(test)]
#[path = "outgoing_tests.rs"]
mod tests;
