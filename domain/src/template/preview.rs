//! A template as WhatsApp draws it, for the form and for the thread.

use serde::{Deserialize, Serialize};

use super::{
    TemplateButton, TemplateDefinition, TemplateHeader,
    field::{FieldKey, TemplateValues, url_base},
    placeholder::filled,
};
use crate::message::file::{FileKind, FileSource};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplatePreview {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<PreviewHeader>,
    pub body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<PreviewButton>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<PreviewCard>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewHeader {
    Text(String),
    /// `source` is missing while none was chosen.
    File {
        file: FileKind,
        source: Option<FileSource>,
    },
    Location {
        name: String,
        address: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewCard {
    pub file: FileKind,
    pub link: Option<String>,
    pub body: String,
    pub buttons: Vec<PreviewButton>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewButton {
    pub kind: PreviewButtonKind,
    pub text: String,
    /// The address, the number or the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewButtonKind {
    QuickReply,
    Url,
    Phone,
    CopyCode,
    Flow,
    Other,
}

impl TemplatePreview {
    /// What is written in it, without addresses, numbers and codes.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts = Vec::new();
        if let Some(PreviewHeader::Text(text)) = &self.header {
            texts.push(text.as_str());
        }
        texts.push(&self.body);
        texts.extend(self.footer.as_deref());
        texts.extend(self.buttons.iter().map(|button| button.text.as_str()));
        for card in &self.cards {
            texts.push(&card.body);
            texts.extend(card.buttons.iter().map(|button| button.text.as_str()));
        }
        texts
    }
}

impl TemplateDefinition {
    /// The message with these values. A placeholder without one stays as it is.
    pub fn preview(&self, values: &TemplateValues) -> TemplatePreview {
        let value = |key: &FieldKey| Some(values.get(key)).filter(|value| !value.is_empty());
        let header = self.header.as_ref().map(|header| match header {
            TemplateHeader::Text { text } => PreviewHeader::Text(filled(text, |place| value(&FieldKey::header(place)))),
            TemplateHeader::File { file } => {
                PreviewHeader::File { file: *file, source: value(&FieldKey::header_file()).map(source) }
            }
            TemplateHeader::Location => {
                let part = |part| values.get(&FieldKey::header_location(part)).to_owned();
                PreviewHeader::Location { name: part("name"), address: part("address") }
            }
        });
        let cards = self.cards.iter().enumerate().map(|(index, card)| PreviewCard {
            file: card.file,
            link: value(&FieldKey::header_file().on_card(index)).map(str::to_owned),
            body: filled(&card.body, |place| value(&FieldKey::body(place).on_card(index))),
            buttons: buttons(&card.buttons, |button| value(&FieldKey::button(button).on_card(index))),
        });
        TemplatePreview {
            header,
            body: filled(&self.body, |place| value(&FieldKey::body(place))),
            footer: self.footer.clone(),
            buttons: buttons(&self.buttons, |button| value(&FieldKey::button(button))),
            cards: cards.collect(),
        }
    }
}

/// An address is fetched by WhatsApp; everything else is the id of an uploaded file.
pub(super) fn source(value: &str) -> FileSource {
    if value.contains("://") { FileSource::Link(value.to_owned()) } else { FileSource::Uploaded(value.into()) }
}

fn buttons<'v>(buttons: &[TemplateButton], value: impl Fn(usize) -> Option<&'v str>) -> Vec<PreviewButton> {
    let drawn = |(index, button): (usize, &TemplateButton)| {
        let (kind, target) = match button {
            TemplateButton::QuickReply { .. } => (PreviewButtonKind::QuickReply, None),
            TemplateButton::Url { url, .. } => {
                let target = match (url_base(url), value(index)) {
                    (Some(base), Some(end)) => format!("{base}{end}"),
                    (Some(_), None) | (None, _) => url.clone(),
                };
                (PreviewButtonKind::Url, Some(target))
            }
            TemplateButton::Phone { number, .. } => (PreviewButtonKind::Phone, Some(number.clone())),
            TemplateButton::CopyCode { .. } => (PreviewButtonKind::CopyCode, value(index).map(str::to_owned)),
            TemplateButton::Flow { .. } => (PreviewButtonKind::Flow, None),
            TemplateButton::Other { .. } => (PreviewButtonKind::Other, None),
        };
        PreviewButton { kind, text: button.text().to_owned(), target }
    };
    buttons.iter().enumerate().map(drawn).collect()
}
