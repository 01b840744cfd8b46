//! Files of inbound messages: pending, stored or failed. `server/media` stores the bytes.

use sqlx_macros::FromRow;

use super::{Result, RowId, StoreError, Tx, db::on};
use crate::domain::{
    ids::{ChannelId, ConversationId, MediaId, MessageId, TenantId},
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
