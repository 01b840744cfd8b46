//! Webhook items that are not messages: delivery statuses, handovers, preferences, errors.

use serde::Deserialize;
use serde_json::Value;

use super::{interactive::TemplateComponent, lenient};

/// An error of Meta's, in a status, a message, a value or a response.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireMetaError {
    #[serde(deserialize_with = "lenient::int")]
    pub code: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub message: Option<String>,
    /// Older payloads have the details here instead of in `error_data`.
    #[serde(deserialize_with = "lenient::text")]
    pub details: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub error_data: Option<ErrorData>,
    /// Deprecated by Meta; in responses only.
    #[serde(deserialize_with = "lenient::int")]
    pub error_subcode: Option<i64>,
    /// In responses only: the same call may succeed later.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_transient: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ErrorData {
    #[serde(deserialize_with = "lenient::text")]
    pub details: Option<String>,
}

/// A delivery status of one of our messages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireStatus {
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    pub timestamp: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_parent_user_id: Option<String>,
    /// If this is `group`, `recipient_id` is the id of the group.
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_type: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_participant_id: Option<String>,
    /// Another spelling of this key, seen in real payloads.
    #[serde(deserialize_with = "lenient::text")]
    pub participant_recipient_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_participant_user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_participant_parent_user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub biz_opaque_callback_data: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub pricing: Option<WirePricing>,
    #[serde(deserialize_with = "lenient::list")]
    pub errors: Vec<WireMetaError>,
}

/// What Meta charges for a message. `type` is missing in payloads before July 2025, and `billable` will be.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WirePricing {
    #[serde(deserialize_with = "lenient::text")]
    pub pricing_model: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub category: Option<String>,
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// `true` or `false`, as text: its absence says nothing.
    #[serde(deserialize_with = "lenient::text")]
    pub billable: Option<String>,
}

/// A person to whom a value's items refer by id, in no particular order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Contact {
    #[serde(deserialize_with = "lenient::text")]
    pub wa_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub parent_user_id: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub profile: Option<WireProfile>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireProfile {
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub username: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WirePreference {
    #[serde(deserialize_with = "lenient::text")]
    pub wa_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub parent_user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub category: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub value: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    pub timestamp: Option<i64>,
}

/// A call on WhatsApp. Its beginning and its end are separate items.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireCall {
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub from: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub from_user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub event: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub direction: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    pub timestamp: Option<i64>,
    #[serde(deserialize_with = "lenient::list")]
    pub errors: Vec<WireMetaError>,
}

/// The content of a handover. Real payloads sometimes contain only `metadata`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireControl {
    #[serde(deserialize_with = "lenient::text")]
    pub previous_owner_role: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub previous_owner_app_role: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub new_owner_role: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub metadata: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub conversation_context: Option<ConversationContext>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ConversationContext {
    #[serde(deserialize_with = "lenient::part")]
    pub summary: Option<WireSummary>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireSummary {
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
}

/// The withdrawn field `user_id_update`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct UserIdUpdate {
    #[serde(deserialize_with = "lenient::text")]
    pub wa_id: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub user_id: Option<Renewal>,
    #[serde(deserialize_with = "lenient::int")]
    pub timestamp: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Renewal {
    #[serde(deserialize_with = "lenient::text")]
    pub previous: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub current: Option<String>,
}

/// A message of another responder: `message` is its send request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct StandbyEcho {
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    pub timestamp: Option<i64>,
    #[serde(deserialize_with = "lenient::part")]
    pub message: Option<super::message::WireMessage>,
    #[serde(deserialize_with = "lenient::part")]
    pub template: Option<StandbyTemplate>,
}

/// Meta's data about the template of the echo.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct StandbyTemplate {
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub language: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
    /// The template's definition.
    #[serde(deserialize_with = "lenient::list")]
    pub components: Vec<TemplateComponent>,
}

/// A part of a number's message history.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HistoryChunk {
    #[serde(deserialize_with = "lenient::part")]
    pub metadata: Option<HistoryMetadata>,
    #[serde(deserialize_with = "lenient::list")]
    pub threads: Vec<HistoryThread>,
    /// Present if the owner declined to share the history.
    #[serde(deserialize_with = "lenient::list")]
    pub errors: Vec<WireMetaError>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HistoryMetadata {
    #[serde(deserialize_with = "lenient::int")]
    pub phase: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    pub chunk_order: Option<i64>,
    /// In percent.
    #[serde(deserialize_with = "lenient::int")]
    pub progress: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HistoryThread {
    /// The customer's number.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub context: Option<HistoryPerson>,
    #[serde(deserialize_with = "lenient::raw_list")]
    pub messages: Vec<Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HistoryPerson {
    #[serde(deserialize_with = "lenient::text")]
    pub wa_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub username: Option<String>,
}
