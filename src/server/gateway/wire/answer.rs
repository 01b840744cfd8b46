//! Responses of the Graph API.

use serde::Deserialize;

use super::{event::WireMetaError, lenient};

/// Any response: an error has `error`, an accepted send has `messages`, an upload has `id`, a simple call has
/// `success`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct GraphResponse {
    #[serde(deserialize_with = "lenient::part")]
    pub error: Option<WireMetaError>,
    #[serde(deserialize_with = "lenient::list")]
    pub messages: Vec<SentMessage>,
    #[serde(deserialize_with = "lenient::list")]
    pub contacts: Vec<SentContact>,
    #[serde(deserialize_with = "lenient::flag")]
    pub success: bool,
    /// Of a file that was uploaded.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SentMessage {
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Only for templates that Meta paces.
    #[serde(deserialize_with = "lenient::text")]
    pub message_status: Option<String>,
}

/// The recipient as Meta resolved it: `wa_id` can differ from the number that we sent to (Brazil, Mexico).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SentContact {
    #[serde(deserialize_with = "lenient::text")]
    pub wa_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub user_id: Option<String>,
}

/// The current URL of a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MediaAnswer {
    #[serde(deserialize_with = "lenient::part")]
    pub error: Option<WireMetaError>,
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub mime_type: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub sha256: Option<String>,
    /// A string in Meta's documentation, a number in real responses.
    #[serde(deserialize_with = "lenient::int")]
    pub file_size: Option<i64>,
}
