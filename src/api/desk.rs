//! Reads the desk: the snapshot, and further pages of a group.

use leptos::prelude::*;

use crate::{
    contract::{Result, desk::Calls},
    domain::desk::{Desk, Filter, Group, Key, Range},
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
