//! Request bodies for Meta. Interactive messages are in `interactive_request.rs`, contact cards in `card_request.rs`,
//! templates in `template_request.rs`.

use serde::Serialize;

use super::{card_request::CardRequest, interactive_request::InteractiveRequest, template_request::TemplateRequest};
use crate::domain::message::outgoing::{FileKind, FileSource, OutgoingMessage};

#[derive(Debug, Serialize)]
pub struct SendRequest<'a> {
    pub messaging_product: &'static str,
    pub recipient_type: &'static str,
    /// Always with `+`: without it Meta prepends the business's own country code, and another person receives the
    /// message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<RequestQuote<'a>>,
    pub biz_opaque_callback_data: &'a str,
    #[serde(flatten)]
    pub body: Body<'a>,
}

#[derive(Debug, Serialize)]
pub struct RequestQuote<'a> {
    pub message_id: &'a str,
}

/// `type` and the object of that name.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body<'a> {
    Text { text: TextBody<'a> },
    Image { image: FileBody<'a> },
    Video { video: FileBody<'a> },
    Audio { audio: FileBody<'a> },
    Document { document: FileBody<'a> },
    Sticker { sticker: FileBody<'a> },
    Interactive { interactive: InteractiveRequest<'a> },
    Location { location: PlaceBody<'a> },
    Contacts { contacts: Vec<CardRequest<'a>> },
    Reaction { reaction: ReactionBody<'a> },
    Template { template: TemplateRequest<'a> },
}

impl<'a> Body<'a> {
    /// The `type` and its object for one call. Audio and stickers take no caption, and only documents take a file name.
    /// `remote_file` is Meta's id of a file that was uploaded.
    pub fn of(message: &'a OutgoingMessage, remote_file: Option<&'a str>) -> Self {
        match message {
            OutgoingMessage::Text { text } => {
                // Requests a preview of the first link, if there is one.
                let preview_url = text.contains("https://") || text.contains("http://");
                Self::Text { text: TextBody { body: text, preview_url } }
            }
            OutgoingMessage::Media { file, source, caption, filename } => {
                let (id, link) = match source {
                    FileSource::Link(link) => (None, Some(link.as_str())),
                    FileSource::Uploaded(_) => (remote_file, None),
                };
                let plain = FileBody { id, link, caption: None, filename: None, voice: None };
                let captioned = FileBody { caption: Some(caption.as_str()).filter(|text| !text.is_empty()), ..plain };
                match file {
                    FileKind::Image => Self::Image { image: captioned },
                    FileKind::Video => Self::Video { video: captioned },
                    FileKind::Audio => Self::Audio { audio: FileBody { caption: None, ..captioned } },
                    FileKind::Document => {
                        Self::Document { document: FileBody { filename: filename.as_deref(), ..captioned } }
                    }
                    FileKind::Sticker => Self::Sticker { sticker: FileBody { caption: None, ..captioned } },
                    FileKind::Voice => {
                        Self::Audio { audio: FileBody { caption: None, voice: Some(true), ..captioned } }
                    }
                }
            }
            OutgoingMessage::Interactive(message) => Self::Interactive { interactive: InteractiveRequest::of(message) },
            OutgoingMessage::Location { point, name, address } => {
                let (latitude, longitude) = (point.latitude(), point.longitude());
                Self::Location { location: PlaceBody { latitude, longitude, name, address } }
            }
            OutgoingMessage::Reaction { target, emoji } => {
                let emoji = emoji.as_deref().unwrap_or_default();
                Self::Reaction { reaction: ReactionBody { message_id: &target.0, emoji } }
            }
            OutgoingMessage::Contacts { cards } => {
                Self::Contacts { contacts: cards.iter().map(CardRequest::of).collect() }
            }
            OutgoingMessage::Template(message) => {
                Self::Template { template: TemplateRequest::of(message, remote_file) }
            }
        }
    }
}

/// A file that Meta downloads from our link, or that was uploaded to it before.
#[derive(Debug, Serialize)]
pub struct FileBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<&'a str>,
    /// Phones show the sound with a play button and a picture of its waves, and tell when it was played.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<bool>,
}

#[derive(Debug, Serialize)]
pub struct PlaceBody<'a> {
    pub latitude: f64,
    pub longitude: f64,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub address: &'a str,
}

/// An empty emoji takes the reaction back.
#[derive(Debug, Serialize)]
pub struct ReactionBody<'a> {
    pub message_id: &'a str,
    pub emoji: &'a str,
}

#[derive(Debug, Serialize)]
pub struct TextBody<'a> {
    pub body: &'a str,
    pub preview_url: bool,
}

/// Marks a message as read, with a typing indicator if asked for. Meta shows no typing indicator without the read mark.
#[derive(Debug, Serialize)]
pub struct ReadRequest<'a> {
    pub messaging_product: &'static str,
    pub status: &'static str,
    pub message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typing_indicator: Option<TypingIndicator>,
}

#[derive(Debug, Serialize)]
pub struct TypingIndicator {
    #[serde(rename = "type")]
    pub kind: &'static str,
}
