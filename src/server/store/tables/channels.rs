//! Channels: the WhatsApp numbers of tenants, with their encrypted tokens.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, Tx,
    db::{on, push_ids, slices},
};
use crate::domain::{
    ids::{AppId, ChannelId, TenantId},
    time::Timestamp,
};

#[derive(Clone, FromRow)]
pub struct ChannelRow {
    #[sqlx(try_from = "String")]
    pub id: ChannelId,
    #[sqlx(try_from = "String")]
    pub tenant_id: TenantId,
    #[sqlx(try_from = "String")]
    pub app_id: AppId,
    pub phone_number_id: String,
    pub waba_id: String,
    pub display_phone: String,
    pub name: String,
    pub token: Vec<u8>,
    pub down_code: Option<i64>,
    pub down_since: Option<i64>,
    /// When another app was first seen on the number.
    pub shared_since: Option<i64>,
}

const COLUMNS: &str = "SELECT id, tenant_id, app_id, phone_number_id, waba_id, display_phone, name, token, down_code, down_since, shared_since FROM channels";

pub async fn insert(tx: &mut Tx, channel: &ChannelRow, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO channels (id, tenant_id, app_id, phone_number_id, waba_id, display_phone, name, token, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(channel.id.as_str()).bind(channel.tenant_id.as_str()).bind(channel.app_id.as_str())
        .bind(channel.phone_number_id.as_str()).bind(channel.waba_id.as_str()).bind(channel.display_phone.as_str())
        .bind(channel.name.as_str()).bind(channel.token.as_slice()).bind(now.0)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The channels of numbers under `app`. The app is part of the key, because a payload counts only if the number's own app
/// signed it. Unknown numbers are left out.
pub async fn by_numbers(tx: &mut Tx, app: &AppId, phone_number_ids: &[&str]) -> Result<Vec<ChannelRow>> {
    let mut found = Vec::with_capacity(phone_number_ids.len());
    for slice in slices(phone_number_ids) {
        let rows: Vec<ChannelRow> = on!(tx, c => {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push(" WHERE app_id = ").push_bind(app.as_str()).push(" AND phone_number_id IN (");
            let mut list = query.separated(", ");
            for number in slice {
                list.push_bind(*number);
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// The channels of an account under `app`, for payloads without a number.
pub async fn by_account(tx: &mut Tx, app: &AppId, waba_id: &str) -> Result<Vec<ChannelRow>> {
    Ok(
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE app_id = $1 AND waba_id = $2 ORDER BY id")))
        .bind(app.as_str()).bind(waba_id).fetch_all(c).await)?,
    )
}

/// All channels under `app`, for payloads that name neither a known account nor a number's id.
pub async fn by_app(tx: &mut Tx, app: &AppId) -> Result<Vec<ChannelRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE app_id = $1 ORDER BY id")))
        .bind(app.as_str()).fetch_all(c).await)?)
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, id: &ChannelId) -> Result<Option<ChannelRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?)
}

/// The channels with these ids. Unknown ones are left out.
pub async fn by_ids(tx: &mut Tx, tenant: &TenantId, ids: &[&ChannelId]) -> Result<Vec<ChannelRow>> {
    let mut found = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<ChannelRow> = on!(tx, c => {
            let mut query = QueryBuilder::new(COLUMNS);
            push_ids(query.push(" WHERE "), tenant, "id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

pub async fn list(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<ChannelRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE tenant_id = $1 ORDER BY name, id")))
        .bind(tenant.as_str()).fetch_all(c).await)?)
}

/// Stops or resumes a number's queue. Returns whether anything changed.
pub async fn set_down(tx: &mut Tx, tenant: &TenantId, id: &ChannelId, down: Option<(i64, Timestamp)>) -> Result<bool> {
    let (code, since) = down.map(|(code, since)| (code, since.0)).unzip();
    let changed = on!(tx, c => sqlx::query(
        "UPDATE channels SET down_code = $3, down_since = $4
         WHERE tenant_id = $1 AND id = $2 AND (down_code IS NULL) <> ($3 IS NULL)")
        .bind(tenant.as_str()).bind(id.as_str()).bind(code).bind(since)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

/// Records that another app uses a number. Returns whether that was new.
pub async fn mark_shared(tx: &mut Tx, tenant: &TenantId, id: &ChannelId, now: Timestamp) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(
        "UPDATE channels SET shared_since = $3 WHERE tenant_id = $1 AND id = $2 AND shared_since IS NULL")
        .bind(tenant.as_str()).bind(id.as_str()).bind(now.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

/// Delays all sends of a number until `until`, because Meta reported that it sends too fast. The latest time counts.
pub async fn slow(tx: &mut Tx, tenant: &TenantId, id: &ChannelId, until: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE channels SET slow_until = $3 WHERE tenant_id = $1 AND id = $2 AND (slow_until IS NULL OR slow_until < $3)")
        .bind(tenant.as_str()).bind(id.as_str()).bind(until.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The channel of a number in any tenant, for the operator's command line, which identifies numbers by Meta's id.
pub async fn by_number_of_any(tx: &mut Tx, phone_number_id: &str) -> Result<Option<ChannelRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE phone_number_id = $1")))
        .bind(phone_number_id).fetch_optional(c).await)?)
}

pub async fn set_token(tx: &mut Tx, tenant: &TenantId, id: &ChannelId, token: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE channels SET token = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(token).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Channels of all tenants in the order of their ids, for the rotation of the key.
pub async fn after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<ChannelRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id > $1 ORDER BY id LIMIT $2")))
        .bind(id).bind(most).fetch_all(c).await)?)
}

/// Replaces the encrypted token, unless it was set since `row` was read.
pub async fn reseal(tx: &mut Tx, row: &ChannelRow, token: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE channels SET token = $2 WHERE id = $1 AND token = $3")
        .bind(row.id.as_str()).bind(token).bind(row.token.as_slice()).execute(c).await.map(|_| ()))?;
    Ok(())
}
