//! Why a template cannot be saved for a closed window: what it needs must be known whenever it is sent.

use std::collections::{BTreeMap, BTreeSet};

use super::{FieldValue, WindowTemplate, takes_source};
use crate::{
    interpolation::SAMPLE_CUSTOMER,
    template::{
        MessageTemplate, TemplateCategory,
        field::{TemplateField, TemplateFieldKind, TemplateValues, file_label},
        refusal::AUTHENTICATION,
        value_source::{KnownValues, ValueSource},
    },
};

/// What every customer has in a preview.
pub fn sample(agent: &str, tenant: &str, number: &str, collected: &BTreeSet<String>) -> KnownValues {
    let collected: BTreeMap<String, String> = collected.iter().map(|name| (name.clone(), "12345".to_owned())).collect();
    KnownValues {
        customer_name: Some(SAMPLE_CUSTOMER.to_owned()),
        agent_name: Some(agent.to_owned()),
        tenant_name: Some(tenant.to_owned()),
        number: Some(number.to_owned()),
        collected,
    }
}

impl WindowTemplate {
    /// Why it cannot be saved; `None` if it can. `collected` are the names of all values that live flows store.
    pub fn fault(&self, template: &MessageTemplate, collected: &BTreeSet<String>) -> Option<String> {
        if !self.text.has_template() {
            return Some("This message answers one of the customer, so its window is always open.".to_owned());
        }
        if let Some(detail) = template.status.refusal() {
            return Some(detail.to_owned());
        }
        if let Some(detail) = template.unsupported() {
            return Some(detail);
        }
        if template.category == TemplateCategory::Authentication {
            return Some(AUTHENTICATION.to_owned());
        }
        let fields = template.definition.fields();
        if let Some(detail) = fields.iter().find_map(|field| self.field_fault(field, collected)) {
            return Some(detail);
        }
        let known = sample("Ana", "Acme", "15550100000", collected);
        let values: TemplateValues =
            fields.iter().map(|field| (field.key.clone(), self.value(field, &known))).collect();
        let faults = template.definition.faults(&values);
        let fault = faults.first()?;
        let label = fields.iter().find(|field| field.key == fault.key).map(|field| field.label.as_str());
        Some(format!("{}: {}", label.unwrap_or_default(), fault.detail))
    }

    /// Why a field may be without a value when the template is sent.
    fn field_fault(&self, field: &TemplateField, collected: &BTreeSet<String>) -> Option<String> {
        let label = &field.label;
        let FieldValue { source, text } = self.values.get(&field.key).cloned().unwrap_or_default();
        let has_text = !text.trim().is_empty();
        let source = source.filter(|_| takes_source(&field.kind));
        match source {
            None if !has_text => Some(format!(
                "“{label}” has no value, and WhatsApp doesn't send this template without it. {}",
                match &field.kind {
                    TemplateFieldKind::File(file) | TemplateFieldKind::FileLink(file) => {
                        format!("Enter the web address of the {}.", file_label(*file).to_lowercase())
                    }
                    TemplateFieldKind::Text | TemplateFieldKind::UrlEnd { .. } | TemplateFieldKind::CouponCode => {
                        "Choose where it comes from, or enter a text.".to_owned()
                    }
                    TemplateFieldKind::Latitude | TemplateFieldKind::Longitude => "Enter it.".to_owned(),
                }
            )),
            // What an agent uploads belongs to one conversation.
            None if matches!(field.kind, TemplateFieldKind::File(_)) && !text.contains("://") => {
                Some(format!("“{label}”: enter a web address that begins with https://."))
            }
            Some(ValueSource::AgentName) if !has_text && !self.text.has_agent() => Some(format!(
                "“{label}” needs an agent's name, and nobody has the conversation yet when this message is sent. Choose \
                 another value, or enter a text to use instead."
            )),
            Some(ValueSource::Collected(name)) if !has_text && !collected.contains(&name) => Some(format!(
                "“{label}” needs “{name}”, which no live flow collects. Choose another value, or enter a text to use \
                 instead."
            )),
            None
            | Some(
                ValueSource::CustomerFirstName
                | ValueSource::CustomerName
                | ValueSource::AgentName
                | ValueSource::TenantName
                | ValueSource::Number
                | ValueSource::Collected(_),
            ) => None,
        }
    }
}
