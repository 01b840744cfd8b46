//! A tenant's language model, and its tokens per day. The key is encrypted and never leaves the server.

use super::{Result, RowId, Tx, db::on, to_json};
use crate::domain::{ids::TenantId, model::ModelSettings, time::Timestamp};

/// The settings, and the encrypted key if there is one.
#[derive(Clone, Debug)]
pub struct ModelRow {
    pub settings: ModelSettings,
    pub key: Option<Vec<u8>>,
    /// When the key was set. `None` for keys from before this column existed.
    pub key_changed: Option<Timestamp>,
}

pub async fn find(tx: &mut Tx, tenant: &TenantId) -> Result<Option<ModelRow>> {
    let row: Option<(String, Option<Vec<u8>>, Option<i64>)> = on!(tx, c => sqlx::query_as(
        "SELECT settings, key, key_changed_at FROM models WHERE tenant_id = $1").bind(tenant.as_str()).fetch_optional(c).await)?;
    row.map(|(settings, key, changed)| {
        let settings = RowId::new("models", tenant.as_str()).json("settings", &settings)?;
        Ok(ModelRow { settings, key, key_changed: changed.map(Timestamp) })
    })
    .transpose()
}

pub async fn save_settings(tx: &mut Tx, tenant: &TenantId, settings: &ModelSettings) -> Result<()> {
    let json = to_json(settings)?;
    on!(tx, c => sqlx::query(
        "INSERT INTO models (tenant_id, settings) VALUES ($1, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET settings = excluded.settings")
        .bind(tenant.as_str()).bind(json).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The row must exist. `None` removes the key.
pub async fn save_key(tx: &mut Tx, tenant: &TenantId, sealed: Option<&[u8]>, now: Timestamp) -> Result<()> {
    let at = sealed.map(|_| now.0);
    on!(tx, c => sqlx::query("UPDATE models SET key = $2, key_changed_at = $3 WHERE tenant_id = $1")
        .bind(tenant.as_str()).bind(sealed).bind(at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The encrypted keys of all tenants in the order of the tenants' ids, for the rotation of the operator's key.
pub async fn keys_after(tx: &mut Tx, tenant: &str, most: i64) -> Result<Vec<(TenantId, Vec<u8>)>> {
    let rows: Vec<(String, Vec<u8>)> = on!(tx, c => sqlx::query_as(
        "SELECT tenant_id, key FROM models WHERE tenant_id > $1 AND key IS NOT NULL ORDER BY tenant_id LIMIT $2")
        .bind(tenant).bind(most).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(tenant, key)| (tenant.into(), key)).collect())
}

/// Replaces the encrypted key, unless it is no longer `was`.
pub async fn reseal(tx: &mut Tx, tenant: &TenantId, was: &[u8], sealed: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE models SET key = $3 WHERE tenant_id = $1 AND key = $2")
        .bind(tenant.as_str()).bind(was).bind(sealed).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The tokens used on a day.
pub async fn used(tx: &mut Tx, tenant: &TenantId, day: &str) -> Result<i64> {
    let tokens: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT tokens FROM model_use WHERE tenant_id = $1 AND day = $2")
        .bind(tenant.as_str()).bind(day).fetch_optional(c).await)?;
    Ok(tokens.unwrap_or(0))
}

pub async fn add_used(tx: &mut Tx, tenant: &TenantId, day: &str, tokens: i64) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO model_use (tenant_id, day, tokens) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, day) DO UPDATE SET tokens = model_use.tokens + excluded.tokens")
        .bind(tenant.as_str()).bind(day).bind(tokens).execute(c).await.map(|_| ()))?;
    Ok(())
}
