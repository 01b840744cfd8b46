//! The prices of WhatsApp's messages.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::{Result, prices::Prices},
    domain::prices::PriceList,
};

#[server(endpoint = "prices")]
pub async fn read_prices() -> Result<Prices> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.read_prices(call.tenant()).await?)
}

/// Replaces the list that was saved as `revision`, and returns the new revision.
#[server(endpoint = "prices_save", input = Json)]
pub async fn prices_save(revision: i64, list: PriceList) -> Result<i64> {
    let call = crate::server::http::admin().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.prices_save(call.tenant(), call.initiator(), revision, list).await?)
}
