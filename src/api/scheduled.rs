//! Replies that wait before they are sent.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::{Result, conversation::LaterReply, templates::TemplateSend},
    domain::{
        ids::{ConversationId, ScheduledId},
        scheduled::{ScheduledMessage, SendChoice},
    },
};

/// Keeps a reply and sends it as its choice says. `None`: a repeated call, whose message is sent.
#[server(endpoint = "schedule_reply", input = Json)]
pub async fn schedule_reply(id: ConversationId, reply: LaterReply) -> Result<Option<ScheduledMessage>> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let written = crate::server::conversations::agent::NewReply {
        client_id: &reply.client_id,
        kind: reply.kind,
        body: &reply.body,
        quote: reply.quote.as_ref(),
        draft: reply.draft,
        file: reply.file.as_ref(),
    };
    let done = conversations.schedule_reply(&call.caller, &id, written, reply.choice).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Keeps a filled template and sends it as its choice says, whether the 24-hour window is open or closed.
#[server(endpoint = "schedule_template", input = Json)]
pub async fn schedule_template(
    id: ConversationId,
    send: TemplateSend,
    choice: SendChoice,
) -> Result<Option<ScheduledMessage>> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let template = crate::server::conversations::agent::NewTemplate {
        client_id: &send.client_id,
        template: &send.template,
        revision: send.revision,
        values: &send.values,
    };
    let done = conversations.schedule_template(&call.caller, &id, template, choice).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Takes back a message that waits. The page puts its text back into the composer, or not.
#[server(endpoint = "cancel_scheduled")]
pub async fn cancel_scheduled(id: ConversationId, scheduled: ScheduledId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.cancel_scheduled(&call.caller, &id, &scheduled).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Sends a message that waits at once.
#[server(endpoint = "send_scheduled")]
pub async fn send_scheduled(id: ConversationId, scheduled: ScheduledId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.send_scheduled_now(&call.caller, &id, &scheduled).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}
