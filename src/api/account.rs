//! The caller's own account: password and sessions.

use leptos::prelude::*;

use crate::{
    contract::{Result, account::OwnSession},
    domain::ids::SessionId,
};

/// The caller's sessions, the last used first.
#[server(endpoint = "own_sessions")]
pub async fn own_sessions() -> Result<Vec<OwnSession>> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.own_sessions(&call.caller).await?)
}

/// Ends one of the caller's sessions.
#[server(endpoint = "session_end")]
pub async fn session_end(id: SessionId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let accounts = call.service::<crate::server::accounts::Accounts>()?;
    let ended = accounts.session_end(&call.caller, call.context().address(), &id).await?;
    ended.ok_or(crate::contract::ApiError::NotFound)
}

/// Ends the caller's sessions except this one.
#[server(endpoint = "other_sessions_end")]
pub async fn other_sessions_end() -> Result<()> {
    let call = crate::server::http::agent().await?;
    let accounts = call.service::<crate::server::accounts::Accounts>()?;
    Ok(accounts.other_sessions_end(&call.caller, call.context().address()).await?)
}

/// Sets a new password. The caller's other sessions end.
#[server(endpoint = "password_change")]
pub async fn password_change(current: String, new: String) -> Result<()> {
    crate::server::http::session::password_change(current, new).await
}

/// Takes the caller's password again, for acts that need it.
#[server(endpoint = "password_confirm")]
pub async fn password_confirm(password: String) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let accounts = call.service::<crate::server::accounts::Accounts>()?;
    Ok(accounts.password_confirm(&call.caller, call.context().address(), password).await?)
}

/// Stops asking for a longer password in this session.
#[server(endpoint = "dismiss_short_password")]
pub async fn dismiss_short_password() -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.dismiss_short_password(&call.caller).await?)
}
