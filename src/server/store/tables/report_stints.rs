//! Facts of the times in which agents had conversations, for reports. They are derived from the log by `domain::report`, and
//! can be deleted at any time.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, slices},
};
use crate::domain::{
    ids::{Seq, TenantId},
    report::facts::StintFact,
    time::Timestamp,
};

#[derive(FromRow)]
struct RawFact {
    seq: i64,
    conversation_id: String,
    handoff_id: String,
    channel_id: String,
    agent_id: String,
    began_at: i64,
    began_by: String,
    ended_at: Option<i64>,
    ended_by: Option<String>,
}

impl TryFrom<RawFact> for StintFact {
    type Error = StoreError;
    fn try_from(row: RawFact) -> Result<Self> {
        let id = row.seq.to_string();
        let this = RowId::new("report_stints", &id);
        let ended = match row.ended_at {
            Some(at) => {
                let word = this.present("ended_by", row.ended_by.as_deref())?;
                Some((Timestamp(at), this.variant("ended_by", word)?))
            }
            None => None,
        };
        Ok(Self {
            seq: Seq(row.seq),
            conversation: row.conversation_id.into(),
            handoff: row.handoff_id.into(),
            channel: row.channel_id.into(),
            agent: row.agent_id.into(),
            began_at: Timestamp(row.began_at),
            began: this.variant("began_by", &row.began_by)?,
            ended,
        })
    }
}

const COLUMNS: &str = "SELECT seq, conversation_id, handoff_id, channel_id, agent_id, began_at, began_by, ended_at, \
     ended_by FROM report_stints";

/// The facts that these entries began. Unknown ones are left out.
pub async fn by_seqs(tx: &mut Tx, tenant: &TenantId, seqs: &[Seq]) -> Result<Vec<StintFact>> {
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
            found.push(StintFact::try_from(row)?);
        }
    }
    Ok(found)
}

/// Inserts facts, or updates how they ended.
pub async fn save(tx: &mut Tx, tenant: &TenantId, facts: &[&StintFact]) -> Result<()> {
    for slice in slices(facts) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO report_stints (tenant_id, seq, conversation_id, handoff_id, channel_id, agent_id, began_at,
                    began_by, ended_at, ended_by) ");
            query.push_values(slice, |mut row, fact| {
                row.push_bind(tenant.as_str()).push_bind(fact.seq.0).push_bind(fact.conversation.as_str())
                    .push_bind(fact.handoff.as_str()).push_bind(fact.channel.as_str()).push_bind(fact.agent.as_str())
                    .push_bind(fact.began_at.0).push_bind(fact.began.as_str())
                    .push_bind(fact.ended.map(|(at, _)| at.0)).push_bind(fact.ended.map(|(_, end)| end.as_str()));
            });
            query.push(
                " ON CONFLICT (tenant_id, seq) DO UPDATE SET ended_at = excluded.ended_at, ended_by = excluded.ended_by");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Deletes up to `limit` facts of a tenant. Returns how many.
pub async fn delete_some(tx: &mut Tx, tenant: &TenantId, limit: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM report_stints WHERE tenant_id = $1 AND seq IN (
            SELECT seq FROM report_stints WHERE tenant_id = $1 ORDER BY seq LIMIT $2)")
        .bind(tenant.as_str()).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
