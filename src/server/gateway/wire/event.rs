//! What is not a message: delivery statuses, handovers, preferences, errors.

use serde::Deserialize;
use serde_json::Value;

use super::lenient;

/// One of Meta's errors, in a status, a message, a value or an answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MetaError {
    #[serde(deserialize_with = "lenient::int")]
    pub code: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub message: Option<String>,
    /// Old payloads carry it here instead of in `error_data`.
    #[serde(deserialize_with = "lenient::text")]
    pub details: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub error_data: Option<ErrorData>,
    /// Deprecated by Meta; answers only.
    #[serde(deserialize_with = "lenient::int")]
    pub error_subcode: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ErrorData {
    #[serde(deserialize_with = "lenient::text")]
    pub details: Option<String>,
}

/// How far a message of ours got.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Status {
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
    /// `group`: `recipient_id` is the group's.
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_type: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_participant_id: Option<String>,
    /// Another spelling that was seen.
    #[serde(deserialize_with = "lenient::text")]
    pub participant_recipient_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_participant_user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_participant_parent_user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub biz_opaque_callback_data: Option<String>,
    #[serde(deserialize_with = "lenient::list")]
    pub errors: Vec<MetaError>,
}

/// A person that a value's items refer to by id, in no particular order.
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
    pub profile: Option<Profile>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Profile {
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub username: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Preference {
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

/// A call on WhatsApp: its beginning and its end come as items of their own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Call {
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
}

/// What a handover says. Live payloads have had as little as `metadata`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Control {
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
    pub summary: Option<Summary>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Summary {
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

/// Another responder's message: `message` is its send request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct StandbyEcho {
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    pub timestamp: Option<i64>,
    #[serde(deserialize_with = "lenient::part")]
    pub message: Option<super::message::Message>,
    #[serde(deserialize_with = "lenient::part")]
    pub template: Option<StandbyTemplate>,
}

/// What Meta knows of the template behind the echo.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct StandbyTemplate {
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub language: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
}

/// A piece of a number's past.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HistoryChunk {
    #[serde(deserialize_with = "lenient::part")]
    pub metadata: Option<HistoryMetadata>,
    #[serde(deserialize_with = "lenient::list")]
    pub threads: Vec<HistoryThread>,
    /// The owner declined to share it.
    #[serde(deserialize_with = "lenient::list")]
    pub errors: Vec<MetaError>,
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
