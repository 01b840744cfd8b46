//! Secrets that flows and tools put into headers by name, each with the servers that it may be sent to. Values are
//! encrypted and never sent to a page.

use super::{Result, RowId, Tx, db::on, to_json};
use crate::domain::{ids::TenantId, time::Timestamp};

/// What a request needs of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSecret {
    pub value: Vec<u8>,
    /// Origins, such as `https://shop.example.com`. Empty until the list of an older version's secret is derived.
    pub hosts: Vec<String>,
}

/// What a page may know of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretInfo {
    pub name: String,
    pub hosts: Vec<String>,
    /// When its value was last set.
    pub changed: Timestamp,
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, name: &str) -> Result<Option<SealedSecret>> {
    let row: Option<(Vec<u8>, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT value, hosts FROM secrets WHERE tenant_id = $1 AND name = $2")
        .bind(tenant.as_str()).bind(name).fetch_optional(c).await)?;
    row.map(|(value, stored)| Ok(SealedSecret { value, hosts: hosts(name, stored.as_deref())? })).transpose()
}

/// All secrets of a tenant, by name.
pub async fn list(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<SecretInfo>> {
    let rows: Vec<(String, Option<String>, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT name, hosts, changed_at FROM secrets WHERE tenant_id = $1 ORDER BY name")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(name, stored, at)| {
            let hosts = hosts(&name, stored.as_deref())?;
            Ok(SecretInfo { name, hosts, changed: Timestamp(at) })
        })
        .collect()
}

fn hosts(name: &str, stored: Option<&str>) -> Result<Vec<String>> {
    stored.map_or_else(|| Ok(Vec::new()), |json| RowId::new("secrets", name).json("hosts", json))
}

/// Sets the value together with the servers that it may be sent to.
pub async fn save(
    tx: &mut Tx,
    tenant: &TenantId,
    name: &str,
    sealed: &[u8],
    hosts: &[String],
    now: Timestamp,
) -> Result<()> {
    let hosts = to_json(&hosts)?;
    on!(tx, c => sqlx::query(
        "INSERT INTO secrets (tenant_id, name, value, hosts, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, name) DO UPDATE
         SET value = excluded.value, hosts = excluded.hosts, changed_at = excluded.changed_at")
        .bind(tenant.as_str()).bind(name).bind(sealed).bind(hosts.as_str()).bind(now.0)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Returns whether it existed.
pub async fn remove(tx: &mut Tx, tenant: &TenantId, name: &str) -> Result<bool> {
    let done = on!(tx, c => sqlx::query("DELETE FROM secrets WHERE tenant_id = $1 AND name = $2")
        .bind(tenant.as_str()).bind(name).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Tenant and name of every secret of a version that had no lists of servers.
pub async fn without_hosts(tx: &mut Tx) -> Result<Vec<(TenantId, String)>> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT tenant_id, name FROM secrets WHERE hosts IS NULL ORDER BY tenant_id, name").fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(tenant, name)| (tenant.into(), name)).collect())
}

/// Sets the servers of a secret that has no list yet.
pub async fn derive_hosts(tx: &mut Tx, tenant: &TenantId, name: &str, hosts: &[String]) -> Result<()> {
    let hosts = to_json(&hosts)?;
    on!(tx, c => sqlx::query("UPDATE secrets SET hosts = $3 WHERE tenant_id = $1 AND name = $2 AND hosts IS NULL")
        .bind(tenant.as_str()).bind(name).bind(hosts.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The encrypted values of all tenants in the order of tenant and name, for the rotation of the key.
pub async fn values_after(
    tx: &mut Tx,
    tenant: &str,
    name: &str,
    most: i64,
) -> Result<Vec<(TenantId, String, Vec<u8>)>> {
    let rows: Vec<(String, String, Vec<u8>)> = on!(tx, c => sqlx::query_as(
        "SELECT tenant_id, name, value FROM secrets WHERE (tenant_id, name) > ($1, $2)
         ORDER BY tenant_id, name LIMIT $3")
        .bind(tenant).bind(name).bind(most).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(tenant, name, value)| (tenant.into(), name, value)).collect())
}

/// Replaces the encrypted value, unless it is no longer `was`.
pub async fn reseal(tx: &mut Tx, tenant: &TenantId, name: &str, was: &[u8], sealed: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE secrets SET value = $4 WHERE tenant_id = $1 AND name = $2 AND value = $3")
        .bind(tenant.as_str()).bind(name).bind(was).bind(sealed).execute(c).await.map(|_| ()))?;
    Ok(())
}
