//! Uploads agents' files to Meta before they are sent: once per content and number, as long as Meta keeps the id.

use object_store::path::Path;

use super::Media;
use crate::{
    domain::ids::{ChannelId, MediaId, TenantId},
    server::{
        conversations::{self, ConversationError},
        gateway::{Credentials, NewRemoteFile, SendError},
        store::media::UploadRow,
    },
};

/// Where a file is that is to be sent.
pub enum Whereabouts {
    /// Meta has it under this id.
    AtMeta(String),
    /// It has to be uploaded first.
    Here(Box<UploadRow>),
    /// It does not exist any more.
    Gone,
}

/// Why a file was not uploaded to Meta. Nothing of it has reached the customer.
#[derive(Debug, thiserror::Error)]
pub enum RemoteUploadError {
    #[error("the file could not be read: {0}")]
    Unreadable(#[from] object_store::Error),
    #[error(transparent)]
    Call(#[from] SendError),
    #[error(transparent)]
    Conversation(#[from] ConversationError),
}

impl Media {
    /// Where a file of a message on this number is.
    pub async fn whereabouts(
        &self,
        tenant: &TenantId,
        channel: &ChannelId,
        id: &MediaId,
    ) -> conversations::Result<Whereabouts> {
        Ok(match self.conversations.upload_to_send(tenant, channel, id).await? {
            Some((_, Some(remote))) => Whereabouts::AtMeta(remote),
            Some((upload, None)) => Whereabouts::Here(Box::new(upload)),
            None => Whereabouts::Gone,
        })
    }

    /// Uploads a file to Meta and returns Meta's id of it. `channel` is the number that `credentials` belong to.
    ///
    /// # Errors
    /// See [`RemoteUploadError`].
    pub async fn upload(
        &self,
        tenant: &TenantId,
        channel: &ChannelId,
        credentials: &Credentials,
        upload: &UploadRow,
    ) -> Result<String, RemoteUploadError> {
        let path = Path::parse(&upload.path).map_err(object_store::Error::from)?;
        let stored = self.store.read(&path, None).await?;
        let file = NewRemoteFile { mime: &upload.remote_mime, size: stored.meta.size };
        let remote = self.gateway.upload(credentials, file, stored.into_stream()).await?;
        self.conversations.keep_remote_file(tenant, channel, &upload.path, &remote).await?;
        Ok(remote)
    }
}
