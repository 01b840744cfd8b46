//! Interactive messages and templates: customers' replies to them and, in echoes, the messages that the business sent.

use serde::Deserialize;

use super::lenient;

/// A customer's reply to buttons, a list or a form or, in echoes, these buttons themselves.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireInteractive {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub button_reply: Option<WireChoice>,
    #[serde(deserialize_with = "lenient::part")]
    pub list_reply: Option<WireChoice>,
    #[serde(deserialize_with = "lenient::part")]
    pub nfm_reply: Option<FormReply>,
    #[serde(deserialize_with = "lenient::part")]
    pub call_permission_reply: Option<CallPermissionReply>,
    #[serde(deserialize_with = "lenient::part")]
    pub header: Option<InteractiveText>,
    #[serde(deserialize_with = "lenient::part")]
    pub body: Option<InteractiveText>,
    #[serde(deserialize_with = "lenient::part")]
    pub action: Option<WireAction>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireChoice {
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub description: Option<String>,
}

/// `response_json` is JSON in a string, and not always an object.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FormReply {
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
    #[serde(deserialize_with = "lenient::json")]
    pub response_json: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CallPermissionReply {
    #[serde(deserialize_with = "lenient::text")]
    pub response: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct InteractiveText {
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
}

/// The choices that a business offers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireAction {
    #[serde(deserialize_with = "lenient::list")]
    pub buttons: Vec<ActionButton>,
    #[serde(deserialize_with = "lenient::list")]
    pub sections: Vec<ActionSection>,
    #[serde(deserialize_with = "lenient::part")]
    pub parameters: Option<ActionParameters>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ActionButton {
    #[serde(deserialize_with = "lenient::part")]
    pub reply: Option<WireChoice>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ActionSection {
    #[serde(deserialize_with = "lenient::list")]
    pub rows: Vec<WireChoice>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ActionParameters {
    #[serde(deserialize_with = "lenient::text")]
    pub display_text: Option<String>,
}

/// A template in a send request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Template {
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub language: Option<TemplateLanguage>,
    #[serde(deserialize_with = "lenient::list")]
    pub components: Vec<TemplateComponent>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TemplateLanguage {
    #[serde(deserialize_with = "lenient::text")]
    pub code: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TemplateComponent {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "lenient::list")]
    pub parameters: Vec<TemplateParameter>,
    /// The text with its placeholders. In definitions only.
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
    /// `TEXT`, `IMAGE` or another kind of header. In definitions only.
    #[serde(deserialize_with = "lenient::text")]
    pub format: Option<String>,
    #[serde(deserialize_with = "lenient::list")]
    pub buttons: Vec<WireTemplateButton>,
}

/// A button of a template's definition.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireTemplateButton {
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TemplateParameter {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// Present in templates whose parameters have names.
    #[serde(deserialize_with = "lenient::text")]
    pub parameter_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub coupon_code: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub currency: Option<Fallback>,
    #[serde(deserialize_with = "lenient::part")]
    pub date_time: Option<Fallback>,
}

/// A value that Meta formats for the customer; `fallback_value` is the sender's own text of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fallback {
    #[serde(deserialize_with = "lenient::text")]
    pub fallback_value: Option<String>,
}
