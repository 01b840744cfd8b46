//! The saved replies of a tenant: those for everyone, and those of each agent. Their files are rows of `media`, which a reply
//! holds by its id.

use std::collections::HashMap;

use sqlx::FromRow;

use super::{Result, RowId, StoreError, Tx, db::on, media, to_json};
use crate::domain::{
    ids::{AgentId, SavedReplyId, TenantId},
    message::outgoing::FileKind,
    saved_reply::{ReplyScope, SavedReply, SavedText},
    time::Timestamp,
    upload::WaitingFile,
};

/// A saved reply, and who saved it last; `None` is the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedReplyRow {
    pub reply: SavedReply,
    pub by: Option<AgentId>,
}

#[derive(FromRow)]
struct RawReply {
    id: String,
    owner_id: Option<String>,
    name: String,
    body: String,
    tags: String,
    language: Option<String>,
    revision: i64,
    saved_by: Option<String>,
    uses: i64,
    used_at: Option<i64>,
}

/// Without its files.
impl TryFrom<RawReply> for SavedReplyRow {
    type Error = StoreError;
    fn try_from(row: RawReply) -> Result<Self> {
        let tags = RowId::new("saved_replies", &row.id).json("tags", &row.tags)?;
        let scope = if row.owner_id.is_some() { ReplyScope::Me } else { ReplyScope::Everyone };
        let files = Vec::new();
        let saved = SavedText { name: row.name, text: row.body, tags, language: row.language, scope, files };
        let reply = SavedReply {
            id: row.id.into(),
            saved,
            revision: row.revision,
            uses: row.uses,
            used_at: row.used_at.map(Timestamp),
        };
        Ok(Self { reply, by: row.saved_by.map(Into::into) })
    }
}

/// What the agent may use: the replies for everyone, and their own.
pub async fn list(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Vec<SavedReplyRow>> {
    let rows: Vec<RawReply> = on!(tx, c => sqlx::query_as(
        "SELECT id, owner_id, name, body, tags, language, revision, saved_by, uses, used_at FROM saved_replies
         WHERE tenant_id = $1 AND (owner_id IS NULL OR owner_id = $2) ORDER BY name, id")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_all(c).await)?;
    let mut files = files(tx, tenant, agent).await?;
    let with_files = rows.into_iter().map(|raw| {
        let mut row = SavedReplyRow::try_from(raw)?;
        row.reply.saved.files = files.remove(row.reply.id.as_str()).unwrap_or_default();
        Ok(row)
    });
    with_files.collect()
}

#[derive(FromRow)]
struct RawFile {
    id: String,
    reply_id: String,
    filename: String,
    send_as: String,
    size: i64,
}

/// The files of what [`list`] returns, by the reply's id, in order.
async fn files(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<HashMap<String, Vec<WaitingFile>>> {
    let rows: Vec<RawFile> = on!(tx, c => sqlx::query_as(
        "SELECT m.id, m.message_id AS reply_id, m.filename, m.send_as, m.size
         FROM saved_replies r JOIN media m ON m.message_id = r.id AND m.tenant_id = r.tenant_id AND m.conversation_id = ''
         WHERE r.tenant_id = $1 AND (r.owner_id IS NULL OR r.owner_id = $2) ORDER BY m.message_id, m.ord, m.id")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_all(c).await)?;
    let mut files: HashMap<String, Vec<WaitingFile>> = HashMap::new();
    for row in rows {
        let kind: FileKind = RowId::new("media", &row.id).variant("send_as", &row.send_as)?;
        let size = u64::try_from(row.size).unwrap_or_default();
        files.entry(row.reply_id).or_default().push(WaitingFile { id: row.id.into(), name: row.filename, kind, size });
    }
    Ok(files)
}

/// The revisions of what [`list`] returns, by id.
pub async fn revisions(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Vec<(String, i64)>> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT id, revision FROM saved_replies
         WHERE tenant_id = $1 AND (owner_id IS NULL OR owner_id = $2) ORDER BY id")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_all(c).await)?;
    Ok(rows)
}

/// One that the agent may use.
pub async fn find(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, id: &SavedReplyId) -> Result<Option<SavedReplyRow>> {
    let row: Option<RawReply> = on!(tx, c => sqlx::query_as(
        "SELECT id, owner_id, name, body, tags, language, revision, saved_by, uses, used_at FROM saved_replies
         WHERE tenant_id = $1 AND id = $3 AND (owner_id IS NULL OR owner_id = $2)")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    let Some(mut row) = row.map(SavedReplyRow::try_from).transpose()? else { return Ok(None) };
    let files = media::of_reply(tx, tenant, id).await?;
    row.reply.saved.files = files.into_iter().map(media::UploadRow::listed).collect();
    Ok(Some(row))
}

/// The names of those for everyone.
pub async fn names_for_everyone(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<(SavedReplyId, String)>> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, name FROM saved_replies WHERE tenant_id = $1 AND owner_id IS NULL")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, name)| (id.into(), name)).collect())
}

/// Inserts it, or replaces what a person writes of the one that is there. How often it was used stays. One of the scope
/// [`ReplyScope::Me`] belongs to `owner`. Its files are held apart ([`media::hold_for_reply`]).
pub async fn save(tx: &mut Tx, tenant: &TenantId, owner: &AgentId, row: &SavedReplyRow) -> Result<()> {
    let SavedReplyRow { reply, by } = row;
    let SavedText { name, text, tags, language, scope, files: _ } = &reply.saved;
    let owner = match scope {
        ReplyScope::Me => Some(owner.as_str()),
        ReplyScope::Everyone => None,
    };
    let (tags, by) = (to_json(tags)?, by.as_ref().map(|by| by.as_str()));
    on!(tx, c => sqlx::query(
        "INSERT INTO saved_replies
           (id, tenant_id, owner_id, name, body, tags, language, revision, saved_by, uses, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, NULL)
         ON CONFLICT (id) DO UPDATE
         SET owner_id = excluded.owner_id, name = excluded.name, body = excluded.body, tags = excluded.tags,
             language = excluded.language, revision = excluded.revision, saved_by = excluded.saved_by")
        .bind(reply.id.as_str()).bind(tenant.as_str()).bind(owner).bind(name.as_str()).bind(text.as_str())
        .bind(tags.as_str()).bind(language.as_deref()).bind(reply.revision).bind(by)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, tenant: &TenantId, id: &SavedReplyId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM saved_replies WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Counts a use by the agent. Returns whether they may use it.
pub async fn count_use(
    tx: &mut Tx,
    tenant: &TenantId,
    agent: &AgentId,
    id: &SavedReplyId,
    at: Timestamp,
) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE saved_replies SET uses = uses + 1, used_at = $4
         WHERE tenant_id = $1 AND id = $3 AND (owner_id IS NULL OR owner_id = $2)")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(id.as_str()).bind(at.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}
