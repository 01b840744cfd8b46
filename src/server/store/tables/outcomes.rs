//! A tenant's outcomes in the admin's order, those that are archived included.

use sqlx::FromRow;

use super::{Result, Tx, db::on};
use crate::domain::{ids::TenantId, outcome::Outcome};

#[derive(FromRow)]
struct RawOutcome {
    id: String,
    name: String,
    archived: bool,
}

pub async fn list(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<Outcome>> {
    let rows: Vec<RawOutcome> = on!(tx, c => sqlx::query_as(
        "SELECT id, name, archived FROM outcomes WHERE tenant_id = $1 ORDER BY position, id")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| Outcome { id: row.id.into(), name: row.name, archived: row.archived }).collect())
}

/// Inserts it, or changes name, place and state of the one that is there.
pub async fn save(tx: &mut Tx, tenant: &TenantId, outcome: &Outcome, position: i64) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO outcomes (id, tenant_id, position, name, archived) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE
         SET position = excluded.position, name = excluded.name, archived = excluded.archived")
        .bind(outcome.id.as_str()).bind(tenant.as_str()).bind(position).bind(outcome.name.as_str())
        .bind(outcome.archived).execute(c).await.map(|_| ()))?;
    Ok(())
}
