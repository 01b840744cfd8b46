//! Files that agents upload, for a conversation or for a saved reply: how many may wait, which are kept, and what Meta calls
//! them. `media` stores the bytes.

use sha2::{Digest, Sha256};

use crate::{
    domain::{
        ids::{AgentId, ChannelId, ConversationId, MediaId, SavedReplyId, TenantId},
        saved_reply::MAX_FILES,
        time::Span,
        upload::{MOST_WAITING, WaitingFile},
    },
    server::{
        accounts::Agent,
        store::{
            Tx, conversations,
            media::{self, ComposerPlace, UploadRow},
            remote_files, saved_replies, tenants,
        },
    },
};

use super::{ConversationError, Conversations, Result, agent::client_key};

/// Most files of a tenant that wait, and most bytes of them.
const MOST_OF_TENANT: i64 = 2_000;
const MOST_BYTES_OF_TENANT: i64 = 10 * 1024 * 1024 * 1024;

/// How long a file waits for its message before it is removed.
const WAITING_LIFE: Span = Span::hours(7 * 24);

/// How long Meta's id of a file is used. It lives for 30 days, and a message may wait for a while.
const REMOTE_LIFE: Span = Span::hours(29 * 24);

impl Conversations {
    /// Where a file of the agent would be sent, if one more may wait; `None` for a saved reply, which is in no conversation.
    ///
    /// # Errors
    /// [`ConversationError::NotFound`] for a conversation that is not this tenant's, [`ConversationError::Invalid`] if
    /// too many files wait.
    pub async fn place_of_upload(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        conversation: Option<&ConversationId>,
    ) -> Result<Option<ComposerPlace>> {
        let mut tx = self.db.begin_read().await?;
        may_wait(&mut tx, tenant, conversation, agent, More { files: 1, bytes: 0 }).await?;
        match conversation {
            Some(conversation) => Ok(Some(place_in(&mut tx, tenant, conversation).await?)),
            None => Ok(None),
        }
    }

    /// Stores a file that was uploaded.
    ///
    /// # Errors
    /// As [`Self::place_of_upload`]: other files may have arrived meanwhile.
    pub async fn keep_upload(&self, tenant: &TenantId, upload: &UploadRow) -> Result<()> {
        // Nobody else sees it: there is no entry, and the conversation's version stays.
        let mut tx = self.db.begin_write().await?;
        let conversation = upload.place.as_ref().map(|place| &place.conversation_id);
        if let Some(conversation) = conversation
            && !conversations::exists(&mut tx, tenant, conversation).await?
        {
            return Err(ConversationError::NotFound);
        }
        let more = More { files: 1, bytes: upload.size };
        may_wait(&mut tx, tenant, conversation, &upload.agent_id, more).await?;
        media::insert_upload(&mut tx, tenant, upload).await?;
        Ok(tx.commit().await?)
    }

    /// Attaches the files of a saved reply to the agent's reply in a conversation, as if they had been uploaded there. Their
    /// bytes are not copied. `client_id` is chosen by the page: a second call with the same one attaches nothing, and returns
    /// what waits of the first.
    ///
    /// # Errors
    /// [`ConversationError::NotFound`] if the agent may not use the saved reply, or the conversation is not the tenant's;
    /// [`ConversationError::Invalid`] if too many files wait.
    pub async fn saved_reply_attach(
        &self,
        agent: &Agent,
        id: &SavedReplyId,
        conversation: &ConversationId,
        client_id: &str,
    ) -> Result<Vec<WaitingFile>> {
        let (tenant, now) = (agent.tenant(), self.clock.now());
        let press = client_key(agent, client_id)?;
        let mut tx = self.db.begin_write().await?;
        // Whoever changes a saved reply locks the tenant too: it cannot give a file up before the rows of its bytes are there.
        tenants::lock(&mut tx, tenant).await?.ok_or(ConversationError::NotFound)?;
        let reply = saved_replies::find(&mut tx, tenant, agent.id(), id).await?.ok_or(ConversationError::NotFound)?;
        let place = place_in(&mut tx, tenant, conversation).await?;
        let ids = attached_ids(&press, id, conversation);
        if media::is_any_uploaded(&mut tx, tenant, &ids).await? {
            let waiting = media::waiting(&mut tx, tenant, conversation, agent.id()).await?;
            return Ok(waiting.into_iter().filter(|file| ids.contains(&file.id)).map(UploadRow::listed).collect());
        }
        let files = media::of_reply(&mut tx, tenant, &reply.reply.id).await?;
        let more = More { files: files.len(), bytes: files.iter().map(|file| file.size).sum() };
        may_wait(&mut tx, tenant, Some(conversation), agent.id(), more).await?;
        let mut attached = Vec::new();
        for (file, id) in files.into_iter().zip(ids) {
            let file =
                UploadRow { id, agent_id: agent.id().clone(), place: Some(place.clone()), uploaded_at: now.0, ..file };
            media::insert_upload(&mut tx, tenant, &file).await?;
            attached.push(file.listed());
        }
        tx.commit().await?;
        Ok(attached)
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
            remote_files::forget(&mut tx, tenant, &path).await?;
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
                remote_files::forget(&mut tx, tenant, &path).await?;
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
        let remote = remote_files::find(&mut tx, tenant, channel, &upload.path, since).await?;
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
        remote_files::keep(&mut tx, tenant, channel, path, remote_id, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// The composer of a conversation.
async fn place_in(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<ComposerPlace> {
    let stored = conversations::load(tx, tenant, conversation).await?.ok_or(ConversationError::NotFound)?;
    Ok(ComposerPlace { channel_id: stored.conversation.channel, conversation_id: conversation.clone() })
}

/// The ids of the files that one press attaches, by which a repeated one is known as long as one of them is here.
fn attached_ids(press: &str, reply: &SavedReplyId, conversation: &ConversationId) -> Vec<MediaId> {
    let digest = Sha256::digest(format!("{press}\n{reply}\n{conversation}"));
    let press = hex::encode(&digest[..16]);
    (0..MAX_FILES).map(|nth| MediaId::from_tail(format_args!("{press}{nth:02}"))).collect()
}

/// Files that are to wait.
#[derive(Clone, Copy, Debug)]
struct More {
    files: usize,
    bytes: i64,
}

/// Whether more files of the agent may wait: in a conversation, or to be saved with a reply.
async fn may_wait(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: Option<&ConversationId>,
    agent: &AgentId,
    more: More,
) -> Result<()> {
    let (waiting, detail) = match conversation {
        Some(conversation) => {
            let waiting = media::waiting(tx, tenant, conversation, agent).await?.len();
            (waiting, format!("Up to {MOST_WAITING} files can wait here. Send or remove some first."))
        }
        None => {
            let unsaved = media::count_unsaved(tx, tenant, agent).await?;
            let detail = format!("Up to {MOST_WAITING} files can wait to be saved. Save or remove some first.");
            (usize::try_from(unsaved).unwrap_or(usize::MAX), detail)
        }
    };
    if waiting.saturating_add(more.files) > MOST_WAITING {
        return Err(ConversationError::Invalid(detail));
    }
    let (count, bytes) = media::waiting_in_all(tx, tenant).await?;
    let count = count.saturating_add(i64::try_from(more.files).unwrap_or(i64::MAX));
    if count > MOST_OF_TENANT || bytes.saturating_add(more.bytes) > MOST_BYTES_OF_TENANT {
        let detail = "Your company has too many files that were attached and not sent. Send or remove some first.";
        return Err(ConversationError::Invalid(detail.to_owned()));
    }
    Ok(())
}
