//! Files that agents upload: how many may wait, which are kept, and what Meta calls them. `media` stores the bytes.

use crate::{
    domain::{
        ids::{AgentId, ChannelId, ConversationId, MediaId, TenantId},
        time::Span,
        upload::MOST_WAITING,
    },
    server::store::{
        Tx, conversations,
        media::{self, UploadRow},
    },
};

use super::{ConversationError, Conversations, Result};

/// Most files of a tenant that wait, and most bytes of them.
const MOST_OF_TENANT: i64 = 2_000;
const MOST_BYTES_OF_TENANT: i64 = 10 * 1024 * 1024 * 1024;

/// How long a file waits for its message before it is removed.
const WAITING_LIFE: Span = Span::hours(7 * 24);

/// How long Meta's id of a file is used. It lives for 30 days, and a message may wait for a while.
const REMOTE_LIFE: Span = Span::hours(29 * 24);

impl Conversations {
    /// The number on which a file of the agent would be sent, if one more may wait.
    ///
    /// # Errors
    /// [`ConversationError::NotFound`] for a conversation that is not this tenant's, [`ConversationError::Invalid`] if
    /// too many files wait.
    pub async fn place_of_upload(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        conversation: &ConversationId,
    ) -> Result<ChannelId> {
        let mut tx = self.db.begin_read().await?;
        let stored = conversations::load(&mut tx, tenant, conversation).await?.ok_or(ConversationError::NotFound)?;
        may_wait(&mut tx, tenant, conversation, agent, 0).await?;
        Ok(stored.conversation.channel)
    }

    /// Stores a file that was uploaded.
    ///
    /// # Errors
    /// As [`Self::place_of_upload`]: other files may have arrived meanwhile.
    pub async fn keep_upload(&self, tenant: &TenantId, upload: &UploadRow) -> Result<()> {
        // Nobody else sees it: there is no entry, and the conversation's version stays.
        let mut tx = self.db.begin_write().await?;
        if !conversations::exists(&mut tx, tenant, &upload.conversation_id).await? {
            return Err(ConversationError::NotFound);
        }
        may_wait(&mut tx, tenant, &upload.conversation_id, &upload.agent_id, upload.size).await?;
        media::insert_upload(&mut tx, tenant, upload).await?;
        Ok(tx.commit().await?)
    }

    /// Whether a file of the tenant has these bytes.
    pub async fn is_upload_path_used(&self, tenant: &TenantId, path: &str) -> Result<bool> {
        let mut tx = self.db.begin_read().await?;
        Ok(media::is_path_used(&mut tx, tenant, path).await?)
    }

    /// Removes a file that the agent did not send. Returns its path if no other file has the same bytes.
    ///
    /// # Errors
    /// [`ConversationError::NotFound`] if it is another agent's, or was sent.
    pub async fn discard_upload(&self, tenant: &TenantId, agent: &AgentId, id: &MediaId) -> Result<Option<String>> {
        let mut tx = self.db.begin_write().await?;
        let path = media::remove_waiting(&mut tx, tenant, agent, id).await?.ok_or(ConversationError::NotFound)?;
        let is_used = media::is_path_used(&mut tx, tenant, &path).await?;
        if !is_used {
            media::forget_remote_file(&mut tx, tenant, &path).await?;
        }
        tx.commit().await?;
        Ok((!is_used).then_some(path))
    }

    /// Removes files that nobody sent for a week. Returns the paths that no other file has.
    pub async fn discard_stale_uploads(&self, tenant: &TenantId) -> Result<Vec<String>> {
        let before = self.clock.now().minus(WAITING_LIFE);
        // A read first, because nearly always there is none.
        let mut tx = self.db.begin_read().await?;
        let has_stale = media::has_stale(&mut tx, tenant, before).await?;
        drop(tx);
        if !has_stale {
            return Ok(Vec::new());
        }
        let mut tx = self.db.begin_write().await?;
        let mut unused = Vec::new();
        for path in media::remove_stale(&mut tx, tenant, before).await? {
            if !media::is_path_used(&mut tx, tenant, &path).await? && !unused.contains(&path) {
                media::forget_remote_file(&mut tx, tenant, &path).await?;
                unused.push(path);
            }
        }
        tx.commit().await?;
        Ok(unused)
    }

    /// A file that is to be sent on a number, and Meta's id of it if that can still be used.
    pub async fn upload_to_send(
        &self,
        tenant: &TenantId,
        channel: &ChannelId,
        id: &MediaId,
    ) -> Result<Option<(UploadRow, Option<String>)>> {
        let since = self.clock.now().minus(REMOTE_LIFE);
        let mut tx = self.db.begin_read().await?;
        let Some(upload) = media::upload(&mut tx, tenant, id).await? else { return Ok(None) };
        let remote = media::remote_file(&mut tx, tenant, channel, &upload.path, since).await?;
        Ok(Some((upload, remote)))
    }

    /// Records Meta's id of a file for a number.
    pub async fn keep_remote_file(
        &self,
        tenant: &TenantId,
        channel: &ChannelId,
        path: &str,
        remote_id: &str,
    ) -> Result<()> {
        let mut tx = self.db.begin_write().await?;
        media::keep_remote_file(&mut tx, tenant, channel, path, remote_id, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// Whether one more file of the agent may wait, with so many bytes.
async fn may_wait(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    agent: &AgentId,
    size: i64,
) -> Result<()> {
    if media::waiting(tx, tenant, conversation, agent).await?.len() >= MOST_WAITING {
        let detail = format!("Up to {MOST_WAITING} files can wait here. Send or remove some first.");
        return Err(ConversationError::Invalid(detail));
    }
    let (count, bytes) = media::waiting_in_all(tx, tenant).await?;
    if count >= MOST_OF_TENANT || bytes.saturating_add(size) > MOST_BYTES_OF_TENANT {
        let detail = "Your company has too many files that were attached and not sent. Send or remove some first.";
        return Err(ConversationError::Invalid(detail.to_owned()));
    }
    Ok(())
}
