//! Where the value of a field comes from, if no person types it.
//!
//! Its JSON is stored in settings: variants may be added, never renamed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    PlaceholderStyle, TemplateDefinition,
    field::{FieldKey, TemplateFieldKind},
    placeholder::{Piece, pieces},
};
use crate::{customer_name::UNNAMED, phone_number::is_digits};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueSource {
    CustomerFirstName,
    CustomerName,
    AgentName,
    TenantName,
    /// The business's own number.
    Number,
    /// What the bot collected in the conversation under this name.
    Collected(String),
}

/// What is known when a template is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownValues {
    pub customer_name: Option<String>,
    pub agent_name: Option<String>,
    pub tenant_name: Option<String>,
    /// The business's own number, as people read it.
    pub number: Option<String>,
    /// What the bot collected, by name.
    pub collected: BTreeMap<String, String>,
}

impl KnownValues {
    /// The name of a customer as a record has it: one without a name is recorded by the number.
    pub fn name(recorded: &str) -> Option<String> {
        let is_name = recorded != UNNAMED && !is_digits(recorded) && !recorded.starts_with('+');
        is_name.then(|| recorded.to_owned())
    }

    /// `None` if it is not known, or empty.
    pub fn get(&self, source: &ValueSource) -> Option<&str> {
        let value = match source {
            ValueSource::CustomerFirstName => self.customer_name.as_deref()?.split_whitespace().next(),
            ValueSource::CustomerName => self.customer_name.as_deref(),
            ValueSource::AgentName => self.agent_name.as_deref(),
            ValueSource::TenantName => self.tenant_name.as_deref(),
            ValueSource::Number => self.number.as_deref(),
            ValueSource::Collected(name) => self.collected.get(name).map(String::as_str),
        };
        value.filter(|value| !value.trim().is_empty())
    }
}

impl ValueSource {
    pub fn label(&self) -> String {
        match self {
            Self::CustomerFirstName => "Customer's first name".to_owned(),
            Self::CustomerName => "Customer's name".to_owned(),
            Self::AgentName => "Agent's name".to_owned(),
            Self::TenantName => "Company's name".to_owned(),
            Self::Number => "Company's WhatsApp number".to_owned(),
            Self::Collected(name) => format!("Collected by the bot: {name}"),
        }
    }
}

/// Words before a name. In other places a number says nothing about what belongs there.
const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "dear",
    "hallo",
    "liebe",
    "lieber",
    "guten tag",
    "hola",
    "estimado",
    "estimada",
    "bonjour",
    "cher",
    "chère",
    "ciao",
    "gentile",
    "salve",
    "olá",
    "oi",
    "hoi",
    "beste",
    "merhaba",
    "sayın",
];

impl TemplateDefinition {
    /// Where the values of fields come from, as far as their names or places tell.
    pub fn sources(&self) -> BTreeMap<FieldKey, ValueSource> {
        let greeted = self.greeted();
        let fields = self.fields().into_iter().filter(|field| field.kind == TemplateFieldKind::Text);
        let found = fields.filter_map(|field| {
            let place = field.key.as_str().rsplit('.').next().unwrap_or_default();
            let source = if greeted.as_ref() == Some(&field.key) {
                Some(ValueSource::CustomerFirstName)
            } else {
                self.source_of(place)
            };
            Some((field.key, source?))
        });
        found.collect()
    }

    /// The placeholder after a greeting at the beginning of the body.
    fn greeted(&self) -> Option<FieldKey> {
        let pieces = pieces(&self.body);
        let [Piece::Text(before), Piece::Place(place), ..] = pieces.as_slice() else { return None };
        let before = before.trim().to_lowercase();
        (GREETINGS.contains(&before.as_str()) && place.parse::<u32>().is_ok()).then(|| FieldKey::body(place))
    }

    /// The source of a placeholder with this name. One with another name may be called as what the bot collected.
    fn source_of(&self, place: &str) -> Option<ValueSource> {
        let source = match place.to_ascii_lowercase().as_str() {
            "first_name" | "customer_first_name" | "firstname" => ValueSource::CustomerFirstName,
            "name" | "customer" | "customer_name" | "client_name" | "full_name" => ValueSource::CustomerName,
            "agent" | "agent_name" | "employee_name" => ValueSource::AgentName,
            "company" | "company_name" | "business" | "business_name" | "store_name" => ValueSource::TenantName,
            "business_phone" | "our_number" | "business_number" => ValueSource::Number,
            _ if self.placeholders == PlaceholderStyle::Named => ValueSource::Collected(place.to_owned()),
            _ => return None,
        };
        Some(source)
    }
}
