//! Facts of conversations for reports. They are derived from the log by `domain::report`, and can be deleted at any time.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, push_ids, slices},
};
use crate::domain::{
    ids::{ConversationId, Seq, TenantId},
    report::facts::{ClosedFact, ConversationFact, RunningWait},
    time::{Span, Timestamp},
};

#[derive(FromRow)]
struct RawFact {
    conversation_id: String,
    channel_id: String,
    started_at: i64,
    begun_by: String,
    language: Option<String>,
    bot_took_part: bool,
    bot_turns: i64,
    customer_messages: i64,
    handoffs: i64,
    first_handoff_id: Option<String>,
    first_handoff_at: Option<i64>,
    closed_at: Option<i64>,
    close_reason: Option<String>,
    outcome_id: Option<String>,
    wait_since: Option<i64>,
    wait_target: Option<i64>,
    handoff_id: Option<String>,
    closing_seq: Option<i64>,
    stint_seq: Option<i64>,
    turn_answered: bool,
    flow_id: Option<String>,
}

impl TryFrom<RawFact> for ConversationFact {
    type Error = StoreError;
    fn try_from(row: RawFact) -> Result<Self> {
        let this = RowId::new("report_conversations", &row.conversation_id);
        let closed = match row.closed_at {
            Some(at) => Some(ClosedFact {
                at: Timestamp(at),
                reason: this.variant("close_reason", this.present("close_reason", row.close_reason.as_deref())?)?,
                outcome: row.outcome_id.map(Into::into),
            }),
            None => None,
        };
        let wait = row.wait_since.zip(row.wait_target);
        Ok(Self {
            begun_by: this.variant("begun_by", &row.begun_by)?,
            closed,
            conversation: row.conversation_id.into(),
            channel: row.channel_id.into(),
            started_at: Timestamp(row.started_at),
            language: row.language,
            bot_took_part: row.bot_took_part,
            bot_turns: row.bot_turns,
            customer_messages: row.customer_messages,
            handoffs: row.handoffs,
            first_handoff: row.first_handoff_id.zip(row.first_handoff_at).map(|(id, at)| (id.into(), Timestamp(at))),
            wait: wait.map(|(since, target)| RunningWait { since: Timestamp(since), target: Span(target) }),
            handoff: row.handoff_id.map(Into::into),
            closing: row.closing_seq.map(Seq),
            stint: row.stint_seq.map(Seq),
            turn_answered: row.turn_answered,
            flow: row.flow_id.map(Into::into),
        })
    }
}

const COLUMNS: &str = "SELECT conversation_id, channel_id, started_at, begun_by, language, bot_took_part, bot_turns, \
     customer_messages, handoffs, first_handoff_id, first_handoff_at, closed_at, close_reason, outcome_id, wait_since, \
     wait_target, handoff_id, closing_seq, stint_seq, turn_answered, flow_id FROM report_conversations";

/// The facts of these conversations. Unknown ones are left out.
pub async fn by_ids(tx: &mut Tx, tenant: &TenantId, ids: &[&ConversationId]) -> Result<Vec<ConversationFact>> {
    let mut found = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<RawFact> = on!(tx, c => {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push(" WHERE ");
            push_ids(&mut query, tenant, "conversation_id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            found.push(ConversationFact::try_from(row)?);
        }
    }
    Ok(found)
}

/// Inserts or updates facts.
pub async fn save(tx: &mut Tx, tenant: &TenantId, facts: &[&ConversationFact]) -> Result<()> {
    for slice in slices(facts) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO report_conversations (conversation_id, tenant_id, channel_id, started_at, begun_by, language,
                    bot_took_part, bot_turns, customer_messages, handoffs, first_handoff_id, first_handoff_at, closed_at,
                    close_reason, outcome_id, wait_since, wait_target, handoff_id, closing_seq, stint_seq, turn_answered,
                    flow_id) ");
            query.push_values(slice, |mut row, fact| {
                let (first, closed) = (fact.first_handoff.as_ref(), fact.closed.as_ref());
                row.push_bind(fact.conversation.as_str()).push_bind(tenant.as_str()).push_bind(fact.channel.as_str())
                    .push_bind(fact.started_at.0).push_bind(fact.begun_by.as_str()).push_bind(fact.language.as_deref())
                    .push_bind(fact.bot_took_part).push_bind(fact.bot_turns).push_bind(fact.customer_messages)
                    .push_bind(fact.handoffs).push_bind(first.map(|(id, _)| id.as_str()))
                    .push_bind(first.map(|(_, at)| at.0)).push_bind(closed.map(|closed| closed.at.0))
                    .push_bind(closed.map(|closed| closed.reason.as_str()))
                    .push_bind(closed.and_then(|closed| closed.outcome.as_ref()).map(|outcome| outcome.as_str()))
                    .push_bind(fact.wait.map(|wait| wait.since.0)).push_bind(fact.wait.map(|wait| wait.target.0))
                    .push_bind(fact.handoff.as_ref().map(|handoff| handoff.as_str()))
                    .push_bind(fact.closing.map(|seq| seq.0)).push_bind(fact.stint.map(|seq| seq.0))
                    .push_bind(fact.turn_answered).push_bind(fact.flow.as_ref().map(|flow| flow.as_str()));
            });
            query.push(
                " ON CONFLICT (conversation_id) DO UPDATE SET begun_by = excluded.begun_by, language = excluded.language,
                    bot_took_part = excluded.bot_took_part, bot_turns = excluded.bot_turns,
                    customer_messages = excluded.customer_messages, handoffs = excluded.handoffs,
                    first_handoff_id = excluded.first_handoff_id, first_handoff_at = excluded.first_handoff_at,
                    closed_at = excluded.closed_at, close_reason = excluded.close_reason,
                    outcome_id = excluded.outcome_id, wait_since = excluded.wait_since,
                    wait_target = excluded.wait_target, handoff_id = excluded.handoff_id,
                    closing_seq = excluded.closing_seq, stint_seq = excluded.stint_seq,
                    turn_answered = excluded.turn_answered, flow_id = excluded.flow_id");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Deletes up to `limit` facts of a tenant. Returns how many.
pub async fn delete_some(tx: &mut Tx, tenant: &TenantId, limit: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM report_conversations WHERE conversation_id IN (
            SELECT conversation_id FROM report_conversations WHERE tenant_id = $1 ORDER BY started_at LIMIT $2)")
        .bind(tenant.as_str()).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
