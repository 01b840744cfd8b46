//! Devices: the browsers in which an agent has signed in before. As with sessions, only the hash of the cookie's token is
//! stored.

use super::{Result, Tx, db::on};
use crate::domain::{
    ids::{AgentId, TenantId},
    time::Timestamp,
};

/// The agent who signed in last with this device, if that was after `since`.
pub async fn agent_of(tx: &mut Tx, token_hash: &str, since: Timestamp) -> Result<Option<AgentId>> {
    let agent: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT agent_id FROM devices WHERE token_hash = $1 AND used_at > $2")
        .bind(token_hash).bind(since.0).fetch_optional(c).await)?;
    Ok(agent.map(AgentId::from))
}

/// Adds a device, or notes that it was used again.
pub async fn save(tx: &mut Tx, token_hash: &str, tenant: &TenantId, agent: &AgentId, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO devices (token_hash, tenant_id, agent_id, used_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (token_hash) DO UPDATE SET used_at = excluded.used_at")
        .bind(token_hash).bind(tenant.as_str()).bind(agent.as_str()).bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes the devices of an agent except the `most` that were used last.
pub async fn keep_newest(tx: &mut Tx, agent: &AgentId, most: i64) -> Result<()> {
    on!(tx, c => sqlx::query(
        "DELETE FROM devices WHERE agent_id = $1 AND token_hash NOT IN
            (SELECT token_hash FROM devices WHERE agent_id = $1 ORDER BY used_at DESC, token_hash LIMIT $2)")
        .bind(agent.as_str()).bind(most).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes all devices of an agent, as for a new password.
pub async fn remove_of(tx: &mut Tx, agent: &AgentId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM devices WHERE agent_id = $1")
        .bind(agent.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes the devices that were last used at `since` or before, except those that another transaction is removing.
pub async fn sweep(tx: &mut Tx, since: Timestamp) -> Result<()> {
    let skip_locked = tx.skip_locked();
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(format!(
        "DELETE FROM devices WHERE token_hash IN (SELECT token_hash FROM devices WHERE used_at <= $1 {skip_locked})")))
        .bind(since.0).execute(c).await.map(|_| ()))?;
    Ok(())
}
