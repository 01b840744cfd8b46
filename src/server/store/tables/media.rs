//! Files: those of customers, pending, stored or failed, and those that agents uploaded, which wait for their message or
//! belong to one. `server/media` stores the bytes.
//!
//! Files of saved replies are in no conversation. They are held by the reply's id, as a message holds its own; what it inserts
//! are rows of their own with the same bytes.
//!
//! The ids that Meta gave to uploaded files are in `remote_files.rs`.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, push_ids},
};
use crate::domain::{
    ids::{AgentId, ChannelId, ConversationId, MediaId, MessageId, SavedReplyId, ScheduledId, TenantId},
    message::outgoing::FileKind,
    time::Timestamp,
    upload::WaitingFile,
    variant_names::variant_names,
};

/// The state of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaState {
    Pending,
    Kept,
    Failed,
}

variant_names!(MediaState {
    Pending => "pending",
    Kept => "kept",
    Failed => "failed",
});

#[derive(Clone, Debug)]
pub struct MediaRow {
    pub id: MediaId,
    pub channel_id: ChannelId,
    pub conversation_id: ConversationId,
    pub message_id: MessageId,
    /// Meta's id, valid for 7 days.
    pub remote_id: String,
    /// Base64, as Meta sends it.
    pub sha256: Option<String>,
    /// The declared type until the file is stored, then the type detected from its first bytes.
    pub mime: Option<String>,
    pub filename: Option<String>,
    pub size: Option<i64>,
    pub state: MediaState,
    pub fault_words: Option<String>,
    pub path: Option<String>,
}

#[derive(FromRow)]
struct RawMedia {
    id: String,
    channel_id: String,
    conversation_id: String,
    message_id: String,
    remote_id: String,
    sha256: Option<String>,
    mime: Option<String>,
    filename: Option<String>,
    size: Option<i64>,
    state: String,
    fault_words: Option<String>,
    path: Option<String>,
}

impl TryFrom<RawMedia> for MediaRow {
    type Error = StoreError;
    fn try_from(row: RawMedia) -> Result<Self> {
        Ok(Self {
            state: RowId::new("media", &row.id).variant("state", &row.state)?,
            id: row.id.into(),
            channel_id: row.channel_id.into(),
            conversation_id: row.conversation_id.into(),
            message_id: row.message_id.into(),
            remote_id: row.remote_id,
            sha256: row.sha256,
            mime: row.mime,
            filename: row.filename,
            size: row.size,
            fault_words: row.fault_words,
            path: row.path,
        })
    }
}

const COLUMNS: &str = "SELECT id, channel_id, conversation_id, message_id, remote_id, sha256, mime, filename, size, state, \
     fault_words, path FROM media";

pub async fn insert(tx: &mut Tx, tenant: &TenantId, row: &MediaRow) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO media (id, tenant_id, channel_id, conversation_id, message_id, remote_id, sha256, mime, filename, size,
            state, fault_words, path) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
        .bind(row.id.as_str()).bind(tenant.as_str()).bind(row.channel_id.as_str()).bind(row.conversation_id.as_str())
        .bind(row.message_id.as_str()).bind(row.remote_id.as_str()).bind(row.sha256.as_deref())
        .bind(row.mime.as_deref()).bind(row.filename.as_deref()).bind(row.size).bind(row.state.as_str())
        .bind(row.fault_words.as_deref()).bind(row.path.as_deref())
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, id: &MediaId) -> Result<Option<MediaRow>> {
    let row: Option<RawMedia> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(MediaRow::try_from).transpose()
}

pub async fn of_message(tx: &mut Tx, tenant: &TenantId, message: &MessageId) -> Result<Option<MediaRow>> {
    let row: Option<RawMedia> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND message_id = $2 ORDER BY id DESC LIMIT 1")))
        .bind(tenant.as_str()).bind(message.as_str()).fetch_optional(c).await)?;
    row.map(MediaRow::try_from).transpose()
}

