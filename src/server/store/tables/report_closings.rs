//! Facts of closes for reports, also of those that were reopened. They are derived from the log by `domain::report`, and can
//! be deleted at any time.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, slices},
};
use crate::domain::{
    ids::{Seq, TenantId},
    report::facts::ClosingFact,
    time::Timestamp,
};

#[derive(FromRow)]
struct RawFact {
    seq: i64,
    conversation_id: String,
    channel_id: String,
    handoff_id: Option<String>,
    at: i64,
    reason: String,
    agent_id: Option<String>,
    bot_alone: bool,
    outcome_id: Option<String>,
    reopened_at: Option<i64>,
    followed_at: Option<i64>,
}

impl TryFrom<RawFact> for ClosingFact {
    type Error = StoreError;
    fn try_from(row: RawFact) -> Result<Self> {
        let id = row.seq.to_string();
        Ok(Self {
            reason: RowId::new("report_closings", &id).variant("reason", &row.reason)?,
            seq: Seq(row.seq),
            conversation: row.conversation_id.into(),
            channel: row.channel_id.into(),
            handoff: row.handoff_id.map(Into::into),
            at: Timestamp(row.at),
            agent: row.agent_id.map(Into::into),
            bot_alone: row.bot_alone,
            outcome: row.outcome_id.map(Into::into),
            reopened_at: row.reopened_at.map(Timestamp),
            followed_at: row.followed_at.map(Timestamp),
        })
    }
}

const COLUMNS: &str = "SELECT seq, conversation_id, channel_id, handoff_id, at, reason, agent_id, bot_alone, outcome_id, \
     reopened_at, followed_at FROM report_closings";

/// The facts of these entries. Unknown ones are left out.
pub async fn by_seqs(tx: &mut Tx, tenant: &TenantId, seqs: &[Seq]) -> Result<Vec<ClosingFact>> {
    let mut found = Vec::with_capacity(seqs.len());
    for slice in slices(seqs) {
        let rows: Vec<RawFact> = on!(tx, c => {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push(" WHERE tenant_id = ").push_bind(tenant.as_str()).push(" AND seq IN (");
            let mut list = query.separated(", ");
            for seq in slice {
                list.push_bind(seq.0);
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            found.push(ClosingFact::try_from(row)?);
        }
    }
    Ok(found)
}

/// Inserts facts, or updates what came back.
pub async fn save(tx: &mut Tx, tenant: &TenantId, facts: &[&ClosingFact]) -> Result<()> {
    for slice in slices(facts) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO report_closings (tenant_id, seq, conversation_id, channel_id, handoff_id, at, reason, agent_id,
                    bot_alone, outcome_id, reopened_at, followed_at) ");
            query.push_values(slice, |mut row, fact| {
                row.push_bind(tenant.as_str()).push_bind(fact.seq.0).push_bind(fact.conversation.as_str())
                    .push_bind(fact.channel.as_str()).push_bind(fact.handoff.as_ref().map(|handoff| handoff.as_str()))
                    .push_bind(fact.at.0).push_bind(fact.reason.as_str())
                    .push_bind(fact.agent.as_ref().map(|agent| agent.as_str())).push_bind(fact.bot_alone)
                    .push_bind(fact.outcome.as_ref().map(|outcome| outcome.as_str()))
                    .push_bind(fact.reopened_at.map(|at| at.0)).push_bind(fact.followed_at.map(|at| at.0));
            });
            query.push(
                " ON CONFLICT (tenant_id, seq) DO UPDATE SET reopened_at = excluded.reopened_at,
                    followed_at = excluded.followed_at");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Deletes up to `limit` facts of a tenant. Returns how many.
pub async fn delete_some(tx: &mut Tx, tenant: &TenantId, limit: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM report_closings WHERE tenant_id = $1 AND seq IN (
            SELECT seq FROM report_closings WHERE tenant_id = $1 ORDER BY seq LIMIT $2)")
        .bind(tenant.as_str()).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
