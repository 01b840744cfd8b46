//! The team.

use leptos::prelude::*;

use crate::contract::{Result, team::TeamMember};

#[server(endpoint = "team")]
pub async fn read_team() -> Result<Vec<TeamMember>> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.team(call.tenant()).await?)
}
