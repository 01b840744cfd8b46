//! Reads the desk: the snapshot, and further pages of a group; and what concerns all conversations of the caller.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::{Result, desk::Calls},
    domain::{
        desk::{Desk, Filter, Group, Key, Range},
        ids::ConversationId,
    },
};

/// The first page of every group under `filter`.
#[server(endpoint = "desk")]
pub async fn read_desk(filter: Filter) -> Result<Desk> {
    let call = crate::server::http::agent().await?;
    let live = call.service::<crate::server::live::Live>()?;
    Ok(live.desk(&call.caller, filter, call.context().zone().as_deref()).await?)
}

/// The page of `group` below `after`.
#[server(endpoint = "desk_more")]
pub async fn read_more(filter: Filter, group: Group, after: Key) -> Result<Range> {
    let call = crate::server::http::agent().await?;
    let live = call.service::<crate::server::live::Live>()?;
    Ok(live.more(&call.caller, filter, group, &after, call.context().zone().as_deref()).await?)
}

/// Waiting handoffs, the caller's pending endings, counts, presence and the filter's options, for the layout.
#[server(endpoint = "calls")]
pub async fn read_calls() -> Result<Calls> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::live::Live>()?.calls(&call.caller).await?)
}

/// Releases all conversations of the caller, who goes away or signs out. Returns how many there were.
#[server(endpoint = "release_all")]
pub async fn release_all() -> Result<usize> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    Ok(conversations.release_all(&call.caller).await?)
}

/// The caller has read that these conversations were returned to Unassigned.
#[server(endpoint = "dismiss_returned", input = Json)]
pub async fn dismiss_returned(conversations: Vec<ConversationId>) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let service = call.service::<crate::server::conversations::Conversations>()?;
    Ok(service.dismiss_returned(&call.caller, &conversations).await?)
}
