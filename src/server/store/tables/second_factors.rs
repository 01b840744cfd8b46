//! Second factors of agents: the encrypted secret, and which of its codes were used. An agent has at most one that is
//! confirmed, and one whose first code is awaited. What a tenant requires is in `tenants`.

use sqlx::FromRow;

use super::{Result, Tx, db::on};
use crate::domain::{
    ids::{AgentId, FactorId, TenantId},
    second_factor::TimeStep,
    time::Timestamp,
};

#[derive(Clone, Debug, FromRow)]
pub struct FactorRow {
    #[sqlx(try_from = "String")]
    pub id: FactorId,
    #[sqlx(try_from = "String")]
    pub tenant_id: TenantId,
    #[sqlx(try_from = "String")]
    pub agent_id: AgentId,
    /// Encrypted.
    pub secret: Vec<u8>,
    pub created_at: i64,
    /// When its first code was entered.
    pub confirmed_at: Option<i64>,
}

const COLUMNS: &str = "SELECT id, tenant_id, agent_id, secret, created_at, confirmed_at FROM second_factors";

/// Replaces the factor whose first code is awaited.
pub async fn save_pending(tx: &mut Tx, row: &FactorRow) -> Result<()> {
    on!(tx, c => sqlx::query(
        "DELETE FROM second_factors WHERE tenant_id = $1 AND agent_id = $2 AND confirmed_at IS NULL")
        .bind(row.tenant_id.as_str()).bind(row.agent_id.as_str()).execute(c).await.map(|_| ()))?;
    on!(tx, c => sqlx::query(
        "INSERT INTO second_factors (id, tenant_id, agent_id, secret, created_at, confirmed_at, last_step)
         VALUES ($1, $2, $3, $4, $5, NULL, 0)")
        .bind(row.id.as_str()).bind(row.tenant_id.as_str()).bind(row.agent_id.as_str())
        .bind(row.secret.as_slice()).bind(row.created_at)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The agent's factor, for which sign-ins ask.
pub async fn confirmed(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Option<FactorRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND agent_id = $2 AND confirmed_at IS NOT NULL")))
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_optional(c).await)?)
}

/// The factor whose first code is awaited.
pub async fn pending(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Option<FactorRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND agent_id = $2 AND confirmed_at IS NULL")))
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_optional(c).await)?)
}

/// The agents of a tenant who have a factor.
pub async fn agents_with(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<AgentId>> {
    let agents: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT agent_id FROM second_factors WHERE tenant_id = $1 AND confirmed_at IS NOT NULL")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    Ok(agents.into_iter().map(AgentId::from).collect())
}

/// Whether an agent must set up a factor before anything else, in a session that began at `begun`: the tenant required
/// one by then, and the agent has none.
pub async fn is_owed(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, begun: Timestamp) -> Result<bool> {
    let owed: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM tenants WHERE id = $1 AND second_factor_since <= $3 AND NOT EXISTS
            (SELECT 1 FROM second_factors WHERE tenant_id = $1 AND agent_id = $2 AND confirmed_at IS NOT NULL)")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(begun.0).fetch_one(c).await)?;
    Ok(owed > 0)
}

/// The first code, of `step`, was entered: sign-ins ask for this factor from now on.
pub async fn confirm(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &FactorId,
    TimeStep(step): TimeStep,
    now: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE second_factors SET confirmed_at = $4, last_step = $3
         WHERE tenant_id = $1 AND id = $2 AND confirmed_at IS NULL")
        .bind(tenant.as_str()).bind(id.as_str()).bind(step).bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Uses up the code of a step. Returns whether it was not used before, and no later one either.
pub async fn use_step(tx: &mut Tx, tenant: &TenantId, id: &FactorId, TimeStep(step): TimeStep) -> Result<bool> {
    let used = on!(tx, c => sqlx::query(
        "UPDATE second_factors SET last_step = $3
         WHERE tenant_id = $1 AND id = $2 AND confirmed_at IS NOT NULL AND last_step < $3")
        .bind(tenant.as_str()).bind(id.as_str()).bind(step).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(used > 0)
}

/// Removes the agent's confirmed factor. Returns whether there was one.
pub async fn remove_confirmed(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<bool> {
    let removed = on!(tx, c => sqlx::query(
        "DELETE FROM second_factors WHERE tenant_id = $1 AND agent_id = $2 AND confirmed_at IS NOT NULL")
        .bind(tenant.as_str()).bind(agent.as_str()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(removed > 0)
}

/// The factors of all tenants in the order of their ids, for the rotation of the key.
pub async fn after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<FactorRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id > $1 ORDER BY id LIMIT $2")))
        .bind(id).bind(most).fetch_all(c).await)?)
}

/// Replaces the encrypted secret, unless it is no longer that of `row`.
pub async fn reseal(tx: &mut Tx, row: &FactorRow, sealed: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE second_factors SET secret = $4 WHERE tenant_id = $1 AND id = $2 AND secret = $3")
        .bind(row.tenant_id.as_str()).bind(row.id.as_str()).bind(row.secret.as_slice()).bind(sealed)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}
