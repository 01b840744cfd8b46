//! Handoffs that somebody left out of the reports, with the reason: a test, a prank. They are no facts: a rebuild keeps them.

use sqlx::FromRow;

use super::{Result, Tx, db::on};
use crate::domain::{
    ids::{AgentId, HandoffId, TenantId},
    time::Timestamp,
};

/// A handoff that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutRow {
    pub handoff: HandoffId,
    pub reason: String,
    /// Who left it out.
    pub agent: AgentId,
    pub at: Timestamp,
}

#[derive(FromRow)]
struct RawLeftOut {
    handoff_id: String,
    reason: String,
    agent_id: String,
    at: i64,
}

impl From<RawLeftOut> for LeftOutRow {
    fn from(row: RawLeftOut) -> Self {
        Self { handoff: row.handoff_id.into(), reason: row.reason, agent: row.agent_id.into(), at: Timestamp(row.at) }
    }
}

/// Leaves a handoff of the tenant out. Returns `false` if it is left out already, or is not the tenant's.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, row: &LeftOutRow) -> Result<bool> {
    let inserted = on!(tx, c => sqlx::query(
        "INSERT INTO report_left_out (handoff_id, tenant_id, reason, agent_id, at)
         SELECT id, tenant_id, $3, $4, $5 FROM handoffs WHERE tenant_id = $1 AND id = $2
         ON CONFLICT (handoff_id) DO NOTHING")
        .bind(tenant.as_str()).bind(row.handoff.as_str()).bind(row.reason.as_str()).bind(row.agent.as_str())
        .bind(row.at.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(inserted > 0)
}

/// Counts a handoff again. Returns `false` if it was not left out.
pub async fn remove(tx: &mut Tx, tenant: &TenantId, handoff: &HandoffId) -> Result<bool> {
    let removed = on!(tx, c => sqlx::query("DELETE FROM report_left_out WHERE tenant_id = $1 AND handoff_id = $2")
        .bind(tenant.as_str()).bind(handoff.as_str()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(removed > 0)
}

/// The handoffs that are left out, newest first.
pub async fn list(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<LeftOutRow>> {
    let rows: Vec<RawLeftOut> = on!(tx, c => sqlx::query_as(
        "SELECT handoff_id, reason, agent_id, at FROM report_left_out WHERE tenant_id = $1 ORDER BY at DESC, handoff_id")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(LeftOutRow::from).collect())
}
