//! Messages of agents that wait to be sent. Their rows can be erased; the log contains only the ids.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, push_ids, slices},
    to_json,
};
use crate::domain::{
    ids::{AgentId, ConversationId, CustomerId, MediaId, MessageId, ScheduledId, TenantId},
    message::reply::ReplyKind,
    scheduled::{ScheduledMessage, ScheduledState, ScheduledTemplate, joined::Joinable},
    time::Timestamp,
};

const COLUMNS: &str = "SELECT id, conversation_id, customer_id, author_id, client_id, kind, body, quote_id, file_id, template, \
     state, written_at, (SELECT filename FROM media WHERE media.id = file_id) AS file_name FROM scheduled_messages";

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledRow {
    pub id: ScheduledId,
    pub conversation: ConversationId,
    pub customer: CustomerId,
    pub author: AgentId,
    /// Identifies the press that wrote it.
    pub client_id: String,
    pub kind: ReplyKind,
    /// The text, or the caption of its file.
    pub body: String,
    pub quote: Option<MessageId>,
    pub file: Option<MediaId>,
    /// As the file's row has it. It is not written here.
    pub file_name: Option<String>,
    /// The body is how it reads.
    pub template: Option<ScheduledTemplate>,
    pub state: ScheduledState,
    pub written_at: Timestamp,
}

#[derive(FromRow)]
struct RawScheduled {
    id: String,
    conversation_id: String,
    customer_id: String,
    author_id: String,
    client_id: String,
    kind: String,
    body: String,
    quote_id: Option<String>,
    file_id: Option<String>,
    file_name: Option<String>,
    template: Option<String>,
    state: String,
    written_at: i64,
}

impl TryFrom<RawScheduled> for ScheduledRow {
    type Error = StoreError;
    fn try_from(row: RawScheduled) -> Result<Self> {
        let this = RowId::new("scheduled_messages", &row.id);
        let (kind, state) = (this.json("kind", &row.kind)?, this.json("state", &row.state)?);
        let template = match &row.template {
            Some(template) => Some(this.json("template", template)?),
            None => None,
        };
        Ok(Self {
            id: row.id.into(),
            conversation: row.conversation_id.into(),
            customer: row.customer_id.into(),
            author: row.author_id.into(),
            client_id: row.client_id,
            kind,
            body: row.body,
            quote: row.quote_id.map(Into::into),
            file: row.file_id.map(Into::into),
            file_name: row.file_name,
            template,
            state,
            written_at: Timestamp(row.written_at),
        })
    }
}

impl Joinable for ScheduledRow {
    fn author(&self) -> &AgentId {
        &self.author
    }

    fn body(&self) -> &str {
        &self.body
    }

    fn state(&self) -> ScheduledState {
        self.state
    }
}

impl ScheduledRow {
    /// As a thread shows it, with the author's name of now.
    pub fn shown(self, author_name: String) -> ScheduledMessage {
        ScheduledMessage {
            id: self.id,
            author: self.author,
            author_name,
            kind: self.kind,
            body: self.body,
            quote: self.quote,
            file: self.file_name,
            template: self.template.map(|template| template.name),
            state: self.state,
            written_at: self.written_at,
        }
    }
}

pub async fn insert(tx: &mut Tx, tenant: &TenantId, row: &ScheduledRow) -> Result<()> {
    let (kind, state) = (to_json(&row.kind)?, to_json(&row.state)?);
    let template = match &row.template {
        Some(template) => Some(to_json(template)?),
        None => None,
    };
    on!(tx, c => sqlx::query(
        "INSERT INTO scheduled_messages (id, tenant_id, conversation_id, customer_id, author_id, client_id, kind, body,
            quote_id, file_id, template, state, written_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
        .bind(row.id.as_str()).bind(tenant.as_str()).bind(row.conversation.as_str()).bind(row.customer.as_str())
        .bind(row.author.as_str()).bind(row.client_id.as_str()).bind(kind.as_str()).bind(row.body.as_str())
        .bind(row.quote.as_ref().map(|id| id.as_str())).bind(row.file.as_ref().map(|id| id.as_str()))
        .bind(template.as_deref()).bind(state.as_str()).bind(row.written_at.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, id: &ScheduledId) -> Result<Option<ScheduledRow>> {
    let row: Option<RawScheduled> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE id = $2 AND tenant_id = $1")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(ScheduledRow::try_from).transpose()
}

/// What a press has written, if it still waits.
pub async fn by_client_id(tx: &mut Tx, tenant: &TenantId, client_id: &str) -> Result<Option<ScheduledRow>> {
    let row: Option<RawScheduled> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND client_id = $2")))
        .bind(tenant.as_str()).bind(client_id).fetch_optional(c).await)?;
    row.map(ScheduledRow::try_from).transpose()
}

/// What waits in some conversations, in the order in which it was written.
pub async fn of_conversations(tx: &mut Tx, tenant: &TenantId, ids: &[ConversationId]) -> Result<Vec<ScheduledRow>> {
    let mut found: Vec<ScheduledRow> = Vec::new();
    for slice in slices(ids) {
        let rows: Vec<RawScheduled> = on!(tx, c => {
            let mut query = QueryBuilder::new(format!("{COLUMNS} WHERE "));
            push_ids(&mut query, tenant, "conversation_id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            found.push(row.try_into()?);
        }
    }
    found.sort_by(|one, other| (one.written_at, &one.id).cmp(&(other.written_at, &other.id)));
    Ok(found)
}

/// The conversations in which a message of an agent was not sent and asks what to do.
pub async fn asking_of(tx: &mut Tx, tenant: &TenantId, author: &AgentId) -> Result<Vec<ConversationId>> {
    let rows: Vec<RawScheduled> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE author_id = $2 AND tenant_id = $1")))
        .bind(tenant.as_str()).bind(author.as_str()).fetch_all(c).await)?;
    let mut asking = Vec::new();
    for row in rows {
        let row = ScheduledRow::try_from(row)?;
        if matches!(row.state, ScheduledState::Asking(_)) {
            asking.push(row.conversation);
        }
    }
    Ok(asking)
}

pub async fn set_state(tx: &mut Tx, tenant: &TenantId, id: &ScheduledId, state: ScheduledState) -> Result<()> {
    let state = to_json(&state)?;
    on!(tx, c => sqlx::query("UPDATE scheduled_messages SET state = $3 WHERE id = $2 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(id.as_str()).bind(state.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, tenant: &TenantId, id: &ScheduledId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM scheduled_messages WHERE id = $2 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(id.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What waits in one conversation waits in another one, with which it was merged.
pub async fn move_conversation(
    tx: &mut Tx,
    tenant: &TenantId,
    from: &ConversationId,
    into: &ConversationId,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE scheduled_messages SET conversation_id = $3 WHERE conversation_id = $2 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(from.as_str()).bind(into.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What waits for one customer record becomes another's.
pub async fn move_customer(tx: &mut Tx, tenant: &TenantId, from: &CustomerId, into: &CustomerId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE scheduled_messages SET customer_id = $3 WHERE customer_id = $2 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(from.as_str()).bind(into.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}
