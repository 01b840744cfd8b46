//! Thread control of Conversation Routing: taking a customer from another app of the number, passing one on, releasing
//! one. Meta confirms with the product's name alone, and its webhooks tell the other app only.

use serde::{Deserialize, Serialize};

use super::{
    Credentials, Gateway, call,
    send::{SendError, international},
    wire::{event::WireMetaError, lenient},
};
use crate::domain::{
    message::outgoing::Recipient,
    thread_control::{ControlRequest, ResponderRole},
};

#[derive(Debug, Serialize)]
struct ThreadControlBody<'a> {
    messaging_product: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// The user id of a customer who hides the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<&'a str>,
    action: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    metadata: &'a str,
    /// Without it, a pass goes to the escalation partner, which is us.
    #[serde(skip_serializing_if = "Option::is_none")]
    control_pass: Option<PassTarget>,
}

#[derive(Debug, Serialize)]
struct PassTarget {
    target_role: &'static str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ThreadControlResponse {
    #[serde(deserialize_with = "lenient::part")]
    error: Option<WireMetaError>,
}

impl Gateway {
    /// Takes, passes or releases one customer of a number, once. A pass goes to Meta's AI agent, the only target that
    /// Meta documents. `note` is for the app that gets the customer, at most 2,000 characters.
    ///
    /// # Errors
    /// After [`SendError::Ambiguous`] only later webhooks show who answers the customer.
    pub async fn thread_control(
        &self,
        credentials: &Credentials,
        user: &Recipient,
        request: ControlRequest,
        note: &str,
    ) -> Result<(), SendError> {
        let (to, recipient) = match user {
            Recipient::Phone(phone) => (Some(international(phone)), None),
            Recipient::UserId(id) => (None, Some(id.as_str())),
        };
        let control_pass = match request {
            ControlRequest::Pass => Some(PassTarget { target_role: ResponderRole::AiAgent.as_str() }),
            ControlRequest::Take | ControlRequest::Release => None,
        };
        let body = ThreadControlBody {
            messaging_product: "whatsapp",
            to,
            recipient,
            action: request.as_str(),
            metadata: note,
            control_pass,
        };
        let url = call::address(&self.base, &[&credentials.phone_number_id, "thread_control"], credentials)?;
        let call = self.client.post(url).bearer_auth(credentials.token.expose()).json(&body);
        let raw = call::make(call).await?;
        let foreign = || SendError::unanswered(raw.status);
        let answer: ThreadControlResponse = serde_json::from_slice(&raw.body).map_err(|_| foreign())?;
        if let Some(refusal) = answer.error {
            return Err(SendError::refused(refusal, raw.status).unwrap_or_else(foreign));
        }
        if (200..300).contains(&raw.status) { Ok(()) } else { Err(foreign()) }
    }
}
