//! Second factors: the caller's own, and those of the team.

use leptos::prelude::*;

use crate::{
    contract::{
        Result,
        second_factor::{NewFactor, OwnFactor, RecoveryCodes, TeamFactors},
    },
    domain::{ids::AgentId, second_factor::FactorRule},
};

/// The caller's own second factor.
#[server(endpoint = "second_factor")]
pub async fn read_second_factor() -> Result<OwnFactor> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.second_factor(&call.caller).await?)
}

/// Makes a new secret for the caller. It is shown once, and asked for once its first code was entered.
#[server(endpoint = "second_factor_begin")]
pub async fn second_factor_begin() -> Result<NewFactor> {
    let (call, by) = crate::server::http::confirmed_owner().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.second_factor_begin(by).await?)
}

/// Takes the first code of the new secret. Returns recovery codes, which are shown once.
#[server(endpoint = "second_factor_confirm")]
pub async fn second_factor_confirm(code: String) -> Result<RecoveryCodes> {
    let call = crate::server::http::factor_owner().await?;
    let accounts = call.service::<crate::server::accounts::Accounts>()?;
    Ok(accounts.second_factor_confirm(&call.caller, call.context().address(), &code).await?)
}

/// Makes new recovery codes for the caller. Those of before are invalid.
#[server(endpoint = "recovery_codes_renew")]
pub async fn recovery_codes_renew() -> Result<RecoveryCodes> {
    let (call, by) = crate::server::http::confirmed_agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.recovery_codes_renew(by).await?)
}

/// Removes the caller's second factor, unless the tenant requires one.
#[server(endpoint = "second_factor_remove")]
pub async fn second_factor_remove() -> Result<()> {
    let (call, by) = crate::server::http::confirmed_agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.second_factor_remove(by).await?)
}

/// Stops telling that this session began with a recovery code.
#[server(endpoint = "dismiss_recovery_code")]
pub async fn dismiss_recovery_code() -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.dismiss_recovery_code(&call.caller).await?)
}

/// Who of the team has a second factor, and whether everyone needs one.
#[server(endpoint = "team_factors")]
pub async fn read_team_factors() -> Result<TeamFactors> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.team_factors(call.tenant()).await?)
}

/// Sets whether every member needs a second factor.
#[server(endpoint = "factor_rule_save")]
pub async fn factor_rule_save(rule: FactorRule) -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.factor_rule_save(&call.caller, by, rule).await?)
}

/// Removes the second factor of a member, whose sessions end.
#[server(endpoint = "member_factor_remove")]
pub async fn member_factor_remove(member: AgentId) -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    Ok(call.service::<crate::server::accounts::Accounts>()?.member_factor_remove(&call.caller, by, &member).await?)
}
