//! Messages that an agent fills in a form for.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::Result,
    domain::{
        ids::{ConversationId, MessageId},
        message::composed::ComposedMessage,
    },
};

/// Sends what is filled in. The page makes one `client_id` per message: a repeated call with the same one sends nothing.
#[server(endpoint = "send_composed", input = Json)]
pub async fn send_composed(
    id: ConversationId,
    client_id: String,
    form: ComposedMessage,
    quote: Option<MessageId>,
) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.send_composed(&call.caller, &id, &client_id, &form, quote.as_ref()).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}
