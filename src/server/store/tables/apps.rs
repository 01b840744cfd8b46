//! Meta apps: the secret that signs their webhooks and the token that verifies their callback URL, both encrypted.

use sqlx::FromRow;

use super::{Result, Tx, db::on};
use crate::domain::{ids::AppId, time::Timestamp};

#[derive(Clone, FromRow)]
pub struct AppRow {
    #[sqlx(try_from = "String")]
    pub id: AppId,
    pub secret: Vec<u8>,
    pub verify_token: Vec<u8>,
}

pub async fn insert(
    tx: &mut Tx,
    id: &AppId,
    name: &str,
    secret: &[u8],
    verify_token: &[u8],
    now: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO apps (id, name, secret, verify_token, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.as_str()).bind(name).bind(secret).bind(verify_token).bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: &AppId) -> Result<Option<AppRow>> {
    Ok(on!(tx, c => sqlx::query_as("SELECT id, secret, verify_token FROM apps WHERE id = $1")
        .bind(id.as_str()).fetch_optional(c).await)?)
}

/// A value that was encrypted with the operator's key, to check the key at start: apps come first.
pub async fn any_sealed(tx: &mut Tx) -> Result<Option<Vec<u8>>> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT sealed FROM (SELECT secret AS sealed, 0 AS place FROM apps
            UNION ALL SELECT value, 1 FROM secrets
            UNION ALL SELECT key, 2 FROM models WHERE key IS NOT NULL) AS all_sealed
         ORDER BY place LIMIT 1").fetch_optional(c).await)?)
}

/// Apps in the order of their ids, for the rotation of the key.
pub async fn after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<AppRow>> {
    Ok(on!(tx, c => sqlx::query_as("SELECT id, secret, verify_token FROM apps WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(id).bind(most).fetch_all(c).await)?)
}

/// Replaces the encrypted values of an app, unless one was set since `row` was read.
pub async fn reseal(tx: &mut Tx, row: &AppRow, secret: &[u8], verify_token: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE apps SET secret = $2, verify_token = $3 WHERE id = $1 AND secret = $4 AND verify_token = $5")
        .bind(row.id.as_str()).bind(secret).bind(verify_token).bind(row.secret.as_slice())
        .bind(row.verify_token.as_slice()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Replaces the secret that signs an app's webhooks. Returns whether the app exists.
pub async fn set_secret(tx: &mut Tx, id: &AppId, secret: &[u8]) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query("UPDATE apps SET secret = $2 WHERE id = $1")
        .bind(id.as_str()).bind(secret).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}
