//! Files of inbound messages: wanted, kept or failed. The bytes live in `server/media`.

use sqlx::FromRow;

use super::{Result, Tx, db::on};
use crate::domain::ids::{ChannelId, ConversationId, MediaId, MessageId, TenantId};

#[derive(Clone, Debug, FromRow)]
pub struct MediaRow {
    #[sqlx(try_from = "String")]
    pub id: MediaId,
    #[sqlx(try_from = "String")]
    pub channel_id: ChannelId,
    #[sqlx(try_from = "String")]
    pub conversation_id: ConversationId,
    #[sqlx(try_from = "String")]
    pub message_id: MessageId,
    /// Meta's id; it dies after 7 days.
    pub remote_id: String,
    /// Base64, as Meta says it.
    pub sha256: Option<String>,
    /// Declared by the sender until the file is kept; then what its first bytes say.
    pub mime: Option<String>,
    pub filename: Option<String>,
    pub size: Option<i64>,
    pub state: String,
    pub fault_words: Option<String>,
    pub path: Option<String>,
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
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?)
}

pub async fn of_message(tx: &mut Tx, tenant: &TenantId, message: &MessageId) -> Result<Option<MediaRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND message_id = $2 ORDER BY id DESC LIMIT 1")))
        .bind(tenant.as_str()).bind(message.as_str()).fetch_optional(c).await)?)
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
