//! Messages of customers, agents and the bot. Their content can be erased; the log contains only their ids. What is
//! inserted here is added to the search index; what is changed or erased is removed from it by the database.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, slices},
    search::{self, Document},
    to_json,
};
use crate::domain::{
    ids::{AgentId, ChannelId, ConversationId, MessageId, Seq, TenantId, Wamid},
    message::{Author, Content, Delivery, DeliveryFault, Forwarded, MessageContext, Reaction, Referral},
    time::Timestamp,
    variant_names::UnknownName,
};

/// A message as it is stored.
#[derive(Clone, Debug)]
pub struct MessageRow {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    pub wamid: Option<Wamid>,
    /// Chosen by the sender's page, so that a double click sends once.
    pub client_id: Option<String>,
    pub author: Author,
    pub content: Content,
    pub at: Timestamp,
    /// Assigned with its entry: see `conversations::unit_of_work`.
    pub seq: Seq,
    pub written_at: Timestamp,
    pub delivery: Option<Delivery>,
    pub fault: Option<DeliveryFault>,
    pub quote: Option<Wamid>,
    pub forwarded: Forwarded,
    pub reactions: Vec<Reaction>,
    pub revoked: bool,
    pub edited: bool,
    pub late: bool,
    pub resent: bool,
    pub referral: Option<Referral>,
    pub hidden: bool,
    pub context: MessageContext,
}

impl MessageRow {
    /// A message with its content alone, written when it is positioned, at `at`. Its entry assigns the position.
    pub fn new(
        id: MessageId,
        conversation: &ConversationId,
        channel: &ChannelId,
        author: Author,
        content: Content,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            conversation: conversation.clone(),
            channel: channel.clone(),
            wamid: None,
            client_id: None,
            author,
            content,
            at,
            seq: Seq(0),
            written_at: at,
            delivery: None,
            fault: None,
            quote: None,
            forwarded: Forwarded::No,
            reactions: Vec::new(),
            revoked: false,
            edited: false,
            late: false,
            resent: false,
            referral: None,
            hidden: false,
            context: MessageContext::default(),
        }
    }
}

#[derive(FromRow)]
struct RawMessage {
    id: String,
    conversation_id: String,
    channel_id: String,
    wamid: Option<String>,
    client_id: Option<String>,
    author: String,
    author_id: Option<String>,
    content: String,
    at: i64,
    seq: i64,
    written_at: i64,
    delivery: Option<String>,
    fault_code: Option<i64>,
    fault_words: Option<String>,
    fault_again: Option<i64>,
    quote_wamid: Option<String>,
    forwarded: String,
    reactions: String,
    revoked: bool,
    edited: bool,
    late: bool,
    resent: bool,
    referral: Option<String>,
    hidden: bool,
    beside: Option<String>,
}

fn author_columns(author: &Author) -> (&'static str, Option<&str>) {
    match author {
        Author::Customer => ("customer", None),
        Author::Bot => ("bot", None),
        Author::System => ("system", None),
        Author::Agent(agent) => ("agent", Some(agent.as_str())),
        Author::Phone => ("phone", None),
        Author::Partner => ("partner", None),
    }
}

fn author(this: RowId<'_>, name: &str, id: Option<&str>) -> Result<Author> {
    Ok(match name {
        "customer" => Author::Customer,
        "bot" => Author::Bot,
        "system" => Author::System,
        "agent" => Author::Agent(this.present("author_id", id)?.into()),
        "phone" => Author::Phone,
        "partner" => Author::Partner,
        unknown => return Err(this.unreadable("author", UnknownName(unknown.to_owned()))),
    })
}

impl TryFrom<RawMessage> for MessageRow {
    type Error = StoreError;
    fn try_from(row: RawMessage) -> Result<Self> {
        let this = RowId::new(TABLE, &row.id);
        Ok(Self {
            author: author(this, &row.author, row.author_id.as_deref())?,
            content: this.json("content", &row.content)?,
            delivery: this.variant_if("delivery", row.delivery.as_deref())?,
            forwarded: this.json("forwarded", &row.forwarded)?,
            reactions: this.json("reactions", &row.reactions)?,
            referral: this.json_if("referral", row.referral.as_deref())?,
            context: this.json_if("beside", row.beside.as_deref())?.unwrap_or_default(),
            id: row.id.into(),
            conversation: row.conversation_id.into(),
            channel: row.channel_id.into(),
            wamid: row.wamid.map(Wamid),
            client_id: row.client_id,
            at: Timestamp(row.at),
            seq: Seq(row.seq),
            written_at: Timestamp(row.written_at),
            fault: row.fault_words.map(|words| DeliveryFault {
                code: row.fault_code,
                detail: words,
                again: row.fault_again.map(Timestamp),
            }),
            quote: row.quote_wamid.map(Wamid),
            revoked: row.revoked,
            edited: row.edited,
            late: row.late,
            resent: row.resent,
            hidden: row.hidden,
        })
    }
}

