//! Sessions: the hash of a cookie's token, what its agent sees of it, and its two ends: it expires unless it is renewed,
//! and however often it is renewed, it ends some time after its beginning. The token itself is not stored.

use sqlx::FromRow;

use super::{Result, Tx, db::on};
use crate::domain::{
    ids::{AgentId, SessionId, TenantId},
    time::{Span, Timestamp},
};

#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    #[sqlx(try_from = "String")]
    pub id: SessionId,
    #[sqlx(try_from = "String")]
    pub tenant_id: TenantId,
    #[sqlx(try_from = "String")]
    pub agent_id: AgentId,
    pub created_at: i64,
    pub expires_at: i64,
    /// When the password was last entered in it.
    pub authenticated_at: i64,
    /// When it began, or was last renewed.
    pub used_at: i64,
    /// From where the agent signed in.
    pub address: Option<String>,
    pub user_agent: String,
    /// The agent has a password that is too short for a new one, and has not dismissed the question for another.
    pub short_password: bool,
    /// It began with a recovery code, and the agent has not dismissed the notice about it.
    pub recovery_code_used: bool,
}

const COLUMNS: &str = "SELECT id, tenant_id, agent_id, created_at, expires_at, authenticated_at, used_at, address, \
                       user_agent, short_password, recovery_code_used FROM sessions";

/// Which sessions have not ended: those that have not expired at `now` and began after `begun_after`.
#[derive(Clone, Copy, Debug)]
pub struct Alive {
    pub now: Timestamp,
    pub begun_after: Timestamp,
}

pub async fn insert(tx: &mut Tx, token_hash: &str, row: &SessionRow) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO sessions (token_hash, id, tenant_id, agent_id, created_at, expires_at, authenticated_at, used_at,
            address, user_agent, short_password, recovery_code_used)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
        .bind(token_hash).bind(row.id.as_str()).bind(row.tenant_id.as_str()).bind(row.agent_id.as_str())
        .bind(row.created_at).bind(row.expires_at).bind(row.authenticated_at).bind(row.used_at)
        .bind(row.address.as_deref()).bind(row.user_agent.as_str()).bind(row.short_password)
        .bind(row.recovery_code_used)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The session, unless it has ended.
pub async fn find(tx: &mut Tx, token_hash: &str, alive: Alive) -> Result<Option<SessionRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE token_hash = $1 AND expires_at > $2 AND created_at > $3")))
        .bind(token_hash).bind(alive.now.0).bind(alive.begun_after.0).fetch_optional(c).await)?)
}

/// The sessions of an agent that have not ended, the last used first.
pub async fn list(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, alive: Alive) -> Result<Vec<SessionRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND agent_id = $2 AND expires_at > $3 AND created_at > $4
         ORDER BY used_at DESC, id DESC")))
        .bind(tenant.as_str()).bind(agent.as_str()).bind(alive.now.0).bind(alive.begun_after.0)
        .fetch_all(c).await)?)
}

/// Extends a session until `expires`, but never beyond `longest` after its beginning.
pub async fn renew(tx: &mut Tx, token_hash: &str, now: Timestamp, expires: Timestamp, longest: Span) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE sessions SET used_at = $2,
            expires_at = CASE WHEN created_at + $4 < $3 THEN created_at + $4 ELSE $3 END
         WHERE token_hash = $1")
        .bind(token_hash).bind(now.0).bind(expires.0).bind(longest.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The password was entered again.
pub async fn authenticate(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE sessions SET authenticated_at = $2 WHERE token_hash = $1")
        .bind(token_hash).bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The agent is not asked for a longer password in this session any more.
pub async fn dismiss_short_password(tx: &mut Tx, token_hash: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE sessions SET short_password = FALSE WHERE token_hash = $1")
        .bind(token_hash).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The agent is not told any more that this session began with a recovery code.
pub async fn dismiss_recovery_code(tx: &mut Tx, token_hash: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE sessions SET recovery_code_used = FALSE WHERE token_hash = $1")
        .bind(token_hash).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, token_hash: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(token_hash).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes one session of an agent. Returns whether there was one.
pub async fn remove_one(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, id: &SessionId) -> Result<bool> {
    let removed = on!(tx, c => sqlx::query("DELETE FROM sessions WHERE tenant_id = $1 AND agent_id = $2 AND id = $3")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(id.as_str()).execute(c).await
        .map(|done| done.rows_affected()))?;
    Ok(removed > 0)
}

/// Removes the sessions of an agent except one. Returns how many there were.
pub async fn remove_others(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, token_hash: &str) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM sessions WHERE tenant_id = $1 AND agent_id = $2 AND token_hash <> $3")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(token_hash).execute(c).await
        .map(|done| done.rows_affected()))?)
}

/// Removes all sessions of an agent, as for a new password.
pub async fn remove_of(tx: &mut Tx, agent: &AgentId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM sessions WHERE agent_id = $1")
        .bind(agent.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes the sessions that have expired. None is renewed beyond its last end. Those that another sign-in is removing are
/// left to it: each also removes the one of its own browser before, so that two would wait for each other.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<()> {
    let skip_locked = tx.skip_locked();
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(format!(
        "DELETE FROM sessions WHERE token_hash IN
            (SELECT token_hash FROM sessions WHERE expires_at <= $1 {skip_locked})")))
        .bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}
