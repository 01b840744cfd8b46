//! Signing in and out, and who is looking.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::Result;
use crate::domain::{access::Role, ids::AgentId};

/// The signed-in person, as the page needs them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub agent: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub tenant_name: String,
    /// Set to away: not counted as online, not called.
    pub away: bool,
    /// The sound is off.
    pub muted: bool,
    /// The tenant's zone, for days before the browser has told its own.
    pub zone: String,
}

/// Signs in and sends the browser to `next` (a path of ours) or the desk. Also works as a plain form.
#[server(endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<()> {
    crate::server::accounts::sign_in::sign_in(email, password, next).await
}

/// Ends the session and its live streams.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<()> {
    crate::server::accounts::sign_in::sign_out().await
}

/// Who is looking; `None` when signed out. Needs no rights: it only reads the caller's own cookie.
#[server(endpoint = "viewer")]
pub async fn read_viewer() -> Result<Option<Viewer>> {
    crate::server::accounts::session::viewer().await
}

/// Renews the session while a person is active at an open desk.
#[server(endpoint = "keep_alive")]
pub async fn keep_alive() -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::accounts::session::renew(&agent).await
}

/// Goes away or comes back.
#[server(endpoint = "set_away")]
pub async fn set_away(away: bool) -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::accounts::availability::set_away(&agent, away).await
}

/// Turns the sound off or on.
#[server(endpoint = "set_muted")]
pub async fn set_muted(muted: bool) -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::accounts::availability::set_muted(&agent, muted).await
}
