//! Secrets that tools and flows reference by name. Their values are write-only.

use leptos::prelude::*;

use crate::contract::Result;

/// Creates a secret, or replaces the value of the existing one.
#[server(endpoint = "secret_set")]
pub async fn secret_set(name: String, value: String) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .secret_set(call.tenant(), call.actor(), &name, &value)
        .await?)
}

#[server(endpoint = "secret_remove")]
pub async fn secret_remove(name: String) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.secret_remove(call.tenant(), call.actor(), &name).await?)
}
