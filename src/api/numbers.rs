//! The WhatsApp numbers, as admins see them.

use leptos::prelude::*;

use crate::contract::{Result, numbers::NumberRow};

#[server(endpoint = "numbers")]
pub async fn read_numbers() -> Result<Vec<NumberRow>> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::live::Live>()?.numbers(call.tenant()).await?)
}
