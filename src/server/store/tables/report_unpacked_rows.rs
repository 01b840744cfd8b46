//! Rows of reports that their packed day does not hold as they are. They are written in the transaction that changes the
//! facts, and removed when the day is packed again.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, Tx,
    db::{on, slices},
};
use crate::domain::{
    ids::{Seq, TenantId},
    report::packed::{RowKind, UtcDay, changes::RowChange},
};

/// A day with rows that are not packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpackedDay {
    pub tenant: TenantId,
    pub kind: RowKind,
    pub day: UtcDay,
    pub changes: i64,
    /// How many rows the day was packed with; `None` if it is not packed.
    pub packed: Option<i64>,
}

#[derive(FromRow)]
struct RawDay {
    tenant_id: String,
    kind: String,
    day: i64,
    changes: i64,
    row_count: Option<i64>,
}

/// The ids of a kind from the day `first` to `last`.
pub async fn within(
    tx: &mut Tx,
    tenant: &TenantId,
    kind: RowKind,
    first: UtcDay,
    last: UtcDay,
) -> Result<Vec<(UtcDay, String)>> {
    let rows: Vec<(i64, String)> = on!(tx, c => sqlx::query_as(
        "SELECT day, row_id FROM report_unpacked_rows
         WHERE tenant_id = $1 AND kind = $2 AND day >= $3 AND day <= $4 ORDER BY day, row_id")
        .bind(tenant.as_str()).bind(kind.as_str()).bind(first.0).bind(last.0).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(day, id)| (UtcDay(day), id)).collect())
}

/// The days of all tenants that have any, the newest ones first.
pub async fn days(tx: &mut Tx) -> Result<Vec<UnpackedDay>> {
    let rows: Vec<RawDay> = on!(tx, c => sqlx::query_as(
        "SELECT unpacked.tenant_id, unpacked.kind, unpacked.day, unpacked.changes, report_packed_days.row_count
         FROM (SELECT tenant_id, kind, day, COUNT(*) AS changes FROM report_unpacked_rows
            GROUP BY tenant_id, kind, day) AS unpacked
         LEFT JOIN report_packed_days ON report_packed_days.tenant_id = unpacked.tenant_id
            AND report_packed_days.kind = unpacked.kind AND report_packed_days.day = unpacked.day
         ORDER BY unpacked.day DESC, unpacked.tenant_id, unpacked.kind").fetch_all(c).await)?;
    let read = |row: RawDay| {
        let kind = RowId::new("report_unpacked_rows", &row.tenant_id).variant("kind", &row.kind)?;
        let RawDay { tenant_id, day, changes, row_count, kind: _ } = row;
        Ok(UnpackedDay { tenant: tenant_id.into(), kind, day: UtcDay(day), changes, packed: row_count })
    };
    rows.into_iter().map(read).collect()
}

/// Adds changed rows. `seq` is the newest entry that changed them. It may be smaller than that of an earlier change only if
/// both are contained in the facts that can be read from now on.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, seq: Seq, changes: &[RowChange]) -> Result<()> {
    for slice in slices(changes) {
        on!(tx, c => {
            let mut query =
                QueryBuilder::new("INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq) ");
            query.push_values(slice, |mut row, change| {
                row.push_bind(tenant.as_str()).push_bind(change.kind.as_str()).push_bind(change.day.0)
                    .push_bind(change.row.as_str()).push_bind(seq.0);
            });
            query.push(" ON CONFLICT (tenant_id, kind, day, row_id) DO UPDATE SET seq = excluded.seq");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Removes the rows of a day that was packed with facts which contain the entries up to `seq`.
pub async fn remove_packed(tx: &mut Tx, tenant: &TenantId, kind: RowKind, day: UtcDay, seq: Seq) -> Result<()> {
    on!(tx, c => sqlx::query(
        "DELETE FROM report_unpacked_rows WHERE tenant_id = $1 AND kind = $2 AND day = $3 AND seq <= $4")
        .bind(tenant.as_str()).bind(kind.as_str()).bind(day.0).bind(seq.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Deletes up to `limit` rows of a tenant. Returns how many.
pub async fn delete_some(tx: &mut Tx, tenant: &TenantId, limit: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM report_unpacked_rows WHERE tenant_id = $1 AND (kind, day, row_id) IN (
            SELECT kind, day, row_id FROM report_unpacked_rows WHERE tenant_id = $1 ORDER BY kind, day, row_id LIMIT $2)")
        .bind(tenant.as_str()).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
