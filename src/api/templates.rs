//! Templates: what the picker of a conversation lists, and sending one.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::{
        Result,
        templates::{TemplatePicker, TemplateSend},
    },
    domain::ids::ConversationId,
};

/// The templates of the conversation's number. Reads them from WhatsApp first if that was not done for some minutes.
#[server(endpoint = "templates")]
pub async fn read_templates(id: ConversationId) -> Result<TemplatePicker> {
    let call = crate::server::http::agent().await?;
    let templates = call.service::<crate::server::templates::Templates>()?;
    Ok(templates.picker(&call.caller, &id).await?)
}

/// Sends a template to the customer of the caller's own conversation, whether the 24-hour window is open or closed.
#[server(endpoint = "send_template", input = Json)]
pub async fn send_template(id: ConversationId, send: TemplateSend) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let template = crate::server::conversations::agent::NewTemplate {
        client_id: &send.client_id,
        template: &send.template,
        revision: send.revision,
        values: &send.values,
    };
    let done = conversations.send_template(&call.caller, &id, template).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}
