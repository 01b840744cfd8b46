//! Packed days of facts: see `domain::report::packed`. They are made of facts, and can be deleted at any time.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, Tx,
    db::{on, slices},
};
use crate::domain::{
    ids::{Seq, TenantId},
    report::packed::{PackedDay, RowKind, UtcDay},
};

/// That a day is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackedHead {
    pub day: UtcDay,
    /// The newest entry that the facts contained.
    pub seq: Seq,
    /// Another number each time the day is packed.
    pub revision: i64,
    /// How many rows it holds.
    pub rows: i64,
}

#[derive(FromRow)]
struct RawHead {
    day: i64,
    seq: i64,
    revision: i64,
    row_count: i64,
}

/// The packed days of a kind from `first` to `last`.
pub async fn heads(
    tx: &mut Tx,
    tenant: &TenantId,
    kind: RowKind,
    first: UtcDay,
    last: UtcDay,
) -> Result<Vec<PackedHead>> {
    let rows: Vec<RawHead> = on!(tx, c => sqlx::query_as(
        "SELECT day, seq, revision, row_count FROM report_packed_days
         WHERE tenant_id = $1 AND kind = $2 AND day >= $3 AND day <= $4 ORDER BY day")
        .bind(tenant.as_str()).bind(kind.as_str()).bind(first.0).bind(last.0).fetch_all(c).await)?;
    let head = |row: RawHead| PackedHead {
        day: UtcDay(row.day),
        seq: Seq(row.seq),
        revision: row.revision,
        rows: row.row_count,
    };
    Ok(rows.into_iter().map(head).collect())
}

/// These days, in any order. One that this build cannot read is an error of its own.
pub async fn read(
    tx: &mut Tx,
    tenant: &TenantId,
    kind: RowKind,
    days: &[UtcDay],
) -> Result<Vec<(UtcDay, Result<PackedDay>)>> {
    let mut found = Vec::with_capacity(days.len());
    for slice in slices(days) {
        let rows: Vec<(i64, Vec<u8>)> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT day, data FROM report_packed_days WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND kind = ").push_bind(kind.as_str()).push(" AND day IN (");
            let mut list = query.separated(", ");
            for day in slice {
                list.push_bind(day.0);
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|(day, data)| (UtcDay(day), unpacked(tenant, kind, UtcDay(day), &data))));
    }
    Ok(found)
}

fn unpacked(tenant: &TenantId, kind: RowKind, day: UtcDay, data: &[u8]) -> Result<PackedDay> {
    let id = format!("{tenant}/{}/{}", kind.as_str(), day.0);
    let this = RowId::new("report_packed_days", &id);
    let packed = PackedDay::from_bytes(data).map_err(|error| this.unreadable("data", error))?;
    if (packed.kind(), packed.day()) != (kind, day) {
        return Err(this.unreadable("data", "it is another day"));
    }
    Ok(packed)
}

/// Stores a day, also in the place of an older one.
pub async fn save(tx: &mut Tx, tenant: &TenantId, kind: RowKind, head: PackedHead, data: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO report_packed_days (tenant_id, kind, day, seq, revision, row_count, data)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, kind, day) DO UPDATE SET seq = excluded.seq, revision = excluded.revision,
            row_count = excluded.row_count, data = excluded.data")
        .bind(tenant.as_str()).bind(kind.as_str()).bind(head.day.0).bind(head.seq.0).bind(head.revision)
        .bind(head.rows).bind(data).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes a day, unless it was packed again. Returns `false` if it was, or is gone.
pub async fn remove(tx: &mut Tx, tenant: &TenantId, kind: RowKind, head: PackedHead) -> Result<bool> {
    let removed = on!(tx, c => sqlx::query(
        "DELETE FROM report_packed_days WHERE tenant_id = $1 AND kind = $2 AND day = $3 AND revision = $4")
        .bind(tenant.as_str()).bind(kind.as_str()).bind(head.day.0).bind(head.revision).execute(c).await
        .map(|done| done.rows_affected()))?;
    Ok(removed > 0)
}

/// Deletes up to `limit` days of a tenant. Returns how many.
pub async fn delete_some(tx: &mut Tx, tenant: &TenantId, limit: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM report_packed_days WHERE tenant_id = $1 AND (kind, day) IN (
            SELECT kind, day FROM report_packed_days WHERE tenant_id = $1 ORDER BY kind, day LIMIT $2)")
        .bind(tenant.as_str()).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