const TABLE: &str = "messages";

const COLUMNS: &str = "SELECT id, conversation_id, channel_id, wamid, client_id, author, author_id, content, at, seq, \
     written_at, delivery, fault_code, fault_words, fault_again, quote_wamid, forwarded, reactions, revoked, edited, \
     late, resent, referral, hidden, beside FROM messages";

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
            revoked = $9, edited = $10, resent = $11, fault_again = $12
         WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(record.id.as_str()).bind(record.wamid.as_ref().map(|wamid| wamid.0.as_str()))
        .bind(content).bind(record.delivery.map(Delivery::as_str))
        .bind(record.fault.as_ref().and_then(|fault| fault.code))
        .bind(record.fault.as_ref().map(|fault| fault.detail.as_str()))
        .bind(reactions).bind(record.revoked).bind(record.edited).bind(record.resent)
        .bind(record.fault.as_ref().and_then(|fault| fault.again.map(|again| again.0)))
        .execute(c).await.map(|_| ()))?;
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

/// Which of `wamids` are stored for a number.
pub async fn stored(tx: &mut Tx, tenant: &TenantId, channel: &ChannelId, wamids: &[&Wamid]) -> Result<Vec<Wamid>> {
    let mut found = Vec::new();
    for slice in slices(wamids) {
        let rows: Vec<String> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT wamid FROM messages WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND channel_id = ").push_bind(channel.as_str()).push(" AND wamid IN (");
            let mut list = query.separated(", ");
            for wamid in slice {
                list.push_bind(wamid.0.as_str());
            }
            query.push(")");
            query.build_query_scalar().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(Wamid));
    }
    Ok(found)
}

pub async fn by_client_id(tx: &mut Tx, tenant: &TenantId, client_id: &str) -> Result<Option<MessageRow>> {
    let row: Option<RawMessage> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND client_id = $2")))
        .bind(tenant.as_str()).bind(client_id).fetch_optional(c).await)?;
    row.map(MessageRow::try_from).transpose()
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

/// When the customer wrote their first message that is positioned after `at` and recorded after `seq`.
pub async fn said_after(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    at: Timestamp,
    seq: Seq,
) -> Result<Option<Timestamp>> {
    let row: Option<(i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT written_at, at FROM messages WHERE conversation_id = $2 AND tenant_id = $1 AND author = 'customer'
            AND NOT hidden AND at > $3 AND seq > $4 ORDER BY at, seq LIMIT 1")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(at.0).bind(seq.0).fetch_optional(c).await)?;
    // A clock that is ahead of ours would make the customer wait from the future.
    Ok(row.map(|(written_at, at)| Timestamp(written_at.min(at))))
}

/// Whether WhatsApp has a message of a person that is recorded at `seq` or later.
pub async fn has_reply_since(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId, seq: Seq) -> Result<bool> {
    let id: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM messages WHERE conversation_id = $2 AND tenant_id = $1 AND author IN ('agent', 'phone')
            AND seq >= $3 AND delivery IN ('sent', 'delivered', 'read', 'played') LIMIT 1")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(seq.0).fetch_optional(c).await)?;
    Ok(id.is_some())
}

/// The newest message of a person in a conversation, whatever became of it.
pub async fn newest_reply(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<Option<MessageId>> {
    let id: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM messages WHERE conversation_id = $2 AND tenant_id = $1 AND author IN ('agent', 'phone')
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

/// The customer's first message in a conversation, and the ad or post from which the customer came.
pub async fn oldest_inbound(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
) -> Result<Option<(MessageId, Option<Referral>)>> {
    let row: Option<(String, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT id, referral FROM messages WHERE conversation_id = $2 AND tenant_id = $1 AND author = 'customer'
            AND NOT hidden ORDER BY at, seq LIMIT 1")
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_optional(c).await)?;
    row.map(|(id, referral)| {
        let referral = RowId::new(TABLE, &id).json_if("referral", referral.as_deref())?;
        Ok((id.into(), referral))
    })
    .transpose()
}
