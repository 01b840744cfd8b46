//! Sign-in and sign-out, and the signed-in user.

use leptos::prelude::*;

use crate::{
    contract::{Result, session::Viewer},
    domain::alert::AlertKind,
};

/// Signs in and redirects to `next` (a path of this site) or the desk. Also works as a plain form, without JavaScript.
#[server(endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<()> {
    crate::server::http::session::sign_in(email, password, next).await
}

/// Takes the code of the second factor after the right password, and redirects as `sign_in`. Also works as a plain form.
#[server(endpoint = "sign_in_code")]
pub async fn sign_in_code(code: String, next: Option<String>) -> Result<()> {
    crate::server::http::session::sign_in_code(code, next).await
}

/// Ends the session and its live streams.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<()> {
    crate::server::http::session::sign_out().await
}

/// The signed-in user; `None` when signed out. Needs no authorisation: it only reads the caller's own cookie.
#[server(endpoint = "viewer")]
pub async fn read_viewer() -> Result<Option<Viewer>> {
    crate::server::http::session::viewer().await
}

/// Renews the session while the user is active on an open desk.
#[server(endpoint = "keep_alive")]
pub async fn keep_alive() -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.renew(&call.caller).await?)
}

/// Sets the caller to away or back to available.
#[server(endpoint = "set_away")]
pub async fn set_away(away: bool) -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.set_away(&call.caller, away).await?)
}

/// Turns alert sounds off or on.
#[server(endpoint = "set_muted")]
pub async fn set_muted(muted: bool) -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.set_muted(&call.caller, muted).await?)
}

/// Sets how long the caller can undo a close or a return to the bot. Fails for other times than 8, 20 and 60 seconds.
#[server(endpoint = "set_undo_time")]
pub async fn set_undo_time(seconds: i64) -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.set_undo_time(&call.caller, seconds).await?)
}

/// Sets for how many seconds the caller's messages can be taken back before they are sent. Fails for others than 0, 5, 10
/// and 20.
#[server(endpoint = "set_send_delay")]
pub async fn set_send_delay(seconds: i64) -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.set_send_delay(&call.caller, seconds).await?)
}

/// Turns single-key shortcuts and typing to reply on or off.
#[server(endpoint = "set_typing_keys")]
pub async fn set_typing_keys(typing_keys: bool) -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.set_typing_keys(&call.caller, typing_keys).await?)
}

/// Makes the rows of the caller's list compact, or comfortable again.
#[server(endpoint = "set_compact_list")]
pub async fn set_compact_list(compact: bool) -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.set_compact_list(&call.caller, compact).await?)
}

/// Turns the sound and the notification of a kind of alert on or off.
#[server(endpoint = "set_alert")]
pub async fn set_alert(kind: AlertKind, heard: bool) -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.set_alert(&call.caller, kind, heard).await?)
}
