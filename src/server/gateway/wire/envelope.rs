//! The envelope of a webhook: entries, changes, and the value, whose shape depends on the field.

use serde::Deserialize;
use serde_json::Value;

use super::{
    event::{Contact, ConversationContext, WireControl, WireMetaError},
    lenient,
};

/// The business number.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Metadata {
    #[serde(deserialize_with = "lenient::text")]
    pub display_phone_number: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub phone_number_id: Option<String>,
}

/// The value of a change in `messages` and related fields. Items stay raw JSON, because each is parsed by itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChangeValue {
    #[serde(deserialize_with = "lenient::part")]
    pub metadata: Option<Metadata>,
    #[serde(deserialize_with = "lenient::list")]
    pub contacts: Vec<Contact>,
    #[serde(deserialize_with = "lenient::raw_list")]
    pub messages: Vec<Value>,
    #[serde(deserialize_with = "lenient::raw_list")]
    pub statuses: Vec<Value>,
    #[serde(deserialize_with = "lenient::list")]
    pub errors: Vec<WireMetaError>,
    #[serde(deserialize_with = "lenient::raw_list")]
    pub message_echoes: Vec<Value>,
    #[serde(deserialize_with = "lenient::part")]
    pub conversation_context: Option<ConversationContext>,
    /// The same shape again, nested one level deeper.
    #[serde(deserialize_with = "lenient::part")]
    pub standby: Option<Box<ChangeValue>>,
    #[serde(deserialize_with = "lenient::raw_list")]
    pub user_preferences: Vec<Value>,
    #[serde(deserialize_with = "lenient::raw_list")]
    pub user_id_update: Vec<Value>,
    #[serde(deserialize_with = "lenient::raw_list")]
    pub history: Vec<Value>,
    #[serde(deserialize_with = "lenient::raw_list")]
    pub calls: Vec<Value>,
    /// The business number of a handover.
    #[serde(deserialize_with = "lenient::part")]
    pub recipient: Option<Metadata>,
    #[serde(deserialize_with = "lenient::part")]
    pub sender: Option<WireSender>,
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    pub timestamp: Option<i64>,
    #[serde(deserialize_with = "lenient::part")]
    pub control_passed: Option<WireControl>,
    #[serde(deserialize_with = "lenient::part")]
    pub control_taken: Option<WireControl>,
}

/// The customer of a handover.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireSender {
    #[serde(deserialize_with = "lenient::text")]
    pub phone_number: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub wa_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub parent_user_id: Option<String>,
}

/// The union of the keys of all account fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AccountValue {
    #[serde(deserialize_with = "lenient::text")]
    pub event: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub decision: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub display_phone_number: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub current_limit: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub requested_verified_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub rejection_reason: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub reason: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub message_template_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub message_template_language: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub new_quality_score: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub new_category: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub alert_type: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub alert_severity: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub alert_description: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub alert_info: Option<AlertInfo>,
    #[serde(deserialize_with = "lenient::list")]
    pub restriction_info: Vec<Restriction>,
    #[serde(deserialize_with = "lenient::part")]
    pub ban_info: Option<Ban>,
    #[serde(deserialize_with = "lenient::part")]
    pub violation_info: Option<Violation>,
    #[serde(deserialize_with = "lenient::part")]
    pub waba_info: Option<WabaInfo>,
}

/// The account that an update concerns, if it is not the one that the entry names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WabaInfo {
    #[serde(deserialize_with = "lenient::text")]
    pub waba_id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AlertInfo {
    #[serde(deserialize_with = "lenient::text")]
    pub alert_type: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub alert_severity: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub alert_description: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Restriction {
    #[serde(deserialize_with = "lenient::text")]
    pub restriction_type: Option<String>,
    /// When it ends, in Unix seconds.
    #[serde(deserialize_with = "lenient::text")]
    pub expiration: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ban {
    /// One state, or a list of them.
    #[serde(deserialize_with = "lenient::texts")]
    pub waba_ban_state: Vec<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub waba_ban_date: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Violation {
    #[serde(deserialize_with = "lenient::text")]
    pub violation_type: Option<String>,
}
