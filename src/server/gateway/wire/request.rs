//! What we post to Meta. What can be tapped stands in `offer.rs`.

use serde::Serialize;

use super::offer::Interactive;

#[derive(Debug, Serialize)]
pub struct SendRequest<'a> {
    pub messaging_product: &'static str,
    pub recipient_type: &'static str,
    /// With `+` always: without it Meta puts the business's own country code in front, and a stranger gets the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context<'a>>,
    pub biz_opaque_callback_data: &'a str,
    #[serde(flatten)]
    pub body: Body<'a>,
}

#[derive(Debug, Serialize)]
pub struct Context<'a> {
    pub message_id: &'a str,
}

/// `type` and the object of that name.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body<'a> {
    Text { text: TextBody<'a> },
    Image { image: FileBody<'a> },
    Video { video: FileBody<'a> },
    Audio { audio: FileBody<'a> },
    Document { document: FileBody<'a> },
    Interactive { interactive: Interactive<'a> },
}

/// A file that Meta fetches itself.
#[derive(Debug, Serialize)]
pub struct FileBody<'a> {
    pub link: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct TextBody<'a> {
    pub body: &'a str,
    pub preview_url: bool,
}

/// Blue ticks, and the three dots with them if asked for: Meta has no dots without ticks.
#[derive(Debug, Serialize)]
pub struct ReadRequest<'a> {
    pub messaging_product: &'static str,
    pub status: &'static str,
    pub message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typing_indicator: Option<TypingIndicator>,
}

#[derive(Debug, Serialize)]
pub struct TypingIndicator {
    #[serde(rename = "type")]
    pub kind: &'static str,
}
