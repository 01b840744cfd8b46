//! Secrets that tools and flows reference by name. Their values are write-only.

use leptos::prelude::*;

use crate::contract::Result;

/// Creates a secret, or replaces value and servers of the existing one.
#[server(endpoint = "secret_set")]
pub async fn secret_set(name: String, hosts: String, value: String) -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .secret_set(call.tenant(), by, &name, &hosts, &value)
        .await?)
}

#[server(endpoint = "secret_remove")]
pub async fn secret_remove(name: String) -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.secret_remove(call.tenant(), by, &name).await?)
}
