//! Templates in the place of automatic texts when the 24-hour window has closed: what admins choose among, and a choice.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{ChannelId, TemplateId},
    prices::PriceList,
    settings::TextName,
    template::{MessageTemplate, field::FieldKey},
    window::closed::FieldValue,
};

/// What can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowTemplateChoices {
    pub numbers: Vec<NumberTemplates>,
    /// The names under which live flows store values.
    pub collected: BTreeSet<String>,
    pub prices: PriceList,
    pub tenant_name: String,
}

/// The templates of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberTemplates {
    pub channel: ChannelId,
    pub name: String,
    pub display_phone: String,
    /// By name and language.
    pub templates: Vec<OfferedTemplate>,
    /// Why they could not be read from WhatsApp now: what is listed may be out of date.
    pub fault: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedTemplate {
    pub id: TemplateId,
    /// Another one after every change of the components. A save must name the one that the person has seen.
    pub revision: i64,
    pub template: MessageTemplate,
}

/// The template for a text of a number; without a choice nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenWindowTemplate {
    pub text: TextName,
    pub channel: ChannelId,
    pub choice: Option<WindowTemplateChoice>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowTemplateChoice {
    pub template: TemplateId,
    pub revision: i64,
    pub values: BTreeMap<FieldKey, FieldValue>,
}
