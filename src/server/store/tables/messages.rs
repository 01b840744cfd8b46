//! Messages of customers, agents and the bot. Their content can be erased; the log contains only their ids. What is
//! inserted here is added to the search index; what is changed or erased is removed from it by the database.

mod named;
mod row;
mod wamids;

use std::collections::HashMap;

use sqlx::QueryBuilder;

use super::{
    Result, RowId, Tx,
    db::{on, push_ids, slices},
    joined_presses,
    search::{self, Document},
    to_json,
};
use crate::domain::{
    ids::{AgentId, ChannelId, ConversationId, MessageId, Seq, TenantId, Wamid},
    message::{Delivery, Referral},
    time::Timestamp,
};

use self::row::{COLUMNS, HEAD_COLUMNS, RawHead, RawMessage, TABLE, author_columns};
pub use self::{
    named::{by_token, named},
    row::{MessageHead, MessageRow},
    wamids::{heads_of_wamids, stored},
};

pub async fn insert(tx: &mut Tx, tenant: &TenantId, records: &[MessageRow]) -> Result<()> {
    for chunk in slices(records) {
        let mut rows = Vec::with_capacity(chunk.len());
        for record in chunk {
            rows.push((
                record,
                to_json(&record.content)?,
                to_json(&record.forwarded)?,
                to_json(&record.reactions)?,
                record.referral.as_ref().map(to_json).transpose()?,
                Some(&record.context).filter(|context| !context.is_empty()).map(to_json).transpose()?,
            ));
        }
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO messages (id, tenant_id, conversation_id, channel_id, wamid, client_id, author, author_id,
                    content, at, seq, written_at, delivery, fault_code, fault_words, fault_again, quote_wamid, forwarded,
                    reactions, revoked, edited, late, resent, referral, hidden, beside) ");
            query.push_values(&rows, |mut row, (record, content, forwarded, reactions, referral, beside)| {
                let (author, author_id) = author_columns(&record.author);
                row.push_bind(record.id.as_str()).push_bind(tenant.as_str()).push_bind(record.conversation.as_str())
                    .push_bind(record.channel.as_str()).push_bind(record.wamid.as_ref().map(|wamid| wamid.0.as_str()))
                    .push_bind(record.client_id.as_deref()).push_bind(author).push_bind(author_id)
                    .push_bind(content.as_str()).push_bind(record.at.0).push_bind(record.seq.0)
                    .push_bind(record.written_at.0).push_bind(record.delivery.map(Delivery::as_str))
                    .push_bind(record.fault.as_ref().and_then(|fault| fault.code))
                    .push_bind(record.fault.as_ref().map(|fault| fault.detail.as_str()))
                    .push_bind(record.fault.as_ref().and_then(|fault| fault.again.map(|again| again.0)))
                    .push_bind(record.quote.as_ref().map(|wamid| wamid.0.as_str()))
                    .push_bind(forwarded.as_str()).push_bind(reactions.as_str())
                    .push_bind(record.revoked).push_bind(record.edited).push_bind(record.late).push_bind(record.resent)
                    .push_bind(referral.as_deref()).push_bind(record.hidden).push_bind(beside.as_deref());
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    search::add(tx, tenant, records.iter().filter_map(Document::of_message).collect()).await
}

/// Saves the columns that can change after the insert. The caller adds an edited message to the search index again.
pub async fn save(tx: &mut Tx, tenant: &TenantId, record: &MessageRow) -> Result<()> {
    let content = to_json(&record.content)?;
    let reactions = to_json(&record.reactions)?;
    on!(tx, c => sqlx::query(
        "UPDATE messages SET wamid = $3, content = $4, delivery = $5, fault_code = $6, fault_words = $7, reactions = $8,
            revoked = $9, edited = $10, resent = $11, fault_again = $12, priced_pieces = $13
         WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(record.id.as_str()).bind(record.wamid.as_ref().map(|wamid| wamid.0.as_str()))
        .bind(content).bind(record.delivery.map(Delivery::as_str))
        .bind(record.fault.as_ref().and_then(|fault| fault.code))
        .bind(record.fault.as_ref().map(|fault| fault.detail.as_str()))
        .bind(reactions).bind(record.revoked).bind(record.edited).bind(record.resent)
        .bind(record.fault.as_ref().and_then(|fault| fault.again.map(|again| again.0)))
        .bind(record.priced_pieces)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Saves what changes as messages are sent and their statuses arrive: Meta's id, the delivery, its fault, and which prices
/// are recorded.
pub async fn save_deliveries(tx: &mut Tx, tenant: &TenantId, records: &[&MessageRow]) -> Result<()> {
    for slice in slices(records) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                // Both engines name the columns of VALUES column1, column2 and so on.
                "UPDATE messages SET wamid = v.column3, delivery = v.column4, fault_code = v.column5,
                    fault_words = v.column6, fault_again = v.column7, priced_pieces = v.column8
                 FROM (");
            query.push_values(slice, |mut row, record| {
                row.push_bind(tenant.as_str()).push_bind(record.id.as_str())
                    .push_bind(record.wamid.as_ref().map(|wamid| wamid.0.as_str()))
                    .push_bind(record.delivery.map(Delivery::as_str))
                    .push_bind(record.fault.as_ref().and_then(|fault| fault.code))
                    .push_bind(record.fault.as_ref().map(|fault| fault.detail.as_str()))
                    .push_bind(record.fault.as_ref().and_then(|fault| fault.again.map(|again| again.0)))
                    .push_bind(record.priced_pieces);
            });
            query.push(") AS v WHERE messages.id = v.column2 AND messages.tenant_id = v.column1");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, id: &MessageId) -> Result<Option<MessageRow>> {
    let row: Option<RawMessage> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(MessageRow::try_from).transpose()
}

pub async fn by_wamid(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    wamid: &Wamid,
) -> Result<Option<MessageRow>> {
    let row: Option<RawMessage> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND channel_id = $2 AND wamid = $3")))
        .bind(tenant.as_str()).bind(channel.as_str()).bind(wamid.0.as_str()).fetch_optional(c).await)?;
    row.map(MessageRow::try_from).transpose()
}

/// The messages with these ids. Unknown ones are left out.
pub async fn by_ids(tx: &mut Tx, tenant: &TenantId, ids: &[&MessageId]) -> Result<Vec<MessageRow>> {
    let mut found = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<RawMessage> = on!(tx, c => {
            let mut query = QueryBuilder::new(COLUMNS);
            push_ids(query.push(" WHERE "), tenant, "id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            found.push(MessageRow::try_from(row)?);
        }
    }
    Ok(found)
}

/// Where messages with these ids are, and how far they came. Unknown ones are left out.
pub async fn heads(tx: &mut Tx, tenant: &TenantId, ids: &[&MessageId]) -> Result<Vec<MessageHead>> {
    let mut found = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<RawHead> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT ");
            push_ids(query.push(HEAD_COLUMNS).push(" FROM messages WHERE "), tenant, "id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            found.push(MessageHead::try_from(row)?);
        }
    }
    Ok(found)
}

/// The message of a press, alone or with others.
pub async fn by_client_id(tx: &mut Tx, tenant: &TenantId, client_id: &str) -> Result<Option<MessageRow>> {
    let row: Option<RawMessage> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND client_id = $2")))
        .bind(tenant.as_str()).bind(client_id).fetch_optional(c).await)?;
    if let Some(row) = row {
        return Ok(Some(row.try_into()?));
    }
    match joined_presses::message_of(tx, tenant, client_id).await? {
        Some(joined) => find(tx, tenant, &joined).await,
        None => Ok(None),
    }
}

/// Up to `limit` visible messages before the position `(at, seq)`, newest first.
pub async fn page(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    before: Option<(Timestamp, Seq)>,
    limit: i64,
) -> Result<Vec<MessageRow>> {
    let (at, seq) = before.unwrap_or((Timestamp(i64::MAX), Seq(i64::MAX)));
    let rows: Vec<RawMessage> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE conversation_id = $2 AND tenant_id = $1 AND NOT hidden AND (at < $3 OR (at = $3 AND seq < $4))
         ORDER BY at DESC, seq DESC LIMIT $5")))
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(at.0).bind(seq.0).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(MessageRow::try_from).collect()
}

/// Up to `limit` messages of the customer before the position `(at, seq)`, newest first.
pub async fn said_before(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    (at, seq): (Timestamp, Seq),
    limit: i64,
) -> Result<Vec<MessageRow>> {
    let rows: Vec<RawMessage> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE conversation_id = $2 AND tenant_id = $1 AND author = 'customer' AND NOT hidden
            AND (at < $3 OR (at = $3 AND seq < $4)) ORDER BY at DESC, seq DESC LIMIT $5")))
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(at.0).bind(seq.0).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(MessageRow::try_from).collect()
}

/// Where a message of the customer stands, and since when it has been waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaidAt {
    pub at: Timestamp,
    pub seq: Seq,
    pub since: Timestamp,
}

/// Up to `limit` messages of the customer after the position `(at, seq)` that are recorded after `recorded`, oldest first.
pub async fn said_after(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    (at, seq): (Timestamp, Seq),
    recorded: Seq,
    limit: i64,
) -> Result<Vec<SaidAt>> {
    let rows: Vec<(i64, i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT written_at, at, seq FROM messages WHERE conversation_id = $2 AND tenant_id = $1 AND author = 'customer'
            AND NOT hidden AND at >= $3 AND (at > $3 OR seq > $4) AND seq > $5 ORDER BY at, seq LIMIT $6")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(at.0).bind(seq.0).bind(recorded.0).bind(limit)
        .fetch_all(c).await)?;
    let said = |(written_at, at, seq): (i64, i64, i64)| SaidAt {
        at: Timestamp(at),
        seq: Seq(seq),
        // A clock that is ahead of ours would make the customer wait from the future.
        since: Timestamp(written_at.min(at)),
    };
    Ok(rows.into_iter().map(said).collect())
}

/// Whether WhatsApp has a message of a person that is recorded at `seq` or later.
pub async fn has_reply_since(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId, seq: Seq) -> Result<bool> {
    let id: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM messages WHERE conversation_id = $2 AND tenant_id = $1 AND author IN ('agent', 'phone') AND NOT hidden
            AND seq >= $3 AND delivery IN ('sent', 'delivered', 'read', 'played') LIMIT 1")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(seq.0).fetch_optional(c).await)?;
    Ok(id.is_some())
}

/// The newest message of a person in a conversation, whatever became of it.
pub async fn newest_reply(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<Option<MessageId>> {
    let id: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM messages WHERE conversation_id = $2 AND tenant_id = $1 AND author IN ('agent', 'phone') AND NOT hidden
            ORDER BY seq DESC LIMIT 1")
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_optional(c).await)?;
    Ok(id.map(MessageId::from))
}

/// When somebody last answered from the phone app in an agent's conversations, if that was after `since`.
pub async fn answered_by_phone(
    tx: &mut Tx,
    tenant: &TenantId,
    agent: &AgentId,
    since: Timestamp,
) -> Result<Option<Timestamp>> {
    let at: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT MAX(m.at) FROM conversations c JOIN messages m ON m.conversation_id = c.id
         WHERE c.tenant_id = $1 AND c.agent_id = $2 AND c.stage = 'claimed' AND m.author = 'phone' AND m.at > $3")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(since.0).fetch_one(c).await)?;
    Ok(at.map(Timestamp))
}

/// The customer's newest message in a conversation that can be marked as read at Meta, of those up to the log position
/// `seen`.
pub async fn newest_inbound(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    seen: Seq,
) -> Result<Option<Wamid>> {
    let wamid: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT wamid FROM messages WHERE conversation_id = $2 AND tenant_id = $1 AND author = 'customer' AND seq <= $3
            AND wamid IS NOT NULL AND NOT hidden ORDER BY at DESC, seq DESC LIMIT 1")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(seen.0).fetch_optional(c).await)?;
    Ok(wamid.map(Wamid))
}

/// The customer's first message of each conversation, and the ad or post from which the customer came. Conversations
/// without one are left out.
pub async fn oldest_inbound(
    tx: &mut Tx,
    tenant: &TenantId,
    conversations: &[&ConversationId],
) -> Result<HashMap<ConversationId, (MessageId, Option<Referral>)>> {
    let mut oldest = HashMap::new();
    for slice in slices(conversations) {
        let rows: Vec<(String, String, Option<String>)> = on!(tx, c => {
            // A search per conversation, each of which reads one row. Grouping would read all of their messages.
            let mut query = QueryBuilder::new("");
            for (nth, id) in slice.iter().enumerate() {
                query.push(if nth == 0 { "" } else { " UNION ALL " });
                query.push("SELECT * FROM (SELECT conversation_id, id, referral FROM messages WHERE conversation_id = ");
                query.push_bind(id.as_str()).push(" AND tenant_id = ").push_bind(tenant.as_str());
                query.push(" AND author = 'customer' AND NOT hidden ORDER BY at, seq LIMIT 1) AS v");
            }
            query.build_query_as().fetch_all(c).await
        })?;
        for (conversation, id, referral) in rows {
            let referral = RowId::new(TABLE, &id).json_if("referral", referral.as_deref())?;
            oldest.insert(conversation.into(), (id.into(), referral));
        }
    }
    Ok(oldest)
}

/// The newest visible messages of each conversation, at most `limit` of each, oldest first. Conversations without one are
/// left out.
pub async fn newest_of_all(
    tx: &mut Tx,
    tenant: &TenantId,
    conversations: &[ConversationId],
    limit: usize,
) -> Result<HashMap<ConversationId, Vec<MessageRow>>> {
    let mut newest: HashMap<ConversationId, Vec<MessageRow>> = HashMap::new();
    for slice in slices(conversations) {
        let rows: Vec<RawMessage> = on!(tx, c => {
            // A search per conversation, as in `oldest_inbound`.
            let mut query = QueryBuilder::new("");
            for (nth, id) in slice.iter().enumerate() {
                query.push(if nth == 0 { "" } else { " UNION ALL " });
                query.push("SELECT * FROM (").push(COLUMNS).push(" WHERE conversation_id = ").push_bind(id.as_str());
                query.push(" AND tenant_id = ").push_bind(tenant.as_str());
                query.push(" AND NOT hidden ORDER BY at DESC, seq DESC LIMIT ").push(limit).push(") AS v");
            }
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            let row = MessageRow::try_from(row)?;
            newest.entry(row.conversation.clone()).or_default().push(row);
        }
    }
    for rows in newest.values_mut() {
        rows.sort_unstable_by_key(|row| (row.at, row.seq));
    }
    Ok(newest)
}
