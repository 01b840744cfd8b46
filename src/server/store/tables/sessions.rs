//! Sessions: the hash of a cookie's token, and its expiry. The token itself is not stored.

use sqlx::FromRow;

use super::{Result, Tx, db::on};
use crate::domain::{
    ids::{AgentId, TenantId},
    time::Timestamp,
};

#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    #[sqlx(try_from = "String")]
    pub tenant_id: TenantId,
    #[sqlx(try_from = "String")]
    pub agent_id: AgentId,
    pub expires_at: i64,
}

pub async fn insert(
    tx: &mut Tx,
    token_hash: &str,
    tenant: &TenantId,
    agent: &AgentId,
    now: Timestamp,
    expires: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO sessions (token_hash, tenant_id, agent_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(token_hash).bind(tenant.as_str()).bind(agent.as_str()).bind(now.0).bind(expires.0)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The session, unless it has expired.
pub async fn find(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<SessionRow>> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT tenant_id, agent_id, expires_at FROM sessions WHERE token_hash = $1 AND expires_at > $2")
        .bind(token_hash).bind(now.0).fetch_optional(c).await)?)
}

pub async fn renew(tx: &mut Tx, token_hash: &str, expires: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE sessions SET expires_at = $2 WHERE token_hash = $1")
        .bind(token_hash).bind(expires.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, token_hash: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(token_hash).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes all sessions of an agent, as for a new password.
pub async fn remove_of(tx: &mut Tx, agent: &AgentId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM sessions WHERE agent_id = $1")
        .bind(agent.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}
