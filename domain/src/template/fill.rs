//! Checks what was typed and makes the message. Every fault names the limit and the way out.

use serde::{Deserialize, Serialize};

use super::{
    BODY_LIMIT, HEADER_LIMIT, MessageTemplate, PlaceholderStyle, TemplateButton, TemplateDefinition, TemplateHeader,
    field::{FieldKey, TemplateField, TemplateFieldKind, TemplateValues, file_label},
    message::{
        ButtonParameter, ButtonValue, CardParameters, HeaderParameter, TemplateMessage, TemplateParameters,
        TextParameter,
    },
    placeholder::{filled, places},
    preview::source,
};
use crate::{
    message::{file::FileSource, interactive::address},
    number::grouped,
};

/// Why a field's value cannot be sent, written for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFault {
    pub key: FieldKey,
    pub detail: String,
}

/// The token of a form. Nothing of ours reads it, and a person must not have to type it. For the same reason a quick
/// reply has its own text as payload.
const FLOW_TOKEN: &str = "unused";
/// WhatsApp accepts up to four blanks in a row.
const BLANKS: &str = "     ";

impl MessageTemplate {
    /// The message with these values, or every fault in the order of the fields.
    pub fn fill(&self, values: &TemplateValues) -> Result<TemplateMessage, Vec<FieldFault>> {
        let faults = self.definition.faults(values);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(TemplateMessage {
            name: self.name.clone(),
            language: self.language.clone(),
            category: self.category,
            parameters: self.definition.parameters(values),
            preview: self.definition.preview(values),
        })
    }
}

impl TemplateDefinition {
    /// Why these values cannot be sent; empty if they can.
    pub fn faults(&self, values: &TemplateValues) -> Vec<FieldFault> {
        let fields = self.fields();
        let of_field = |field: &TemplateField| {
            let detail = value_fault(field, values.get(&field.key))?;
            Some(FieldFault { key: field.key.clone(), detail })
        };
        let faults: Vec<FieldFault> = fields.iter().filter_map(of_field).collect();
        if faults.is_empty() { self.length_faults(values) } else { faults }
    }

    /// Texts that are too long although each value by itself is not.
    fn length_faults(&self, values: &TemplateValues) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        if let Some(TemplateHeader::Text { text }) = &self.header {
            faults.extend(self.length_fault("header", text, HEADER_LIMIT, values, FieldKey::header));
        }
        faults.extend(self.length_fault("text", &self.body, BODY_LIMIT, values, FieldKey::body));
        for (index, card) in self.cards.iter().enumerate() {
            let key = |place: &str| FieldKey::body(place).on_card(index);
            faults.extend(self.length_fault("card's text", &card.body, BODY_LIMIT, values, key));
        }
        faults
    }

    /// The fault is the longest value's.
    fn length_fault(
        &self,
        what: &str,
        text: &str,
        limit: usize,
        values: &TemplateValues,
        key: impl Fn(&str) -> FieldKey,
    ) -> Option<FieldFault> {
        let length = filled(text, |place| Some(values.get(&key(place)))).chars().count();
        let keys = places(text, self.placeholders).into_iter().map(|place| key(&place));
        let longest = keys.max_by_key(|key| values.get(key).chars().count())?;
        (length > limit).then(|| FieldFault {
            key: longest,
            detail: format!(
                "With these values the {what} has {} characters, and WhatsApp allows {}. Shorten them.",
                grouped(length),
                grouped(limit)
            ),
        })
    }

    /// The values of all placeholders.
    pub(super) fn parameters(&self, values: &TemplateValues) -> TemplateParameters {
        let header = match &self.header {
            None => None,
            Some(TemplateHeader::Text { text }) => {
                self.texts(text, values, FieldKey::header).into_iter().next().map(HeaderParameter::Text)
            }
            Some(TemplateHeader::File { file }) => {
                let source = source(values.get(&FieldKey::header_file()));
                Some(HeaderParameter::File { file: *file, source, filename: None })
            }
            Some(TemplateHeader::Location) => {
                let part = |part| values.get(&FieldKey::header_location(part)).to_owned();
                Some(HeaderParameter::Location {
                    latitude: part("latitude"),
                    longitude: part("longitude"),
                    name: part("name"),
                    address: part("address"),
                })
            }
        };
        let cards = self.cards.iter().enumerate().map(|(index, card)| CardParameters {
            file: card.file,
            link: values.get(&FieldKey::header_file().on_card(index)).to_owned(),
            body: self.texts(&card.body, values, |place| FieldKey::body(place).on_card(index)),
            buttons: buttons(&card.buttons, |button| values.get(&FieldKey::button(button).on_card(index))),
        });
        TemplateParameters {
            header,
            body: self.texts(&self.body, values, FieldKey::body),
            buttons: buttons(&self.buttons, |button| values.get(&FieldKey::button(button))),
            cards: cards.collect(),
        }
    }

    fn texts(&self, text: &str, values: &TemplateValues, key: impl Fn(&str) -> FieldKey) -> Vec<TextParameter> {
        let parameter = |place: String| TextParameter {
            text: values.get(&key(&place)).to_owned(),
            name: (self.placeholders == PlaceholderStyle::Named).then_some(place),
        };
        places(text, self.placeholders).into_iter().map(parameter).collect()
    }
}

