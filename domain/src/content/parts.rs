//! Parts of a content: its text, payload and file.

use super::{Attachment, Content};

/// The customer's text, by origin.
enum TextOrigin<'a> {
    Typed(&'a str),
    /// The title of a tapped option, or a note attached to other content.
    Chosen(&'a str),
}

impl Content {
    fn text_by_origin(&self) -> Option<TextOrigin<'_>> {
        match self {
            Self::Text { body } => Some(TextOrigin::Typed(body)),
            Self::Image { media } | Self::Video { media } | Self::Document { media, .. } => {
                media.caption.as_deref().map(TextOrigin::Typed)
            }
            Self::ButtonReply { title, .. } | Self::ListReply { title, .. } => Some(TextOrigin::Chosen(title)),
            Self::TemplateButton { text, .. } => Some(TextOrigin::Chosen(text)),
            Self::Order { text, .. } => text.as_deref().map(TextOrigin::Chosen),
            Self::Audio { .. }
            | Self::Sticker { .. }
            | Self::Location { .. }
            | Self::Contacts { .. }
            | Self::FormReply { .. }
            | Self::CallPermission { .. }
            | Self::InteractiveMissing
            | Self::Reaction { .. }
            | Self::Unsupported { .. }
            | Self::Edit { .. }
            | Self::Revoke { .. }
            | Self::RequestWelcome
            | Self::Template { .. }
            | Self::Interactive { .. }
            | Self::InteractiveSent(_) => None,
        }
    }

    /// The text that keywords are matched against: text, captions, titles of buttons and list rows, an order's note.
    pub fn text(&self) -> Option<&str> {
        let text = self.text_by_origin().map(|origin| match origin {
            TextOrigin::Typed(text) | TextOrigin::Chosen(text) => text,
        });
        text.filter(|text| !text.trim().is_empty())
    }

    /// The text that the sender typed, for language detection.
    pub fn typed(&self) -> Option<&str> {
        let text = self.text_by_origin().and_then(|origin| match origin {
            TextOrigin::Typed(text) => Some(text),
            TextOrigin::Chosen(_) => None,
        });
        text.filter(|text| !text.trim().is_empty())
    }

    /// The payload of one of our buttons or list rows.
    pub fn payload(&self) -> Option<&str> {
        match self {
            Self::ButtonReply { id, .. } | Self::ListReply { id, .. } => Some(id),
            Self::TemplateButton { payload, .. } => payload.as_deref(),
            Self::Text { .. }
            | Self::Image { .. }
            | Self::Video { .. }
            | Self::Audio { .. }
            | Self::Document { .. }
            | Self::Sticker { .. }
            | Self::Location { .. }
            | Self::Contacts { .. }
            | Self::FormReply { .. }
            | Self::CallPermission { .. }
            | Self::InteractiveMissing
            | Self::Reaction { .. }
            | Self::Order { .. }
            | Self::Unsupported { .. }
            | Self::Edit { .. }
            | Self::Revoke { .. }
            | Self::RequestWelcome
            | Self::Template { .. }
            | Self::Interactive { .. }
            | Self::InteractiveSent(_) => None,
        }
    }

    /// The attached file, if any.
    pub fn attachment(&self) -> Option<&Attachment> {
        match self {
            Self::Image { media }
            | Self::Video { media }
            | Self::Audio { media, .. }
            | Self::Document { media, .. }
            | Self::Sticker { media, .. } => Some(media),
            Self::Edit { content, .. } => content.attachment(),
            Self::Text { .. }
            | Self::Location { .. }
            | Self::Contacts { .. }
            | Self::ButtonReply { .. }
            | Self::ListReply { .. }
            | Self::FormReply { .. }
            | Self::CallPermission { .. }
            | Self::InteractiveMissing
            | Self::TemplateButton { .. }
            | Self::Reaction { .. }
            | Self::Order { .. }
            | Self::Unsupported { .. }
            | Self::Revoke { .. }
            | Self::RequestWelcome
            | Self::Template { .. }
            | Self::Interactive { .. }
            | Self::InteractiveSent(_) => None,
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
            Self::Text { .. }
            | Self::Location { .. }
            | Self::Contacts { .. }
            | Self::ButtonReply { .. }
            | Self::ListReply { .. }
            | Self::FormReply { .. }
            | Self::CallPermission { .. }
            | Self::InteractiveMissing
            | Self::TemplateButton { .. }
            | Self::Reaction { .. }
            | Self::Order { .. }
            | Self::Unsupported { .. }
            | Self::Revoke { .. }
            | Self::RequestWelcome
            | Self::Template { .. }
            | Self::Interactive { .. }
            | Self::InteractiveSent(_) => None,
        }
    }
}
