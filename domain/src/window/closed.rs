//! What a customer whose window has closed gets in the place of an automatic text: a template that an admin has chosen for
//! the number, with a value for each of its fields. Without a choice, or if it cannot be sent as it was chosen, nothing is
//! sent.
//!
//! `check.rs` says why a choice cannot be saved; `version.rs` in which language a customer gets it. Its JSON is stored in
//! settings: fields may be added, never renamed.

pub mod check;
pub mod version;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::version::version_for;
use crate::{
    event::Skipped,
    ids::{ChannelId, TemplateId},
    template::{
        MessageTemplate, TemplateCategory, TemplateStatus,
        field::{FieldKey, TemplateField, TemplateFieldKind, TemplateValues},
        message::TemplateMessage,
        refusal::is_us,
        value_source::{KnownValues, ValueSource},
    },
    text::one_line,
    text_name::TextName,
};

/// The template for one text and one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowTemplate {
    pub text: TextName,
    pub channel: ChannelId,
    pub template: TemplateId,
    /// Of the components for which the values were chosen.
    pub revision: i64,
    #[serde(default)]
    pub values: BTreeMap<FieldKey, FieldValue>,
}

/// The value of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldValue {
    /// `None`: it is always the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<ValueSource>,
    /// The value if the source's is not known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// All templates of a tenant for closed windows: at most one for each text and number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WindowTemplates(Vec<WindowTemplate>);

impl WindowTemplates {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn of(&self, text: TextName, channel: &ChannelId) -> Option<&WindowTemplate> {
        self.0.iter().find(|one| one.text == text && one.channel == *channel)
    }

    /// Replaces the one for its text and number.
    pub fn set(&mut self, chosen: WindowTemplate) {
        self.remove(chosen.text, &chosen.channel);
        self.0.push(chosen);
    }

    pub fn remove(&mut self, text: TextName, channel: &ChannelId) {
        self.0.retain(|one| !(one.text == text && one.channel == *channel));
    }

    /// What a silent customer of the number gets although their window has closed.
    pub fn reach(&self, channel: &ChannelId) -> WindowReach {
        let has = |text| self.of(text, channel).is_some();
        WindowReach { reminder: has(TextName::Reminder), closing: has(TextName::Closing) }
    }
}

/// Which messages to a silent customer have a template for a closed window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowReach {
    pub reminder: bool,
    pub closing: bool,
}

/// A template as it is known now.
#[derive(Clone, Copy, Debug)]
pub struct KnownTemplate<'a> {
    pub template: &'a MessageTemplate,
    pub revision: i64,
}

/// To whom it is to be sent, and what is known of them.
#[derive(Clone, Copy, Debug)]
pub struct WindowRecipient<'a> {
    pub known: &'a KnownValues,
    /// In digits.
    pub phone: Option<&'a str>,
    pub user_id: Option<&'a str>,
    /// The customer wants no marketing messages.
    pub has_opted_out: bool,
    /// In which the customer writes, if that is known.
    pub language: Option<&'a str>,
}

impl WindowTemplate {
    /// Why it is not sent to anybody now; `None` if it is. `known` is `None` if it no longer exists.
    pub fn trouble(&self, known: Option<KnownTemplate<'_>>) -> Option<Skipped> {
        let Some(KnownTemplate { template, revision }) = known else { return Some(Skipped::TemplateGone) };
        if template.status != TemplateStatus::Approved {
            return Some(Skipped::TemplateNotApproved { status: template.status });
        }
        let is_changed = revision != self.revision
            || template.definition.unsupported.is_some()
            || template.category == TemplateCategory::Authentication;
        is_changed.then_some(Skipped::TemplateChanged)
    }

    /// The message, or why this customer gets none. `versions` are those of the template in all languages. One that does not take
    /// the customer's values leaves the one that was chosen.
    pub fn message(
        &self,
        known: Option<KnownTemplate<'_>>,
        versions: &[KnownTemplate<'_>],
        to: &WindowRecipient<'_>,
    ) -> Result<TemplateMessage, Skipped> {
        if let Some(trouble) = self.trouble(known) {
            return Err(trouble);
        }
        let Some(chosen) = known else { return Err(Skipped::TemplateGone) };
        let version = version_for(chosen, versions, to.language);
        match self.filled(version.template, to) {
            Err(Skipped::TemplateValueInvalid { .. }) if version.template != chosen.template => {
                self.filled(chosen.template, to)
            }
            filled => filled,
        }
    }

    /// As [`Self::message`], of this version.
    fn filled(&self, template: &MessageTemplate, to: &WindowRecipient<'_>) -> Result<TemplateMessage, Skipped> {
        if template.category == TemplateCategory::Marketing {
            if to.has_opted_out {
                return Err(Skipped::OptedOut);
            }
            if is_us(to.phone, to.user_id) {
                return Err(Skipped::MarketingToUs);
            }
        }
        let fields = template.definition.fields();
        let mut values = TemplateValues::default();
        for field in &fields {
            let value = self.value(field, to.known);
            if value.is_empty() {
                return Err(Skipped::TemplateValueMissing { field: field.label.clone() });
            }
            values.set(field.key.clone(), value);
        }
        template.fill(&values).map_err(|faults| {
            let named = faults.first().and_then(|fault| fields.iter().find(|field| field.key == fault.key));
            Skipped::TemplateValueInvalid { field: named.map(|field| field.label.clone()).unwrap_or_default() }
        })
    }

    /// The value of a field, on one line, as WhatsApp requires; empty if it is not known.
    pub fn value(&self, field: &TemplateField, known: &KnownValues) -> String {
        let Some(FieldValue { source, text }) = self.values.get(&field.key) else { return String::new() };
        let source = source.as_ref().filter(|_| takes_source(&field.kind));
        let value = source.and_then(|source| known.get(source)).unwrap_or(text);
        one_line(value)
    }
}

/// Whether a field can have a value that differs from customer to customer. A file or place is the same for all.
pub fn takes_source(kind: &TemplateFieldKind) -> bool {
    match kind {
        TemplateFieldKind::Text | TemplateFieldKind::UrlEnd { .. } | TemplateFieldKind::CouponCode => true,
        TemplateFieldKind::File(_)
        | TemplateFieldKind::FileLink(_)
        | TemplateFieldKind::Latitude
        | TemplateFieldKind::Longitude => false,
    }
}

#[cfg(test)]
#[path = "closed_tests.rs"]
mod tests;
