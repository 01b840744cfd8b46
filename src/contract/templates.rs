//! Templates: what the picker of a conversation lists, and what is sent.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::TemplateId,
    template::{MessageTemplate, field::TemplateValues, rank::LastUse},
    time::Timestamp,
};

/// The templates that the number of a conversation can send.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplatePicker {
    /// Those that can be sent first, then by name and language.
    pub templates: Vec<ListedTemplate>,
    /// When they were last read from WhatsApp; `None` if never.
    pub synced_at: Option<Timestamp>,
    /// Why they could not be read from WhatsApp now: what is listed may be out of date.
    pub fault: Option<String>,
    /// What WhatsApp held back last in this conversation, and when it may be sent again.
    #[serde(default)]
    pub held: Option<HeldTemplate>,
}

/// A template that WhatsApp did not deliver for now, as it was filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldTemplate {
    pub template: TemplateId,
    pub revision: i64,
    pub name: String,
    pub values: TemplateValues,
    /// When it can be sent again.
    pub at: Timestamp,
    /// Why it was not delivered.
    pub reason: String,
    pub price: Option<String>,
}

/// A template as the picker shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedTemplate {
    pub id: TemplateId,
    /// Another one after every change of the components. A send must name the one that the person has seen.
    pub revision: i64,
    pub template: MessageTemplate,
    /// Why the caller cannot send it to this customer; `None` if they can.
    pub refusal: Option<String>,
    /// What is known of its values.
    pub prefilled: TemplateValues,
    #[serde(default)]
    pub last_use: LastUse,
    /// What WhatsApp charges for it, where the price list says so.
    #[serde(default)]
    pub price: Option<String>,
}

/// A template that an agent sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSend {
    /// The page makes one per press of Send: a repeated call with the same one sends nothing.
    pub client_id: String,
    pub template: TemplateId,
    /// [`ListedTemplate::revision`] of the template that was filled in. If the template has changed since, the call fails
    /// with a conflict: the page reads the list again and keeps the values, whose keys stay as long as their components.
    pub revision: i64,
    pub values: TemplateValues,
}
