//! How far each tenant's log has been read for the facts of reports, and since when what older versions did not record has
//! been recorded.

use sqlx::FromRow;

use super::{Result, RowId, Tx, db::on};
use crate::domain::{
    ids::{Seq, TenantId},
    time::Timestamp,
    variant_names::variant_names,
};

/// How far a tenant's log has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgressRow {
    /// The newest entry that the facts contain; 0 before the first one.
    pub reached: Seq,
    /// Its time.
    pub at: Option<Timestamp>,
    /// The facts are deleted before the log is read again.
    pub clearing: bool,
    /// How often that was requested.
    pub rebuilds: i64,
}

/// What versions before the facts did not record, or record only since an upgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordedKind {
    /// When agents were online or away.
    Presence,
    Pricing,
    /// When the first reply of a handoff was sent, and the waits for further replies.
    SentReplies,
}

variant_names!(RecordedKind {
    Presence => "presence",
    Pricing => "pricing",
    SentReplies => "sent_replies",
});

#[derive(FromRow)]
struct RawProgress {
    seq: i64,
    at: Option<i64>,
    clearing: bool,
    rebuilds: i64,
}

impl From<RawProgress> for ProgressRow {
    fn from(row: RawProgress) -> Self {
        let RawProgress { seq, at, clearing, rebuilds } = row;
        Self { reached: Seq(seq), at: at.map(Timestamp), clearing, rebuilds }
    }
}

/// The tenants whose log goes on after what was read, or whose facts are to be deleted, by id.
pub async fn behind(tx: &mut Tx) -> Result<Vec<TenantId>> {
    let rows: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT tenants.id
         FROM tenants LEFT JOIN report_progress ON report_progress.tenant_id = tenants.id
         WHERE tenants.last_seq > COALESCE(report_progress.seq, 0) OR report_progress.clearing
         ORDER BY tenants.id").fetch_all(c).await)?;
    Ok(rows.into_iter().map(TenantId::from).collect())
}

pub async fn read(tx: &mut Tx, tenant: &TenantId) -> Result<ProgressRow> {
    let row: Option<RawProgress> = on!(tx, c => sqlx::query_as(
        "SELECT seq, at, clearing, rebuilds FROM report_progress WHERE tenant_id = $1")
        .bind(tenant.as_str()).fetch_optional(c).await)?;
    Ok(row.map(ProgressRow::from).unwrap_or_default())
}

/// As [`read`], and locks the row until the commit: one node at a time adds facts of a tenant. The row is inserted if there
/// is none.
pub async fn lock(tx: &mut Tx, tenant: &TenantId) -> Result<ProgressRow> {
    // Writing a column to itself is the one row lock with the same syntax on both engines.
    let row: RawProgress = on!(tx, c => sqlx::query_as(
        "INSERT INTO report_progress (tenant_id, seq, clearing) VALUES ($1, 0, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET seq = report_progress.seq RETURNING seq, at, clearing, rebuilds")
        .bind(tenant.as_str()).bind(false).fetch_one(c).await)?;
    Ok(row.into())
}

pub async fn save(tx: &mut Tx, tenant: &TenantId, progress: ProgressRow) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE report_progress SET seq = $2, at = $3, clearing = $4, rebuilds = $5 WHERE tenant_id = $1")
        .bind(tenant.as_str()).bind(progress.reached.0).bind(progress.at.map(|at| at.0)).bind(progress.clearing)
        .bind(progress.rebuilds).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Records since when a kind is recorded, unless that is known.
pub async fn record_once(tx: &mut Tx, tenant: &TenantId, kind: RecordedKind, since: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO report_recorded (tenant_id, kind, since) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, kind) DO NOTHING")
        .bind(tenant.as_str()).bind(kind.as_str()).bind(since.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Records that a kind was not recorded at `at` yet.
pub async fn record_later(tx: &mut Tx, tenant: &TenantId, kind: RecordedKind, at: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO report_recorded (tenant_id, kind, since) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, kind) DO UPDATE SET since =
            CASE WHEN report_recorded.since < excluded.since THEN excluded.since ELSE report_recorded.since END")
        .bind(tenant.as_str()).bind(kind.as_str()).bind(at.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Since when each kind has been recorded. One without a row was recorded from the tenant's first day on.
pub async fn recorded(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<(RecordedKind, Timestamp)>> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT kind, since FROM report_recorded WHERE tenant_id = $1 ORDER BY kind")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    let read = |(kind, since): (String, i64)| {
        let kind: RecordedKind = RowId::new("report_recorded", tenant.as_str()).variant("kind", &kind)?;
        Ok((kind, Timestamp(since)))
    };
    rows.into_iter().map(read).collect()
}
