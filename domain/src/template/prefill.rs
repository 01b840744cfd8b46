//! What is filled in before a person types, because it is known.

use super::{
    TemplateDefinition,
    field::{FieldKey, TemplateFieldKind, TemplateValues},
    placeholder::{Piece, pieces},
};

/// What is known when an agent opens a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownValues {
    pub customer_name: Option<String>,
    pub agent_name: Option<String>,
    pub tenant_name: Option<String>,
    /// The business's own number, as people read it.
    pub number: Option<String>,
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
    /// The values that are known. The agent sees and may change them.
    pub fn prefill(&self, known: &KnownValues) -> TemplateValues {
        let greeted = self.greeted();
        let fields = self.fields().into_iter().filter(|field| field.kind == TemplateFieldKind::Text);
        let filled = fields.filter_map(|field| {
            let place = field.key.as_str().rsplit('.').next().unwrap_or_default();
            let value = if greeted.as_ref() == Some(&field.key) { first_name(known) } else { named(place, known) };
            let value = value.filter(|value| value.chars().count() <= field.limit)?;
            Some((field.key, value))
        });
        filled.collect()
    }

    /// The placeholder after a greeting at the beginning of the body.
    fn greeted(&self) -> Option<FieldKey> {
        let pieces = pieces(&self.body);
        let [Piece::Text(before), Piece::Place(place), ..] = pieces.as_slice() else { return None };
        let before = before.trim().to_lowercase();
        (GREETINGS.contains(&before.as_str()) && place.parse::<u32>().is_ok()).then(|| FieldKey::body(place))
    }
}

/// The value of a placeholder with this name.
fn named(place: &str, known: &KnownValues) -> Option<String> {
    match place.to_ascii_lowercase().as_str() {
        "first_name" | "customer_first_name" | "firstname" => first_name(known),
        "name" | "customer" | "customer_name" | "client_name" | "full_name" => known.customer_name.clone(),
        "agent" | "agent_name" | "employee_name" => known.agent_name.clone(),
        "company" | "company_name" | "business" | "business_name" | "store_name" => known.tenant_name.clone(),
        "business_phone" | "our_number" | "business_number" => known.number.clone(),
        _ => None,
    }
}

fn first_name(known: &KnownValues) -> Option<String> {
    known.customer_name.as_deref()?.split_whitespace().next().map(str::to_owned)
}
