//! Secrets that flows and tools put into headers by name. Values are encrypted and never sent to a page.

use super::{Result, Tx, db::on};
use crate::domain::{ids::TenantId, time::Timestamp};

/// The encrypted value.
pub async fn find(tx: &mut Tx, tenant: &TenantId, name: &str) -> Result<Option<Vec<u8>>> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT value FROM secrets WHERE tenant_id = $1 AND name = $2")
        .bind(tenant.as_str()).bind(name).fetch_optional(c).await)?)
}

/// Names, and when each was last set.
pub async fn names(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<(String, Timestamp)>> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT name, changed_at FROM secrets WHERE tenant_id = $1 ORDER BY name")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(name, at)| (name, Timestamp(at))).collect())
}

pub async fn save(tx: &mut Tx, tenant: &TenantId, name: &str, sealed: &[u8], now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO secrets (tenant_id, name, value, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at")
        .bind(tenant.as_str()).bind(name).bind(sealed).bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Returns whether it existed.
pub async fn remove(tx: &mut Tx, tenant: &TenantId, name: &str) -> Result<bool> {
    let done = on!(tx, c => sqlx::query("DELETE FROM secrets WHERE tenant_id = $1 AND name = $2")
        .bind(tenant.as_str()).bind(name).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}
