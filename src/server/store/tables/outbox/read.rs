//! What is read of the outbox's rows besides taking them: the calls of a message, and what waits.

use std::collections::HashSet;

use sqlx::QueryBuilder;

use super::{
    super::{
        Result, RowId, Tx,
        db::{on, push_ids, slices},
    },
    row::{AttemptOutcome, TABLE},
};
use crate::domain::{
    ids::{ConversationId, MessageId, TenantId, Wamid},
    time::Timestamp,
};

/// A call of a message, made or pending.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub ord: i64,
    pub outcome: Option<AttemptOutcome>,
    pub wamid: Option<Wamid>,
}

/// All calls of a message, including earlier attempts.
pub async fn attempts(tx: &mut Tx, tenant: &TenantId, message: &MessageId) -> Result<Vec<Attempt>> {
    let rows: Vec<(String, i64, Option<String>, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT id, ord, outcome, wamid FROM outbox WHERE tenant_id = $1 AND message_id = $2 ORDER BY ord, id")
        .bind(tenant.as_str()).bind(message.as_str()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(id, ord, outcome, wamid)| {
            let outcome = RowId::new(TABLE, &id).variant_if("outcome", outcome.as_deref())?;
            Ok(Attempt { ord, outcome, wamid: wamid.map(Wamid) })
        })
        .collect()
}

/// How many rows of a message are unfinished.
pub async fn open_of_message(tx: &mut Tx, tenant: &TenantId, message: &MessageId) -> Result<i64> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM outbox WHERE tenant_id || '' = $1 AND message_id = $2 AND state <> 'done'")
        .bind(tenant.as_str()).bind(message.as_str()).fetch_one(c).await)?)
}

/// Whether a conversation has messages that are not sent yet.
pub async fn has_open(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<bool> {
    let found: Option<i32> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM outbox WHERE tenant_id || '' = $1 AND conversation_id = $2 AND state <> 'done' LIMIT 1")
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Which of these messages have unfinished rows.
pub async fn unfinished_of(tx: &mut Tx, tenant: &TenantId, messages: &[&MessageId]) -> Result<HashSet<MessageId>> {
    messages_with(tx, tenant, messages, "state <> 'done'").await
}

/// Which of these messages have rows that a status may still change: see [`super::arrived`].
pub async fn awaiting_status(tx: &mut Tx, tenant: &TenantId, messages: &[&MessageId]) -> Result<HashSet<MessageId>> {
    messages_with(tx, tenant, messages, "(state <> 'done' OR outcome = 'unclear')").await
}

/// Which of these messages have rows that meet a condition.
async fn messages_with(
    tx: &mut Tx,
    tenant: &TenantId,
    messages: &[&MessageId],
    condition: &'static str,
) -> Result<HashSet<MessageId>> {
    let mut found = HashSet::new();
    for slice in slices(messages) {
        let ids: Vec<String> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT DISTINCT message_id FROM outbox WHERE ");
            push_ids(&mut query, tenant, "message_id", slice.iter().map(|id| id.as_str()));
            query.push(" AND ").push(condition);
            query.build_query_scalar().fetch_all(c).await
        })?;
        found.extend(ids.into_iter().map(MessageId::from));
    }
    Ok(found)
}

/// Since when the oldest row that may be sent is due, of any tenant; `None` if nothing waits. Rows of stopped numbers
/// wait for an admin. Found like [`super::due_tenants`].
pub async fn oldest_due(tx: &mut Tx, now: Timestamp) -> Result<Option<Timestamp>> {
    let oldest: Vec<Option<i64>> = on!(tx, c => sqlx::query_scalar(
        "WITH RECURSIVE tenants_of(tenant_id) AS (
           SELECT MIN(tenant_id) FROM outbox WHERE state <> 'done'
           UNION ALL
           SELECT (SELECT MIN(later.tenant_id) FROM outbox later
                   WHERE later.state <> 'done' AND later.tenant_id > tenants_of.tenant_id)
           FROM tenants_of WHERE tenants_of.tenant_id IS NOT NULL)
         SELECT (SELECT due.due_at FROM outbox due
           WHERE due.state <> 'done' AND due.tenant_id = tenants_of.tenant_id AND due.due_at <= $1
             AND (due.lease_until IS NULL OR due.lease_until <= $1)
             AND NOT EXISTS (SELECT 1 FROM channels h WHERE h.id = due.channel_id
               AND (h.down_code IS NOT NULL OR h.slow_until > $1))
           ORDER BY due.due_at, due.ord LIMIT 1)
         FROM tenants_of WHERE tenants_of.tenant_id IS NOT NULL")
        .bind(now.0).fetch_all(c).await)?;
    Ok(oldest.into_iter().flatten().min().map(Timestamp))
}
