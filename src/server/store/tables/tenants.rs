//! Tenants: their settings, their default team, and the sequence of their log.

use sqlx::FromRow;

use super::{Result, RowId, StoreError, Tx, db::on, to_json};
use crate::domain::{
    ids::{Seq, TeamId, TenantId},
    settings::TenantSettings,
    time::Timestamp,
};

#[derive(FromRow)]
struct RawTenant {
    id: String,
    name: String,
    last_seq: i64,
    settings: String,
}

#[derive(Clone, Debug)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    pub last_seq: Seq,
    pub settings: TenantSettings,
}

impl TryFrom<RawTenant> for Tenant {
    type Error = StoreError;
    fn try_from(row: RawTenant) -> Result<Self> {
        let settings = RowId::new("tenants", &row.id).json("settings", &row.settings)?;
        Ok(Self { id: row.id.into(), name: row.name, last_seq: Seq(row.last_seq), settings })
    }
}

/// Creates a tenant with its default team.
pub async fn insert(
    tx: &mut Tx,
    id: &TenantId,
    name: &str,
    team: &TeamId,
    settings: &TenantSettings,
    now: Timestamp,
) -> Result<()> {
    let settings = to_json(settings)?;
    on!(tx, c => sqlx::query("INSERT INTO tenants (id, name, last_seq, settings, created_at) VALUES ($1, $2, 0, $3, $4)")
        .bind(id.as_str()).bind(name).bind(settings).bind(now.0).execute(c).await.map(|_| ()))?;
    on!(tx, c => sqlx::query("INSERT INTO teams (id, tenant_id, name, is_default) VALUES ($1, $2, $3, $4)")
        .bind(team.as_str()).bind(id.as_str()).bind("Everyone").bind(true).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: &TenantId) -> Result<Option<Tenant>> {
    let row: Option<RawTenant> = on!(tx, c => sqlx::query_as("SELECT id, name, last_seq, settings FROM tenants WHERE id = $1")
        .bind(id.as_str()).fetch_optional(c).await)?;
    row.map(Tenant::try_from).transpose()
}

/// Finds and locks a tenant. Other changes of its configuration wait for the commit.
pub async fn lock(tx: &mut Tx, id: &TenantId) -> Result<Option<Tenant>> {
    // Writing a column to itself is the one row lock with the same syntax on both engines.
    let row: Option<RawTenant> = on!(tx, c => sqlx::query_as(
        "UPDATE tenants SET last_seq = last_seq WHERE id = $1 RETURNING id, name, last_seq, settings")
        .bind(id.as_str()).fetch_optional(c).await)?;
    row.map(Tenant::try_from).transpose()
}

pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Tenant>> {
    let row: Option<RawTenant> = on!(tx, c => sqlx::query_as("SELECT id, name, last_seq, settings FROM tenants WHERE name = $1")
        .bind(name).fetch_optional(c).await)?;
    row.map(Tenant::try_from).transpose()
}

/// Each tenant's newest sequence number. The poll compares them, so that a lost notification costs a delay, not events.
pub async fn heads(tx: &mut Tx) -> Result<Vec<(TenantId, Seq)>> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as("SELECT id, last_seq FROM tenants").fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, seq)| (id.into(), Seq(seq))).collect())
}

pub async fn head(tx: &mut Tx, id: &TenantId) -> Result<Seq> {
    let seq: Option<i64> = on!(tx, c => sqlx::query_scalar("SELECT last_seq FROM tenants WHERE id = $1")
        .bind(id.as_str()).fetch_optional(c).await)?;
    Ok(Seq(seq.unwrap_or(0)))
}

/// Reserves `count` sequence numbers and returns the first. The row stays locked until the commit, so that sequence
/// order is commit order. Call it last.
pub async fn advance(tx: &mut Tx, id: &TenantId, count: usize) -> Result<Seq> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let last: i64 = on!(tx, c => sqlx::query_scalar(
        "UPDATE tenants SET last_seq = last_seq + $2 WHERE id = $1 RETURNING last_seq")
        .bind(id.as_str()).bind(count).fetch_one(c).await)?;
    Ok(Seq(last - count + 1))
}

pub async fn save_settings(tx: &mut Tx, id: &TenantId, settings: &TenantSettings) -> Result<()> {
    let settings = to_json(settings)?;
    on!(tx, c => sqlx::query("UPDATE tenants SET settings = $2 WHERE id = $1")
        .bind(id.as_str()).bind(settings).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Since when every member needs a second factor; `None` while it is optional.
pub async fn second_factor_since(tx: &mut Tx, id: &TenantId) -> Result<Option<Timestamp>> {
    let since: Option<Option<i64>> = on!(tx, c => sqlx::query_scalar(
        "SELECT second_factor_since FROM tenants WHERE id = $1")
        .bind(id.as_str()).fetch_optional(c).await)?;
    Ok(since.flatten().map(Timestamp))
}

pub async fn set_second_factor_since(tx: &mut Tx, id: &TenantId, since: Option<Timestamp>) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE tenants SET second_factor_since = $2 WHERE id = $1")
        .bind(id.as_str()).bind(since.map(|since| since.0)).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn default_team(tx: &mut Tx, id: &TenantId) -> Result<Option<TeamId>> {
    let team: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM teams WHERE tenant_id = $1 AND is_default")
        .bind(id.as_str()).fetch_optional(c).await)?;
    Ok(team.map(TeamId::from))
}

/// Locks a tenant's people until the commit: two changes of the team are decided one after the other. Returns whether
/// there is such a tenant.
pub async fn lock_people(tx: &mut Tx, id: &TenantId) -> Result<bool> {
    // As in `lock`. Links, agents and conversations are locked after it, and the tenant's row last.
    let locked = on!(tx, c => sqlx::query("UPDATE teams SET name = name WHERE tenant_id = $1 AND is_default")
        .bind(id.as_str()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(locked > 0)
}

/// The tenant's teams, the default one first.
pub async fn teams(tx: &mut Tx, id: &TenantId) -> Result<Vec<(TeamId, String)>> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, name FROM teams WHERE tenant_id = $1 ORDER BY is_default DESC, name, id")
        .bind(id.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, name)| (id.into(), name)).collect())
}
