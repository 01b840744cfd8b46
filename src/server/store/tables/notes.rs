//! Notes of agents, and whom they mention until that agent has looked. Their rows can be erased; the log contains only
//! the ids. Nothing that sends, and nothing of the bot, reads them.

use sqlx::FromRow;

use super::{
    Result, Tx,
    db::on,
    search::{self, Document},
};
use crate::domain::{
    alert::Mention,
    ids::{AgentId, ConversationId, CustomerId, NoteId, Seq, TenantId},
    time::Timestamp,
};

const COLUMNS: &str = "SELECT id, conversation_id, author_id, body, at, seq, edited_at FROM notes";
/// Most mentions of an agent that are listed. The oldest are.
const LISTED: i64 = 100;

#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct NoteRow {
    #[sqlx(try_from = "String")]
    pub id: NoteId,
    #[sqlx(try_from = "String")]
    pub conversation_id: ConversationId,
    #[sqlx(try_from = "String")]
    pub author_id: AgentId,
    /// `None`: its author deleted it.
    pub body: Option<String>,
    pub at: i64,
    pub seq: i64,
    pub edited_at: Option<i64>,
}

/// A note that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNote {
    pub id: NoteId,
    pub conversation: ConversationId,
    pub customer: CustomerId,
    pub author: AgentId,
    /// Identifies the press that wrote it.
    pub client_id: String,
    pub body: String,
    pub mentioned: Vec<AgentId>,
    pub at: Timestamp,
    /// Assigned with its entry.
    pub seq: Seq,
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, id: &NoteId) -> Result<Option<NoteRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id = $2 AND tenant_id = $1")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?)
}

/// Whether a press of this agent has written its note already.
pub async fn is_written(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    author: &AgentId,
    client_id: &str,
) -> Result<bool> {
    let found: Option<i32> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM notes WHERE conversation_id = $2 AND author_id = $3 AND client_id = $4 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(author.as_str()).bind(client_id)
        .fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Up to `limit` notes before the position `(at, seq)`, newest first.
pub async fn page(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    before: Option<(Timestamp, Seq)>,
    limit: i64,
) -> Result<Vec<NoteRow>> {
    let (at, seq) = before.unwrap_or((Timestamp(i64::MAX), Seq(i64::MAX)));
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE conversation_id = $2 AND tenant_id = $1 AND (at < $3 OR (at = $3 AND seq < $4))
         ORDER BY at DESC, seq DESC LIMIT $5")))
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(at.0).bind(seq.0).bind(limit).fetch_all(c).await)?)
}

/// Inserts a note, its words for the search, and its mentions.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, note: &NewNote) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO notes (id, tenant_id, conversation_id, customer_id, author_id, client_id, body, at, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(note.id.as_str()).bind(tenant.as_str()).bind(note.conversation.as_str()).bind(note.customer.as_str())
        .bind(note.author.as_str()).bind(note.client_id.as_str()).bind(note.body.as_str()).bind(note.at.0)
        .bind(note.seq.0).execute(c).await.map(|_| ()))?;
    let document = Document::of_note(&note.id, &note.conversation, &note.body, (note.at, note.seq));
    search::add(tx, tenant, document.into_iter().collect()).await?;
    mention(tx, tenant, (&note.id, &note.conversation), &note.mentioned, note.at).await
}

/// Replaces the text of a note. The old words are removed from the search by a trigger.
pub async fn edit(tx: &mut Tx, tenant: &TenantId, id: &NoteId, body: &str, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE notes SET body = $3, edited_at = $4 WHERE id = $2 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(id.as_str()).bind(body).bind(now.0).execute(c).await.map(|_| ()))?;
    let Some(note) = find(tx, tenant, id).await? else { return Ok(()) };
    let document = Document::of_note(id, &note.conversation_id, body, (Timestamp(note.at), Seq(note.seq)));
    search::add(tx, tenant, document.into_iter().collect()).await
}

/// Removes the text of a note.
pub async fn delete(tx: &mut Tx, tenant: &TenantId, id: &NoteId, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE notes SET body = NULL, deleted_at = $3 WHERE id = $2 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(id.as_str()).bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The notes of one customer record become another's.
pub async fn move_customer(tx: &mut Tx, tenant: &TenantId, from: &CustomerId, into: &CustomerId) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE notes SET customer_id = $3 WHERE customer_id = $2 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(from.as_str()).bind(into.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Remembers whom a note mentions.
pub async fn mention(
    tx: &mut Tx,
    tenant: &TenantId,
    (note, conversation): (&NoteId, &ConversationId),
    agents: &[AgentId],
    at: Timestamp,
) -> Result<()> {
    for agent in agents {
        on!(tx, c => sqlx::query(
            "INSERT INTO mentions (note_id, agent_id, tenant_id, conversation_id, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (note_id, agent_id) DO NOTHING")
            .bind(note.as_str()).bind(agent.as_str()).bind(tenant.as_str()).bind(conversation.as_str()).bind(at.0)
            .execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// A note mentions these agents no more.
pub async fn forget(tx: &mut Tx, tenant: &TenantId, note: &NoteId, agents: &[AgentId]) -> Result<()> {
    for agent in agents {
        on!(tx, c => sqlx::query("DELETE FROM mentions WHERE note_id = $2 AND agent_id = $3 AND tenant_id = $1")
            .bind(tenant.as_str()).bind(note.as_str()).bind(agent.as_str()).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// The agent has looked at a conversation.
pub async fn see(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId, agent: &AgentId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM mentions WHERE agent_id = $3 AND conversation_id = $2 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(agent.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The mentions that an agent has not looked at, oldest first, with the names of now.
pub async fn mentions_of(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Vec<Mention>> {
    let rows: Vec<(String, String, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT m.note_id, m.conversation_id, u.name, a.name FROM mentions m
         JOIN notes n ON n.id = m.note_id JOIN agents a ON a.id = n.author_id
         JOIN conversations c ON c.id = m.conversation_id JOIN customers u ON u.id = c.customer_id
         WHERE m.agent_id = $2 AND m.tenant_id = $1 ORDER BY m.at, m.note_id LIMIT $3")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(LISTED).fetch_all(c).await)?;
    let read = |(note, conversation, name, by): (String, String, String, String)| Mention {
        note: note.into(),
        conversation: conversation.into(),
        name,
        by,
    };
    Ok(rows.into_iter().map(read).collect())
}
