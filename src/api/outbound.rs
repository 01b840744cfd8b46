//! New conversations that agents begin: what their page shows, the templates of a number, and sending the first message.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::{
        Result,
        outbound::{FirstMessage, OutboundPage},
        templates::TemplatePicker,
    },
    domain::ids::{ChannelId, ConversationId, CustomerId},
};

/// The numbers, the customer of the conversation that the page names, and first messages that failed.
#[server(endpoint = "outbound")]
pub async fn read_outbound(from: Option<ConversationId>) -> Result<OutboundPage> {
    let call = crate::server::http::agent().await?;
    let live = call.service::<crate::server::live::Live>()?;
    Ok(live.outbound(&call.caller, from.as_ref()).await?)
}

/// The templates of a number, for a customer or somebody who is not known yet. Reads them from WhatsApp first if that was
/// not done for some minutes.
#[server(endpoint = "first_templates")]
pub async fn read_first_templates(channel: ChannelId, customer: Option<CustomerId>) -> Result<TemplatePicker> {
    let call = crate::server::http::agent().await?;
    let templates = call.service::<crate::server::templates::Templates>()?;
    Ok(templates.first_picker(&call.caller, &channel, customer.as_ref()).await?)
}

/// Begins a conversation with a template. An open one of the same customer is named in the error.
#[server(endpoint = "begin_conversation", input = Json)]
pub async fn begin_conversation(first: FirstMessage) -> Result<ConversationId> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let template = crate::server::conversations::agent::NewTemplate {
        client_id: &first.template.client_id,
        template: &first.template.template,
        revision: first.template.revision,
        values: &first.template.values,
    };
    let new = crate::server::conversations::agent::NewConversation {
        channel: &first.channel,
        to: &first.to,
        opt_in: &first.opt_in,
        template,
    };
    crate::server::http::error::begun(conversations.begin(&call.caller, new).await)
}
