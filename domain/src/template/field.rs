//! What a person fills in to send a template, derived from its components.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    BODY_LIMIT, CODE_LIMIT, HEADER_LIMIT, PlaceholderStyle, TemplateButton, TemplateDefinition, TemplateHeader,
    URL_LIMIT,
    placeholder::{fixed_length, places},
};
use crate::{message::file::FileKind, text::capitalized};

/// Names a field within a template, the same as long as the component stays: `body.1`, `header.file`, `card.0.button.1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldKey(String);

impl FieldKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A placeholder of the header's text.
    pub fn header(place: &str) -> Self {
        Self(format!("header.text.{place}"))
    }

    pub fn header_file() -> Self {
        Self("header.file".to_owned())
    }

    /// `part` is `latitude`, `longitude`, `name` or `address`.
    pub(super) fn header_location(part: &str) -> Self {
        Self(format!("header.location.{part}"))
    }

    /// A placeholder of the body.
    pub fn body(place: &str) -> Self {
        Self(format!("body.{place}"))
    }

    /// What a button needs: the end of its address, or its code.
    pub fn button(index: usize) -> Self {
        Self(format!("button.{index}"))
    }

    /// A field of a card.
    #[must_use]
    pub fn on_card(self, card: usize) -> Self {
        Self(format!("card.{card}.{}", self.0))
    }
}

/// What is typed into the fields. What is not there is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TemplateValues(BTreeMap<FieldKey, String>);

impl TemplateValues {
    /// Without blanks around; empty if nothing was typed.
    pub fn get(&self, key: &FieldKey) -> &str {
        self.0.get(key).map(|value| value.trim()).unwrap_or_default()
    }

    pub fn set(&mut self, key: FieldKey, value: impl Into<String>) {
        self.0.insert(key, value.into());
    }

    pub fn iter(&self) -> impl Iterator<Item = (&FieldKey, &str)> {
        self.0.iter().map(|(key, value)| (key, value.as_str()))
    }
}

impl FromIterator<(FieldKey, String)> for TemplateValues {
    fn from_iter<I: IntoIterator<Item = (FieldKey, String)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// What kind of value a field takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateFieldKind {
    /// One line of text.
    Text,
    /// A web address (`https://…`), or the id of a file that the agent uploaded to this conversation.
    File(FileKind),
    /// A web address of a file.
    FileLink(FileKind),
    /// Degrees, as a decimal number.
    Latitude,
    Longitude,
    /// The end of this address.
    UrlEnd {
        base: String,
    },
    /// A code that the customer copies.
    CouponCode,
}

/// One input of the form. WhatsApp requires every one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateField {
    pub key: FieldKey,
    pub kind: TemplateFieldKind,
    pub label: String,
    /// What WhatsApp was shown for its approval.
    #[serde(default)]
    pub example: Option<String>,
    /// The longest value, in characters.
    pub limit: usize,
}

/// The longest name and address of a place, in characters.
const PLACE_LIMIT: usize = 1_000;

impl TemplateDefinition {
    /// The fields in the order of the message.
    pub fn fields(&self) -> Vec<TemplateField> {
        let mut fields = self.header_fields();
        fields.extend(self.text_fields(&self.body, "Text", BODY_LIMIT, FieldKey::body));
        fields.extend(button_fields(&self.buttons));
        for (index, card) in self.cards.iter().enumerate() {
            let file = TemplateField {
                key: FieldKey::header_file(),
                kind: TemplateFieldKind::FileLink(card.file),
                label: file_label(card.file).to_owned(),
                example: None,
                limit: URL_LIMIT,
            };
            let text = self.text_fields(&card.body, "Text", BODY_LIMIT, FieldKey::body);
            let of_card = std::iter::once(file).chain(text).chain(button_fields(&card.buttons));
            fields.extend(of_card.map(|field| TemplateField {
                key: field.key.on_card(index),
                label: format!("Card {}: {}", index + 1, field.label),
                ..field
            }));
        }
        for field in &mut fields {
            field.example = self.examples.get(&field.key).cloned();
        }
        fields
    }

    fn header_fields(&self) -> Vec<TemplateField> {
        match &self.header {
            None => Vec::new(),
            Some(TemplateHeader::Text { text }) => self.text_fields(text, "Header", HEADER_LIMIT, FieldKey::header),
            Some(TemplateHeader::File { file }) => vec![TemplateField {
                key: FieldKey::header_file(),
                kind: TemplateFieldKind::File(*file),
                label: file_label(*file).to_owned(),
                example: None,
                limit: URL_LIMIT,
            }],
            Some(TemplateHeader::Location) => {
                let field = |part: &str, kind, label: &str, limit| TemplateField {
                    key: FieldKey::header_location(part),
                    kind,
                    label: label.to_owned(),
                    example: None,
                    limit,
                };
                vec![
                    field("latitude", TemplateFieldKind::Latitude, "Latitude", 20),
                    field("longitude", TemplateFieldKind::Longitude, "Longitude", 20),
                    field("name", TemplateFieldKind::Text, "Name of the place", PLACE_LIMIT),
                    field("address", TemplateFieldKind::Text, "Address of the place", PLACE_LIMIT),
                ]
            }
        }
    }

    fn text_fields(&self, text: &str, part: &str, limit: usize, key: impl Fn(&str) -> FieldKey) -> Vec<TemplateField> {
        let fixed = fixed_length(text);
        let field = |place: String| TemplateField {
            key: key(&place),
            kind: TemplateFieldKind::Text,
            label: match self.placeholders {
                PlaceholderStyle::Positional => format!("{part} {place}"),
                PlaceholderStyle::Named => capitalized(&place.replace('_', " ")),
            },
            example: None,
            limit: limit.saturating_sub(fixed),
        };
        places(text, self.placeholders).into_iter().map(field).collect()
    }
}

fn button_fields(buttons: &[TemplateButton]) -> Vec<TemplateField> {
    let field =
        |index, kind, label, limit| TemplateField { key: FieldKey::button(index), kind, label, example: None, limit };
    let of_button = |(index, button): (usize, &TemplateButton)| match button {
        TemplateButton::Url { text, url } => {
            let base = url_base(url)?;
            let limit = URL_LIMIT.saturating_sub(base.chars().count());
            let kind = TemplateFieldKind::UrlEnd { base: base.to_owned() };
            Some(field(index, kind, format!("End of the link “{text}”"), limit))
        }
        TemplateButton::CopyCode { .. } => {
            Some(field(index, TemplateFieldKind::CouponCode, "Code to copy".to_owned(), CODE_LIMIT))
        }
        TemplateButton::QuickReply { .. }
        | TemplateButton::Phone { .. }
        | TemplateButton::Flow { .. }
        | TemplateButton::Other { .. } => None,
    };
    buttons.iter().enumerate().filter_map(of_button).collect()
}

/// The fixed beginning of an address that ends in a placeholder.
pub(super) fn url_base(url: &str) -> Option<&str> {
    url.split_once("{{").map(|(base, _)| base)
}

/// A kind of file in words.
pub fn file_label(file: FileKind) -> &'static str {
    match file {
        FileKind::Image => "Photo",
        FileKind::Video => "Video",
        FileKind::Audio | FileKind::Voice => "Audio",
        FileKind::Document => "Document",
        FileKind::Sticker => "Sticker",
    }
}
