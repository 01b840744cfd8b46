//! What messages cost: the report of a month, and the price of the next message.

use leptos::prelude::*;

use crate::{
    contract::{
        Result,
        cost::{CostList, CostPage},
    },
    domain::{
        ids::{ChannelId, ConversationId},
        report::cost::next::NextPrice,
    },
};

/// The costs of a month such as `2026-03`; without one, of the current month.
#[server(endpoint = "cost")]
pub async fn read_cost(month: Option<String>, channel: Option<ChannelId>) -> Result<CostPage> {
    let call = crate::server::http::agent().await?;
    let costs = call.service::<crate::server::reports::cost::Costs>()?;
    Ok(costs.read_cost(&call.caller, month.as_deref(), channel.as_ref()).await?)
}

/// The messages behind a number. The query is that of the page's address.
#[server(endpoint = "cost_list")]
pub async fn read_cost_list(query: String) -> Result<CostList> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::reports::cost::Costs>()?.read_cost_list(&call.caller, &query).await?)
}

/// What the next reply to a customer will cost.
#[server(endpoint = "next_price")]
pub async fn read_next_price(id: ConversationId) -> Result<NextPrice> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::reports::cost::Costs>()?.next_price(&call.caller, &id).await?)
}
