//! What agents pick when they close a conversation.

use leptos::prelude::*;

use crate::{
    contract::{Result, flow::MoveDirection, outcomes::Outcomes},
    domain::{ids::OutcomeId, outcome::OutcomeRule},
};

#[server(endpoint = "outcomes")]
pub async fn read_outcomes() -> Result<Outcomes> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.read_outcomes(call.tenant()).await?)
}

#[server(endpoint = "outcome_add")]
pub async fn outcome_add(name: String) -> Result<()> {
    let call = crate::server::http::admin().await?;
    call.service::<crate::server::settings::Settings>()?.outcome_add(call.tenant(), call.initiator(), &name).await?;
    Ok(())
}

/// `seen` is the name on the screen.
#[server(endpoint = "outcome_rename")]
pub async fn outcome_rename(id: OutcomeId, seen: String, name: String) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.outcome_rename(call.tenant(), call.initiator(), &id, &seen, &name).await?)
}

#[server(endpoint = "outcome_move")]
pub async fn outcome_move(id: OutcomeId, way: MoveDirection) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .outcome_move(call.tenant(), call.initiator(), &id, way)
        .await?)
}

/// Closed conversations keep it.
#[server(endpoint = "outcome_archive")]
pub async fn outcome_archive(id: OutcomeId) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .outcome_archive(call.tenant(), call.initiator(), &id)
        .await?)
}

#[server(endpoint = "outcome_rule_save")]
pub async fn outcome_rule_save(rule: OutcomeRule) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .outcome_rule_save(call.tenant(), call.initiator(), rule)
        .await?)
}
