//! Facts of ratings for reports. They are derived from the log by `domain::report`, and can be deleted at any time.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{TENANT_BESIDE_IDS, on, slices},
};
use crate::domain::{
    ids::{HandoffId, Seq, TenantId},
    rating::Score,
    report::facts::{RatedFact, RatingFact},
    time::Timestamp,
};

/// A row; lists read it, too.
#[derive(FromRow)]
pub(super) struct RawFact {
    handoff_id: String,
    conversation_id: String,
    channel_id: String,
    agent_id: Option<String>,
    question_id: String,
    asked_at: i64,
    rated_at: Option<i64>,
    rated_seq: Option<i64>,
    score: Option<i64>,
}

impl TryFrom<RawFact> for RatingFact {
    type Error = StoreError;
    fn try_from(row: RawFact) -> Result<Self> {
        let this = RowId::new("report_ratings", &row.handoff_id);
        let rated = match row.rated_at {
            Some(at) => {
                let score = this.present("score", row.score)?;
                Some(RatedFact {
                    at: Timestamp(at),
                    seq: Seq(this.present("rated_seq", row.rated_seq)?),
                    score: Score::try_from(score).map_err(|error| this.unreadable("score", error))?,
                })
            }
            None => None,
        };
        Ok(Self {
            rated,
            handoff: row.handoff_id.into(),
            conversation: row.conversation_id.into(),
            channel: row.channel_id.into(),
            agent: row.agent_id.map(Into::into),
            question: row.question_id.into(),
            asked_at: Timestamp(row.asked_at),
        })
    }
}

const COLUMNS: &str = "SELECT handoff_id, conversation_id, channel_id, agent_id, question_id, asked_at, rated_at, rated_seq, \
     score FROM report_ratings";

/// The facts of these handoffs. Those that were not asked about are left out.
pub async fn by_ids(tx: &mut Tx, tenant: &TenantId, ids: &[&HandoffId]) -> Result<Vec<RatingFact>> {
    let mut found = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<RawFact> = on!(tx, c => {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push(" WHERE ").push(TENANT_BESIDE_IDS).push(" = ").push_bind(tenant.as_str());
            query.push(" AND handoff_id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            found.push(RatingFact::try_from(row)?);
        }
    }
    Ok(found)
}

/// The facts of a tenant that were asked about in the half-open range, oldest first.
pub async fn asked_within(tx: &mut Tx, tenant: &TenantId, from: Timestamp, to: Timestamp) -> Result<Vec<RatingFact>> {
    let rows: Vec<RawFact> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND asked_at >= $2 AND asked_at < $3 ORDER BY asked_at, handoff_id")))
        .bind(tenant.as_str()).bind(from.0).bind(to.0).fetch_all(c).await)?;
    rows.into_iter().map(RatingFact::try_from).collect()
}

/// Inserts facts, or updates their answers.
pub async fn save(tx: &mut Tx, tenant: &TenantId, facts: &[&RatingFact]) -> Result<()> {
    for slice in slices(facts) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO report_ratings (handoff_id, tenant_id, conversation_id, channel_id, agent_id, question_id,
                    asked_at, rated_at, rated_seq, score) ");
            query.push_values(slice, |mut row, fact| {
                row.push_bind(fact.handoff.as_str()).push_bind(tenant.as_str()).push_bind(fact.conversation.as_str())
                    .push_bind(fact.channel.as_str()).push_bind(fact.agent.as_ref().map(|agent| agent.as_str()))
                    .push_bind(fact.question.as_str()).push_bind(fact.asked_at.0)
                    .push_bind(fact.rated.map(|rated| rated.at.0)).push_bind(fact.rated.map(|rated| rated.seq.0))
                    .push_bind(fact.rated.map(|rated| rated.score.value()));
            });
            query.push(
                " ON CONFLICT (handoff_id) DO UPDATE SET rated_at = excluded.rated_at, rated_seq = excluded.rated_seq,
                    score = excluded.score");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Deletes up to `limit` facts of a tenant. Returns how many.
pub async fn delete_some(tx: &mut Tx, tenant: &TenantId, limit: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM report_ratings WHERE handoff_id IN (
            SELECT handoff_id FROM report_ratings WHERE tenant_id = $1 ORDER BY asked_at LIMIT $2)")
        .bind(tenant.as_str()).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
