//! Recovery codes: each signs its agent in once, in place of a code of the authenticator app. Only hashes are stored.

use super::{Result, Tx, db::on};
use crate::domain::{
    ids::{AgentId, TenantId},
    time::Timestamp,
};

/// Replaces the codes of an agent.
pub async fn replace(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, hashes: &[String]) -> Result<()> {
    remove_of(tx, tenant, agent).await?;
    for hash in hashes {
        on!(tx, c => sqlx::query(
            "INSERT INTO recovery_codes (tenant_id, agent_id, code_hash, used_at) VALUES ($1, $2, $3, NULL)")
            .bind(tenant.as_str()).bind(agent.as_str()).bind(hash.as_str()).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Uses up a code. Returns whether the agent has it and it was not used before.
pub async fn consume(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, hash: &str, now: Timestamp) -> Result<bool> {
    let used = on!(tx, c => sqlx::query(
        "UPDATE recovery_codes SET used_at = $4
         WHERE tenant_id = $1 AND agent_id = $2 AND code_hash = $3 AND used_at IS NULL")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(hash).bind(now.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(used > 0)
}

/// How many codes of an agent were not used yet.
pub async fn left(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<i64> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM recovery_codes WHERE tenant_id = $1 AND agent_id = $2 AND used_at IS NULL")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_one(c).await)?)
}

/// Removes all codes of an agent.
pub async fn remove_of(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM recovery_codes WHERE tenant_id = $1 AND agent_id = $2")
        .bind(tenant.as_str()).bind(agent.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}
