//! Blocking customers. Meta's errors are per user, beside a summary of the whole call.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{
    Credentials, Gateway, call,
    send::{SendError, international},
    wire::{event::WireMetaError, lenient},
};
use crate::domain::{block::BlockAct, message::outgoing::Recipient};

#[derive(Debug, Serialize)]
struct BlockRequest<'a> {
    messaging_product: &'static str,
    block_users: [BlockedUser<'a>; 1],
}

/// A number has another field than a user id.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum BlockedUser<'a> {
    User(String),
    UserId(&'a str),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BlockResponse {
    #[serde(deserialize_with = "lenient::part")]
    error: Option<WireMetaError>,
    #[serde(deserialize_with = "lenient::part")]
    block_users: Option<UserLists>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UserLists {
    #[serde(deserialize_with = "lenient::list")]
    failed_users: Vec<FailedUser>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FailedUser {
    #[serde(deserialize_with = "lenient::list")]
    errors: Vec<WireMetaError>,
}

impl Gateway {
    /// Blocks or unblocks one customer on a number. Meta accepts blocks of people who wrote within 24 hours, and a call
    /// may be repeated.
    pub async fn set_blocked(
        &self,
        credentials: &Credentials,
        user: &Recipient,
        act: BlockAct,
    ) -> Result<(), SendError> {
        let method = match act {
            BlockAct::Block => Method::POST,
            BlockAct::Unblock => Method::DELETE,
        };
        let user = match user {
            Recipient::Phone(phone) => BlockedUser::User(international(phone)),
            Recipient::UserId(id) => BlockedUser::UserId(id),
        };
        let body = BlockRequest { messaging_product: "whatsapp", block_users: [user] };
        let url = call::address(&self.base, &[&credentials.phone_number_id, "block_users"], credentials)?;
        let request = self.client.request(method, url).bearer_auth(credentials.token.expose()).json(&body);
        let raw = call::make(request).await?;
        let foreign = || SendError::unanswered(raw.status);
        let answer: BlockResponse = serde_json::from_slice(&raw.body).map_err(|_| foreign())?;
        let lists = answer.block_users.unwrap_or_default();
        let of_user = lists.failed_users.into_iter().flat_map(|user| user.errors).next();
        // The summary says only that some users failed.
        if let Some(refusal) = of_user.or(answer.error) {
            return Err(SendError::refused(refusal, raw.status).unwrap_or_else(foreign));
        }
        if (200..300).contains(&raw.status) { Ok(()) } else { Err(foreign()) }
    }
}
