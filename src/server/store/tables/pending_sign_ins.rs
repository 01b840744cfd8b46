//! Sign-ins whose password was right and whose code is awaited, by the hash of a cookie's token. They are no sessions:
//! nothing but a code is accepted from them.

use sqlx::FromRow;

use super::{Result, Tx, db::on};
use crate::domain::{
    ids::{AgentId, TenantId},
    time::Timestamp,
};

#[derive(Clone, Debug, FromRow)]
pub struct PendingSignInRow {
    #[sqlx(try_from = "String")]
    pub tenant_id: TenantId,
    #[sqlx(try_from = "String")]
    pub agent_id: AgentId,
    /// Identifies the password hash that the account had.
    pub password_digest: String,
    /// Whether the password is shorter than new ones must be.
    pub short_password: bool,
    pub expires_at: i64,
}

pub async fn insert(tx: &mut Tx, token_hash: &str, row: &PendingSignInRow) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO pending_sign_ins (token_hash, tenant_id, agent_id, password_digest, short_password, failures,
            expires_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6)")
        .bind(token_hash).bind(row.tenant_id.as_str()).bind(row.agent_id.as_str())
        .bind(row.password_digest.as_str()).bind(row.short_password).bind(row.expires_at)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The sign-in, unless it has ended.
pub async fn find(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<PendingSignInRow>> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT tenant_id, agent_id, password_digest, short_password, expires_at FROM pending_sign_ins
         WHERE token_hash = $1 AND expires_at > $2")
        .bind(token_hash).bind(now.0).fetch_optional(c).await)?)
}

/// Counts a wrong code. After `most` of them the sign-in has ended.
pub async fn count_failure(tx: &mut Tx, token_hash: &str, most: i64) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE pending_sign_ins SET failures = failures + 1 WHERE token_hash = $1")
        .bind(token_hash).execute(c).await.map(|_| ()))?;
    on!(tx, c => sqlx::query("DELETE FROM pending_sign_ins WHERE token_hash = $1 AND failures >= $2")
        .bind(token_hash).bind(most).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Ends the sign-in, because a session takes its place. Returns whether it had not ended before.
pub async fn take(tx: &mut Tx, token_hash: &str) -> Result<bool> {
    let taken = on!(tx, c => sqlx::query("DELETE FROM pending_sign_ins WHERE token_hash = $1")
        .bind(token_hash).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(taken > 0)
}

/// Ends all pending sign-ins of an agent.
pub async fn remove_of(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM pending_sign_ins WHERE tenant_id = $1 AND agent_id = $2")
        .bind(tenant.as_str()).bind(agent.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes those that have expired, except those that another transaction is removing.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<()> {
    let skip_locked = tx.skip_locked();
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(format!(
        "DELETE FROM pending_sign_ins WHERE token_hash IN
            (SELECT token_hash FROM pending_sign_ins WHERE expires_at <= $1 {skip_locked})")))
        .bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}
