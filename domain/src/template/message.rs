//! A filled template: what is sent, and how it reads.
//!
//! Its JSON is stored in the database: fields and variants may be added, never renamed. It holds the texts as they were when
//! it was sent, so that the history stays what the customer read when the template changes.

use serde::{Deserialize, Serialize};

use super::{TemplateCategory, preview::TemplatePreview};
use crate::message::file::{FileKind, FileSource};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateMessage {
    pub name: String,
    pub language: String,
    pub category: TemplateCategory,
    pub parameters: TemplateParameters,
    pub preview: TemplatePreview,
}

/// The values of all placeholders, in the order in which they are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateParameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<HeaderParameter>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<TextParameter>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ButtonParameter>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardParameters>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderParameter {
    Text(TextParameter),
    File {
        file: FileKind,
        source: FileSource,
        /// Of documents only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filename: Option<String>,
    },
    /// Degrees as they were typed.
    Location {
        latitude: String,
        longitude: String,
        name: String,
        address: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextParameter {
    /// Only where placeholders have names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonParameter {
    /// The button's place among all buttons, from 0.
    pub index: usize,
    pub value: ButtonValue,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonValue {
    /// What a tap on a quick reply sends to us.
    Payload(String),
    UrlEnd(String),
    CouponCode(String),
    /// Identifies the form that is opened.
    FlowToken(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardParameters {
    pub file: FileKind,
    pub link: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<TextParameter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ButtonParameter>,
}

impl TemplateMessage {
    /// Where the file of the header comes from.
    pub fn file(&self) -> Option<(FileKind, &FileSource)> {
        match &self.parameters.header {
            Some(HeaderParameter::File { file, source, .. }) => Some((*file, source)),
            Some(HeaderParameter::Text(_) | HeaderParameter::Location { .. }) | None => None,
        }
    }

    /// Names the document of the header as it was uploaded. Other files have no name.
    #[must_use]
    pub fn with_filename(mut self, name: String) -> Self {
        if let Some(HeaderParameter::File { file: FileKind::Document, filename, .. }) = &mut self.parameters.header {
            *filename = Some(name);
        }
        self
    }
}