pub async fn keep(tx: &mut Tx, tenant: &TenantId, id: &MediaId, path: &str, mime: &str, size: i64) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE media SET state = 'kept', path = $3, mime = $4, size = $5, fault_words = NULL WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(path).bind(mime).bind(size).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn fail(tx: &mut Tx, tenant: &TenantId, id: &MediaId, words: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE media SET state = 'failed', fault_words = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(words).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The composer in which a file waits, or from which it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposerPlace {
    pub channel_id: ChannelId,
    pub conversation_id: ConversationId,
}

/// A file that an agent uploaded.
#[derive(Clone, Debug)]
pub struct UploadRow {
    pub id: MediaId,
    pub agent_id: AgentId,
    /// `None`: it is a saved reply's, or waits for one to be saved.
    pub place: Option<ComposerPlace>,
    pub send_as: FileKind,
    /// By its first bytes.
    pub mime: String,
    /// The type under which it is uploaded to Meta.
    pub remote_mime: String,
    pub filename: String,
    /// In bytes.
    pub size: i64,
    /// By its content: files with the same bytes have the same path.
    pub path: String,
    pub uploaded_at: i64,
}

#[derive(FromRow)]
struct RawUpload {
    id: String,
    agent_id: String,
    channel_id: String,
    conversation_id: String,
    send_as: String,
    mime: String,
    remote_mime: String,
    filename: String,
    size: i64,
    path: String,
    uploaded_at: i64,
}

impl TryFrom<RawUpload> for UploadRow {
    type Error = StoreError;
    fn try_from(row: RawUpload) -> Result<Self> {
        let place = ComposerPlace { channel_id: row.channel_id.into(), conversation_id: row.conversation_id.into() };
        Ok(Self {
            send_as: RowId::new("media", &row.id).variant("send_as", &row.send_as)?,
            id: row.id.into(),
            agent_id: row.agent_id.into(),
            place: Some(place).filter(|place| !place.conversation_id.as_str().is_empty()),
            mime: row.mime,
            remote_mime: row.remote_mime,
            filename: row.filename,
            size: row.size,
            path: row.path,
            uploaded_at: row.uploaded_at,
        })
    }
}

impl UploadRow {
    /// Whether it waits in, or was sent from, this conversation.
    pub fn is_of(&self, conversation: &ConversationId) -> bool {
        self.place.as_ref().is_some_and(|place| place.conversation_id == *conversation)
    }

    /// As the page lists it.
    pub fn listed(self) -> WaitingFile {
        let size = u64::try_from(self.size).unwrap_or_default();
        WaitingFile { id: self.id, name: self.filename, kind: self.send_as, size }
    }
}

const UPLOAD_COLUMNS: &str = "SELECT id, agent_id, channel_id, conversation_id, send_as, mime, remote_mime, filename, size, \
     path, uploaded_at FROM media";

/// Stores an uploaded file, which waits for its message.
pub async fn insert_upload(tx: &mut Tx, tenant: &TenantId, row: &UploadRow) -> Result<()> {
    let place = row.place.as_ref();
    let channel = place.map_or("", |place| place.channel_id.as_str());
    let conversation = place.map_or("", |place| place.conversation_id.as_str());
    on!(tx, c => sqlx::query(
        "INSERT INTO media (id, tenant_id, channel_id, conversation_id, message_id, remote_id, mime, filename, size, state,
            path, agent_id, send_as, remote_mime, uploaded_at, ord)
         VALUES ($1, $2, $3, $4, '', '', $5, $6, $7, 'kept', $8, $9, $10, $11, $12,
            (SELECT COALESCE(MAX(w.ord), 0) + 1 FROM media w WHERE w.tenant_id = $2 AND w.conversation_id = $4
                AND w.agent_id = $9 AND w.message_id = ''))")
        .bind(row.id.as_str()).bind(tenant.as_str()).bind(channel).bind(conversation)
        .bind(row.mime.as_str()).bind(row.filename.as_str()).bind(row.size).bind(row.path.as_str())
        .bind(row.agent_id.as_str()).bind(row.send_as.as_str()).bind(row.remote_mime.as_str()).bind(row.uploaded_at)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// An uploaded file, sent or not.
pub async fn upload(tx: &mut Tx, tenant: &TenantId, id: &MediaId) -> Result<Option<UploadRow>> {
    let row: Option<RawUpload> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{UPLOAD_COLUMNS} WHERE tenant_id = $1 AND id = $2 AND agent_id IS NOT NULL")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(UploadRow::try_from).transpose()
}

/// Whether one of these files is here, sent or not.
pub async fn is_any_uploaded(tx: &mut Tx, tenant: &TenantId, ids: &[MediaId]) -> Result<bool> {
    let found: Option<i32> = on!(tx, c => {
        let mut query = QueryBuilder::new("SELECT 1 FROM media WHERE agent_id IS NOT NULL AND ");
        push_ids(&mut query, tenant, "id", ids.iter().map(|id| id.as_str()));
        query.push(" LIMIT 1").build_query_scalar().fetch_optional(c).await
    })?;
    Ok(found.is_some())
}

/// What an agent has uploaded to a conversation and not sent, in order.
pub async fn waiting(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    agent: &AgentId,
) -> Result<Vec<UploadRow>> {
    let rows: Vec<RawUpload> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{UPLOAD_COLUMNS} WHERE tenant_id = $1 AND conversation_id = $2 AND agent_id = $3 AND message_id = ''
         ORDER BY ord, id")))
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(agent.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(UploadRow::try_from).collect()
}

/// How many files of a tenant wait, and their bytes.
pub async fn waiting_in_all(tx: &mut Tx, tenant: &TenantId) -> Result<(i64, i64)> {
    let sum: (i64, i64) = on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM media WHERE tenant_id = $1 AND message_id = ''")
        .bind(tenant.as_str()).fetch_one(c).await)?;
    Ok(sum)
}

/// Gives a waiting file of the agent to its message. Returns `false` if it does not wait any more.
pub async fn send_waiting(
    tx: &mut Tx,
    tenant: &TenantId,
    agent: &AgentId,
    id: &MediaId,
    message: &MessageId,
) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE media SET message_id = $4 WHERE tenant_id = $1 AND id = $3 AND agent_id = $2 AND message_id = ''")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(id.as_str()).bind(message.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// A message that waits to be sent holds a waiting file of the agent. Returns `false` if the file does not wait any more.
pub async fn hold(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, id: &MediaId, holder: &ScheduledId) -> Result<bool> {
    send_waiting(tx, tenant, agent, id, &MessageId::from(holder.as_str())).await
}

/// A message that waited passes its file on to the message that is sent in this conversation.
pub async fn pass_on(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &MediaId,
    holder: &ScheduledId,
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE media SET message_id = $5, conversation_id = $4 WHERE tenant_id = $1 AND id = $2 AND message_id = $3")
        .bind(tenant.as_str()).bind(id.as_str()).bind(holder.as_str()).bind(conversation.as_str())
        .bind(message.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// A message that waited and is taken back gives its file back: it waits in the composer of this conversation as if it had
/// been uploaded now, because otherwise one that waited for days would be removed at once ([`remove_stale`]).
pub async fn give_back(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &MediaId,
    holder: &ScheduledId,
    conversation: &ConversationId,
    now: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE media SET message_id = '', conversation_id = $4, uploaded_at = $5
         WHERE tenant_id = $1 AND id = $2 AND message_id = $3")
        .bind(tenant.as_str()).bind(id.as_str()).bind(holder.as_str()).bind(conversation.as_str()).bind(now.0)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// How many files an agent has uploaded for saved replies that are not saved. Those that a reply gave up are not among them.
pub async fn count_unsaved(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<i64> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM media WHERE tenant_id = $1 AND conversation_id = '' AND agent_id = $2 AND message_id = ''
            AND uploaded_at > 0")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_one(c).await)?;
    Ok(count)
}

/// A saved reply holds a file at this place in its order: one of its own, or one that the agent has uploaded for it. Returns
/// `false` if there is none.
pub async fn hold_for_reply(
    tx: &mut Tx,
    tenant: &TenantId,
    agent: &AgentId,
    id: &MediaId,
    reply: &SavedReplyId,
    place: i64,
) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE media SET message_id = $4, ord = $5 WHERE tenant_id = $1 AND id = $3 AND conversation_id = ''
            AND (message_id = $4 OR (message_id = '' AND agent_id = $2))")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(id.as_str()).bind(reply.as_str()).bind(place)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// A saved reply gives a file up, which [`remove_stale`] removes next: nobody waits for it.
pub async fn release_of_reply(tx: &mut Tx, tenant: &TenantId, id: &MediaId, reply: &SavedReplyId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE media SET message_id = '', uploaded_at = 0 WHERE tenant_id = $1 AND id = $2 AND message_id = $3")
        .bind(tenant.as_str()).bind(id.as_str()).bind(reply.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The files of a saved reply, in order.
pub async fn of_reply(tx: &mut Tx, tenant: &TenantId, reply: &SavedReplyId) -> Result<Vec<UploadRow>> {
    let rows: Vec<RawUpload> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{UPLOAD_COLUMNS} WHERE tenant_id = $1 AND message_id = $2 AND conversation_id = '' ORDER BY ord, id")))
        .bind(tenant.as_str()).bind(reply.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(UploadRow::try_from).collect()
}

/// Removes a waiting file of the agent, and returns its path.
pub async fn remove_waiting(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, id: &MediaId) -> Result<Option<String>> {
    let path: Option<String> = on!(tx, c => sqlx::query_scalar(
        "DELETE FROM media WHERE tenant_id = $1 AND id = $3 AND agent_id = $2 AND message_id = '' RETURNING path")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(path)
}

/// Whether a file of a tenant has waited since before this time.
pub async fn has_stale(tx: &mut Tx, tenant: &TenantId, before: Timestamp) -> Result<bool> {
    let found: Option<i32> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM media WHERE tenant_id = $1 AND message_id = '' AND uploaded_at < $2 LIMIT 1")
        .bind(tenant.as_str()).bind(before.0).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Removes files of a tenant that have waited since before this time, and returns their paths.
pub async fn remove_stale(tx: &mut Tx, tenant: &TenantId, before: Timestamp) -> Result<Vec<String>> {
    let paths: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "DELETE FROM media WHERE tenant_id = $1 AND message_id = '' AND uploaded_at < $2 RETURNING path")
        .bind(tenant.as_str()).bind(before.0).fetch_all(c).await)?;
    Ok(paths)
}

/// Whether any file has these bytes. A path belongs to one tenant.
pub async fn is_path_used(tx: &mut Tx, tenant: &TenantId, path: &str) -> Result<bool> {
    let found: Option<i32> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM media WHERE path = $2 AND agent_id IS NOT NULL AND tenant_id = $1 LIMIT 1")
        .bind(tenant.as_str()).bind(path).fetch_optional(c).await)?;
    Ok(found.is_some())
}
