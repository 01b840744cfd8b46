//! Facts of customers' waits for further replies. They are derived from the log by `domain::report`, and can be deleted at
//! any time.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, slices},
    report_handoffs::{replier, replier_columns},
};
use crate::domain::{
    handoff::HandoffEnd,
    ids::{MessageId, Seq, TenantId},
    report::facts::{Lasted, WaitEnd, WaitFact},
    time::{Span, Timestamp},
};

/// The name of an end by an answer; the others are those of [`HandoffEnd`].
const ANSWERED: &str = "answered";

#[derive(FromRow)]
struct RawFact {
    seq: i64,
    conversation_id: String,
    handoff_id: String,
    channel_id: String,
    since: i64,
    target: i64,
    ended_at: i64,
    end_reason: String,
    message_id: Option<String>,
    answered_by: Option<String>,
    agent_id: Option<String>,
    wait: i64,
    open_wait: Option<i64>,
}

impl TryFrom<RawFact> for WaitFact {
    type Error = StoreError;
    fn try_from(row: RawFact) -> Result<Self> {
        let id = row.seq.to_string();
        let this = RowId::new("report_waits", &id);
        let end = if row.end_reason == ANSWERED {
            let word = this.present("answered_by", row.answered_by.as_deref())?;
            let by = replier(this, "answered_by", word, row.agent_id.as_deref())?;
            WaitEnd::Answered { message: this.present("message_id", row.message_id.as_deref())?.into(), by }
        } else {
            let end: HandoffEnd = this.variant("end_reason", &row.end_reason)?;
            WaitEnd::Unanswered { end, owner: row.agent_id.map(Into::into) }
        };
        Ok(Self {
            seq: Seq(row.seq),
            conversation: row.conversation_id.into(),
            handoff: row.handoff_id.into(),
            channel: row.channel_id.into(),
            since: Timestamp(row.since),
            target: Span(row.target),
            ended_at: Timestamp(row.ended_at),
            end,
            lasted: Lasted { raw: Span(row.wait), open: row.open_wait.map(Span) },
        })
    }
}

/// The waits of a tenant that ended in the half-open range, oldest first.
pub async fn ended_within(tx: &mut Tx, tenant: &TenantId, from: Timestamp, to: Timestamp) -> Result<Vec<WaitFact>> {
    let rows: Vec<RawFact> = on!(tx, c => sqlx::query_as(
        "SELECT seq, conversation_id, handoff_id, channel_id, since, target, ended_at, end_reason, message_id, answered_by,
            agent_id, wait, open_wait
         FROM report_waits WHERE tenant_id = $1 AND ended_at >= $2 AND ended_at < $3 ORDER BY ended_at, seq")
        .bind(tenant.as_str()).bind(from.0).bind(to.0).fetch_all(c).await)?;
    rows.into_iter().map(WaitFact::try_from).collect()
}

/// Inserts facts. One that is stored already stays.
pub async fn save(tx: &mut Tx, tenant: &TenantId, facts: &[&WaitFact]) -> Result<()> {
    for slice in slices(facts) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO report_waits (tenant_id, seq, conversation_id, handoff_id, channel_id, since, target, ended_at,
                    end_reason, message_id, answered_by, agent_id, wait, open_wait) ");
            query.push_values(slice, |mut row, fact| {
                let (end, message, by, agent) = match &fact.end {
                    WaitEnd::Answered { message, by } => {
                        let (by, agent) = replier_columns(by);
                        (ANSWERED, Some(message.as_str()), Some(by), agent)
                    }
                    WaitEnd::Unanswered { end, owner } => {
                        (end.as_str(), None, None, owner.as_ref().map(|owner| owner.as_str()))
                    }
                };
                row.push_bind(tenant.as_str()).push_bind(fact.seq.0).push_bind(fact.conversation.as_str())
                    .push_bind(fact.handoff.as_str()).push_bind(fact.channel.as_str()).push_bind(fact.since.0)
                    .push_bind(fact.target.0).push_bind(fact.ended_at.0).push_bind(end).push_bind(message)
                    .push_bind(by).push_bind(agent).push_bind(fact.lasted.raw.0)
                    .push_bind(fact.lasted.open.map(|open| open.0));
            });
            query.push(" ON CONFLICT (tenant_id, seq) DO NOTHING");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Removes the waits that these messages ended. Returns which, and when they had ended.
pub async fn withdraw(tx: &mut Tx, tenant: &TenantId, messages: &[&MessageId]) -> Result<Vec<(Seq, Timestamp)>> {
    let mut removed = Vec::new();
    for slice in slices(messages) {
        let rows: Vec<(i64, i64)> = on!(tx, c => {
            let mut query = QueryBuilder::new("DELETE FROM report_waits WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND message_id IN (");
            let mut list = query.separated(", ");
            for message in slice {
                list.push_bind(message.as_str());
            }
            query.push(") RETURNING seq, ended_at");
            query.build_query_as().fetch_all(c).await
        })?;
        removed.extend(rows.into_iter().map(|(seq, ended_at)| (Seq(seq), Timestamp(ended_at))));
    }
    Ok(removed)
}

/// Deletes up to `limit` facts of a tenant. Returns how many.
pub async fn delete_some(tx: &mut Tx, tenant: &TenantId, limit: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM report_waits WHERE tenant_id = $1 AND seq IN (
            SELECT seq FROM report_waits WHERE tenant_id = $1 ORDER BY seq LIMIT $2)")
        .bind(tenant.as_str()).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
