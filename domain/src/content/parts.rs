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
            | Self::TemplateSent(_)
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

    /// Everything of a message that a search looks through, one part a line.
    pub fn search_text(&self) -> String {
        let mut parts: Vec<&str> = Vec::new();
        let form;
        match self {
            Self::Text { body } => parts.push(body),
            Self::Image { media } | Self::Video { media } | Self::Audio { media, .. } | Self::Sticker { media, .. } => {
                parts.extend(media.caption.as_deref());
            }
            Self::Document { media, filename } => {
                parts.extend([media.caption.as_deref(), filename.as_deref()].into_iter().flatten())
            }
            Self::Location { name, address, url, .. } => {
                parts.extend([name, address, url].into_iter().filter_map(Option::as_deref));
            }
            Self::Contacts { cards } => {
                for card in cards {
                    parts.extend([&card.name, &card.organisation].into_iter().filter_map(Option::as_deref));
                    let lists = [&card.phones, &card.emails, &card.addresses, &card.urls];
                    parts.extend(lists.into_iter().flatten().map(String::as_str));
                }
            }
            Self::ButtonReply { title, .. } => parts.push(title),
            Self::ListReply { title, description, .. } => {
                parts.push(title);
                parts.extend(description.as_deref());
            }
            Self::FormReply { name, body, fields } => {
                parts.extend([name, body].into_iter().filter_map(Option::as_deref));
                form = values(fields);
                parts.extend(form.iter().map(String::as_str));
            }
            Self::TemplateButton { text, .. } => parts.push(text),
            Self::Order { text, .. } => parts.extend(text.as_deref()),
            Self::Template { name, body, .. } => parts.push(body.as_deref().unwrap_or(name)),
            Self::TemplateSent(message) => parts.extend(message.preview.texts()),
            Self::Interactive { body, options } => {
                parts.push(body);
                parts.extend(options.iter().map(String::as_str));
            }
            Self::InteractiveSent(message) => parts.push(message.body()),
            Self::Edit { content, .. } => return content.search_text(),
            Self::CallPermission { .. }
            | Self::InteractiveMissing
            | Self::Reaction { .. }
            | Self::Unsupported { .. }
            | Self::Revoke { .. }
            | Self::RequestWelcome => {}
        }
        parts.join("\n")
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
            | Self::TemplateSent(_)
            | Self::Interactive { .. }
            | Self::InteractiveSent(_) => None,
        }
    }

    /// Whether it stands for a file that WhatsApp sends later, under the same message id. Imports of history do so.
    pub fn is_placeholder(&self) -> bool {
        matches!(self, Self::Unsupported { inner: Some(inner), .. } if inner == "media_placeholder")
    }

    /// Whether it may take the place of a placeholder: a message of its own, and not another placeholder.
    pub fn fills_placeholder(&self) -> bool {
        !matches!(
            self,
            Self::Unsupported { .. }
                | Self::Reaction { .. }
                | Self::Edit { .. }
                | Self::Revoke { .. }
                | Self::RequestWelcome
        )
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
            | Self::TemplateSent(_)
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
            | Self::TemplateSent(_)
            | Self::Interactive { .. }
            | Self::InteractiveSent(_) => None,
        }
    }
}

/// The texts and numbers in a form's answers.
fn values(fields: &str) -> Vec<String> {
    fn collect(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => found.push(text.clone()),
            serde_json::Value::Number(number) => found.push(number.to_string()),
            serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
            serde_json::Value::Object(fields) => fields.values().for_each(|value| collect(value, found)),
            serde_json::Value::Null | serde_json::Value::Bool(_) => {}
        }
    }
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str(fields) {
        collect(&value, &mut found);
    }
    found
}
