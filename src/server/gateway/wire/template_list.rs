//! Listings of an account's templates, with types in upper case, and what they mean.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{event::WireMetaError, lenient};
use crate::domain::{
    message::outgoing::FileKind,
    template::{
        MessageTemplate, PlaceholderStyle, TemplateButton, TemplateCard, TemplateCategory, TemplateDefinition,
        TemplateHeader, TemplateQuality, TemplateStatus, field::FieldKey,
    },
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TemplatePage {
    #[serde(deserialize_with = "lenient::part")]
    pub error: Option<WireMetaError>,
    #[serde(deserialize_with = "lenient::list")]
    pub data: Vec<ListedDefinition>,
    #[serde(deserialize_with = "lenient::part")]
    pub paging: Option<Paging>,
}

/// Without `next` the page is the last one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Paging {
    #[serde(deserialize_with = "lenient::text")]
    pub next: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub cursors: Option<Cursors>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Cursors {
    #[serde(deserialize_with = "lenient::text")]
    pub after: Option<String>,
}

/// A template as Meta lists it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListedDefinition {
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub language: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub category: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub parameter_format: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub quality_score: Option<QualityScore>,
    #[serde(deserialize_with = "lenient::list")]
    pub components: Vec<ListedComponent>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct QualityScore {
    #[serde(deserialize_with = "lenient::text")]
    pub score: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListedComponent {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub format: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub example: Option<Example>,
    #[serde(deserialize_with = "lenient::list")]
    pub buttons: Vec<ListedButton>,
    #[serde(deserialize_with = "lenient::list")]
    pub cards: Vec<ListedCard>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListedCard {
    #[serde(deserialize_with = "lenient::list")]
    pub components: Vec<ListedComponent>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListedButton {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub phone_number: Option<String>,
}

/// The values of the approval.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Example {
    #[serde(deserialize_with = "lenient::texts")]
    pub header_text: Vec<String>,
    #[serde(deserialize_with = "lenient::list")]
    pub header_text_named_params: Vec<NamedExample>,
    /// A list of lists, of which the first counts.
    #[serde(deserialize_with = "lenient::raw_list")]
    pub body_text: Vec<serde_json::Value>,
    #[serde(deserialize_with = "lenient::list")]
    pub body_text_named_params: Vec<NamedExample>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NamedExample {
    #[serde(deserialize_with = "lenient::text")]
    pub param_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub example: Option<String>,
}

impl ListedDefinition {
    /// The template; `None` without a name, a language or a status, for it could not be sent.
    pub fn into_template(self) -> Option<MessageTemplate> {
        let is_named = self.parameter_format.is_some_and(|format| format.eq_ignore_ascii_case("named"));
        let mut definition = TemplateDefinition {
            placeholders: if is_named { PlaceholderStyle::Named } else { PlaceholderStyle::Positional },
            ..TemplateDefinition::default()
        };
        for component in self.components {
            component.add_to(&mut definition);
        }
        Some(MessageTemplate {
            name: self.name?,
            // Sends use the underscore; webhooks write a hyphen.
            language: self.language?.replace('-', "_"),
            category: TemplateCategory::from_meta(&self.category.unwrap_or_default()),
            status: TemplateStatus::from_meta(&self.status?),
            quality: TemplateQuality::from_meta(&self.quality_score.and_then(|it| it.score).unwrap_or_default()),
            definition,
        })
    }
}

impl ListedComponent {
    fn kind(&self) -> String {
        self.kind.as_deref().unwrap_or_default().to_ascii_uppercase()
    }

    fn add_to(self, definition: &mut TemplateDefinition) {
        let kind = self.kind();
        match kind.as_str() {
            "HEADER" => {
                definition.header = match self.format.as_deref().unwrap_or("TEXT").to_ascii_uppercase().as_str() {
                    "TEXT" => self.text.clone().map(|text| TemplateHeader::Text { text }),
                    "LOCATION" => Some(TemplateHeader::Location),
                    format => {
                        let file = file(format);
                        if file.is_none() {
                            unsupported(definition, format);
                        }
                        file.map(|file| TemplateHeader::File { file })
                    }
                };
                definition.examples.extend(self.header_examples());
            }
            "BODY" => {
                definition.examples.extend(self.body_examples());
                definition.body = self.text.unwrap_or_default();
            }
            "FOOTER" => definition.footer = self.text,
            "BUTTONS" => definition.buttons = buttons(self.buttons, definition),
            "CAROUSEL" => {
                for card in self.cards {
                    card.add_to(definition);
                }
            }
            other => unsupported(definition, other),
        }
    }

    fn header_examples(&self) -> BTreeMap<FieldKey, String> {
        let Some(example) = &self.example else { return BTreeMap::new() };
        let positional = example.header_text.iter().take(1).map(|text| (FieldKey::header("1"), text.clone()));
        positional.chain(named(&example.header_text_named_params, FieldKey::header)).collect()
    }

    fn body_examples(&self) -> BTreeMap<FieldKey, String> {
        let Some(example) = &self.example else { return BTreeMap::new() };
        let first = example.body_text.first();
        // Some listings hold the texts without the inner list.
        let texts: Vec<&serde_json::Value> = match first {
            Some(serde_json::Value::Array(texts)) => texts.iter().collect(),
            Some(_) | None => example.body_text.iter().collect(),
        };
        let positional = texts
            .into_iter()
            .enumerate()
            .filter_map(|(index, text)| Some((FieldKey::body(&(index + 1).to_string()), lenient::as_text(text)?)));
        positional.chain(named(&example.body_text_named_params, FieldKey::body)).collect()
    }
}

impl ListedCard {
    fn add_to(self, definition: &mut TemplateDefinition) {
        let mut card = TemplateCard { file: FileKind::Image, body: String::new(), buttons: Vec::new() };
        for component in self.components {
            match component.kind().as_str() {
                "HEADER" => match component.format.as_deref().and_then(file) {
                    Some(file) => card.file = file,
                    None => unsupported(definition, component.format.as_deref().unwrap_or("header")),
                },
                "BODY" => {
                    let index = definition.cards.len();
                    let examples = component.body_examples().into_iter();
                    definition.examples.extend(examples.map(|(key, text)| (key.on_card(index), text)));
                    card.body = component.text.unwrap_or_default();
                }
                "BUTTONS" => card.buttons = buttons(component.buttons, definition),
                other => unsupported(definition, other),
            }
        }
        definition.cards.push(card);
    }
}

fn buttons(listed: Vec<ListedButton>, definition: &mut TemplateDefinition) -> Vec<TemplateButton> {
    let mut buttons = Vec::with_capacity(listed.len());
    for button in listed {
        let text = button.text.unwrap_or_default();
        let kind = button.kind.unwrap_or_default().to_ascii_uppercase();
        buttons.push(match kind.as_str() {
            "QUICK_REPLY" => TemplateButton::QuickReply { text },
            "URL" => TemplateButton::Url { text, url: button.url.unwrap_or_default() },
            "PHONE_NUMBER" => TemplateButton::Phone { text, number: button.phone_number.unwrap_or_default() },
            // Meta writes its label itself.
            "COPY_CODE" => {
                TemplateButton::CopyCode { text: if text.is_empty() { "Copy code".to_owned() } else { text } }
            }
            "FLOW" => TemplateButton::Flow { text },
            // They take no parameters.
            "VOICE_CALL" | "REQUEST_CONTACT_INFO" => TemplateButton::Other { text },
            other => {
                unsupported(definition, other);
                TemplateButton::Other { text }
            }
        });
    }
    buttons
}

fn named<'e>(
    examples: &'e [NamedExample],
    key: impl Fn(&str) -> FieldKey + 'e,
) -> impl Iterator<Item = (FieldKey, String)> + 'e {
    examples.iter().filter_map(move |it| Some((key(it.param_name.as_deref()?), it.example.clone()?)))
}

/// The kind of file that a header begins with.
fn file(format: &str) -> Option<FileKind> {
    match format.to_ascii_uppercase().as_str() {
        "IMAGE" => Some(FileKind::Image),
        "VIDEO" => Some(FileKind::Video),
        "DOCUMENT" => Some(FileKind::Document),
        _ => None,
    }
}

/// The first one is named.
fn unsupported(definition: &mut TemplateDefinition, part: &str) {
    definition.unsupported.get_or_insert_with(|| part.to_owned());
}
