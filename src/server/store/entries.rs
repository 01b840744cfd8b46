//! The log. Append and read; there is no update and no delete.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, Tx,
    db::{on, slices},
    from_json, to_json,
};
use crate::domain::{
    event::{Actor, Entry},
    ids::{ConversationId, Seq, TenantId},
    time::Timestamp,
};

#[derive(FromRow)]
struct EntryRow {
    seq: i64,
    at: i64,
    actor: String,
    conversation_id: Option<String>,
    event: String,
}

impl TryFrom<EntryRow> for Entry {
    type Error = super::StoreError;
    fn try_from(row: EntryRow) -> Result<Self> {
        Ok(Self {
            seq: Seq(row.seq),
            at: Timestamp(row.at),
            actor: from_json::<Actor>(&row.actor)?,
            conversation: row.conversation_id.map(ConversationId::from),
            event: from_json(&row.event)?,
        })
    }
}

pub async fn append(tx: &mut Tx, tenant: &TenantId, entries: &[Entry]) -> Result<()> {
    for chunk in slices(entries) {
        let mut rows = Vec::with_capacity(chunk.len());
        for entry in chunk {
            rows.push((entry, to_json(&entry.actor)?, to_json(&entry.event)?));
        }
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO entries (tenant_id, seq, at, actor, conversation_id, name, event) ");
            query.push_values(&rows, |mut row, (entry, actor, event)| {
                row.push_bind(tenant.as_str()).push_bind(entry.seq.0).push_bind(entry.at.0).push_bind(actor.as_str())
                    .push_bind(entry.conversation.as_ref().map(|id| id.as_str()))
                    .push_bind(entry.event.name()).push_bind(event.as_str());
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Up to `limit` entries after `after`, in order.
pub async fn since(tx: &mut Tx, tenant: &TenantId, after: Seq, limit: i64) -> Result<Vec<Entry>> {
    let rows: Vec<EntryRow> = on!(tx, c => sqlx::query_as(
        "SELECT seq, at, actor, conversation_id, event FROM entries WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3")
        .bind(tenant.as_str()).bind(after.0).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// The names that make a quiet line in a thread.
const LINES: &str = "('started','handed_off','claimed','released','taken_over','returned_to_bot','closed',
    'closing_skipped','merged','number_changed','preferred',
    'customer_called','partner_took','bot_silenced','variable_set','call_requested')";

/// Up to `limit` lines of a conversation before the place `(at, seq)`, newest first.
pub async fn lines(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    before: Option<(Timestamp, Seq)>,
    limit: i64,
) -> Result<Vec<Entry>> {
    let (at, seq) = before.unwrap_or((Timestamp(i64::MAX), Seq(i64::MAX)));
    let rows: Vec<EntryRow> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT seq, at, actor, conversation_id, event FROM entries
         WHERE tenant_id = $1 AND conversation_id = $2 AND name IN {LINES} AND (at < $3 OR (at = $3 AND seq < $4))
         ORDER BY seq DESC LIMIT $5")))
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(at.0).bind(seq.0).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// A conversation's entries of one name, oldest first.
pub async fn named(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId, name: &str) -> Result<Vec<Entry>> {
    let rows: Vec<EntryRow> = on!(tx, c => sqlx::query_as(
        "SELECT seq, at, actor, conversation_id, event FROM entries
         WHERE tenant_id = $1 AND conversation_id = $2 AND name = $3 ORDER BY seq")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(name).fetch_all(c).await)?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// The names an auditor does not read one by one: the talk itself.
const TALK: &str = "('customer_wrote','queued','echoed','delivered','amended','seen','started','first_replied',
    'flow_began','variable_set','call_requested','call_ended')";

/// Up to `limit` audited entries before `before`, newest first.
pub async fn audited(tx: &mut Tx, tenant: &TenantId, before: Option<Seq>, limit: i64) -> Result<Vec<Entry>> {
    let before = before.unwrap_or(Seq(i64::MAX));
    let rows: Vec<EntryRow> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT seq, at, actor, conversation_id, event FROM entries
         WHERE tenant_id = $1 AND seq < $2 AND name NOT IN {TALK} ORDER BY seq DESC LIMIT $3")))
        .bind(tenant.as_str()).bind(before.0).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Entry::try_from).collect()
}
