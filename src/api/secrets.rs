//! Secrets that tools and flows use by name. Values go in and never come out.

use leptos::prelude::*;

use crate::contract::Result;

/// Sets a secret, or gives the one of that name another value.
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