fn buttons<'v>(buttons: &[TemplateButton], value: impl Fn(usize) -> &'v str) -> Vec<ButtonParameter> {
    let parameter = |(index, button): (usize, &TemplateButton)| {
        let value = match button {
            // Without one WhatsApp sends the text.
            TemplateButton::QuickReply { text } => ButtonValue::Payload(text.clone()),
            TemplateButton::Url { url, .. } if url.contains("{{") => ButtonValue::UrlEnd(value(index).to_owned()),
            TemplateButton::CopyCode { .. } => ButtonValue::CouponCode(value(index).to_owned()),
            TemplateButton::Flow { .. } => ButtonValue::FlowToken(FLOW_TOKEN.to_owned()),
            TemplateButton::Url { .. } | TemplateButton::Phone { .. } | TemplateButton::Other { .. } => return None,
        };
        Some(ButtonParameter { index, value })
    };
    buttons.iter().enumerate().filter_map(parameter).collect()
}

/// Why one value cannot be sent.
fn value_fault(field: &TemplateField, value: &str) -> Option<String> {
    if value.is_empty() {
        return Some(match &field.kind {
            TemplateFieldKind::File(file) => {
                let file = file_label(*file).to_lowercase();
                format!("This template begins with a {file}. Attach one, or enter its web address.")
            }
            TemplateFieldKind::FileLink(file) => {
                format!("Enter the web address of the {}.", file_label(*file).to_lowercase())
            }
            TemplateFieldKind::Text
            | TemplateFieldKind::Latitude
            | TemplateFieldKind::Longitude
            | TemplateFieldKind::UrlEnd { .. }
            | TemplateFieldKind::CouponCode => {
                "Enter a value. WhatsApp doesn't send this template without it.".to_owned()
            }
        });
    }
    let (length, limit) = (value.chars().count(), field.limit);
    if length > limit {
        return Some(format!(
            "This can have up to {} characters; it has {}. Shorten it.",
            grouped(limit),
            grouped(length)
        ));
    }
    match &field.kind {
        TemplateFieldKind::Text => text_fault(value),
        TemplateFieldKind::File(_) => match source(value) {
            FileSource::Link(link) => link_fault(&link),
            FileSource::Uploaded(_) => None,
        },
        TemplateFieldKind::FileLink(_) => link_fault(value),
        TemplateFieldKind::Latitude => degrees_fault(value, 90.0, "latitude", "52.52"),
        TemplateFieldKind::Longitude => degrees_fault(value, 180.0, "longitude", "13.405"),
        TemplateFieldKind::UrlEnd { .. } => {
            value.contains(char::is_whitespace).then(|| "The end of a link can't have spaces. Remove them.".to_owned())
        }
        TemplateFieldKind::CouponCode => (!value.chars().all(|c| c.is_ascii_alphanumeric()))
            .then(|| "A code can have only letters A to Z and digits. Remove everything else.".to_owned()),
    }
}

fn text_fault(value: &str) -> Option<String> {
    if value.contains(['\n', '\r', '\t']) {
        return Some("WhatsApp allows no line breaks or tabs in a template's value. Write it on one line.".to_owned());
    }
    value
        .contains(BLANKS)
        .then(|| "WhatsApp allows at most 4 spaces in a row in a template's value. Remove some.".to_owned())
}

fn link_fault(value: &str) -> Option<String> {
    address("link", value)
        .map(|_| "This isn't a web address. Enter one that begins with https:// and has no spaces.".to_owned())
}

fn degrees_fault(value: &str, most: f64, what: &str, example: &str) -> Option<String> {
    let fits = value.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= most);
    (!fits).then(|| format!("Enter the {what} as a number from -{most} to {most}, for example {example}."))
}
