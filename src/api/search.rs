//! Search: results for the list, and the hits in an open conversation.

use leptos::prelude::*;

use crate::{
    contract::{
        Result,
        search::{SearchCursor, SearchPage, ThreadHit},
    },
    domain::{desk::Filter, ids::ConversationId},
};

/// A page of results of the filter's search text, of the conversations that the filter shows.
#[server(endpoint = "search")]
pub async fn read_results(filter: Filter, #[server(default)] after: Option<SearchCursor>) -> Result<SearchPage> {
    let call = crate::server::http::agent().await?;
    let live = call.service::<crate::server::live::Live>()?;
    Ok(live.search(&call.caller, &filter, after, call.context().zone().as_deref()).await?)
}

/// The messages of a conversation in which `typed` is found, newest first.
#[server(endpoint = "search_thread")]
pub async fn read_thread_hits(id: ConversationId, typed: String) -> Result<Vec<ThreadHit>> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::live::Live>()?.search_thread(&call.caller, &id, &typed).await?)
}
