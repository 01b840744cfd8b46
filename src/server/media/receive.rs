//! Takes the files that agents upload: streamed to the store, checked as they pass, and kept under the digest of their
//! content. A file that ends early, is refused or is not recorded leaves nothing behind. What changes bytes and rows together
//! goes on to its end, even if the caller goes away.

use std::{convert::Infallible, fmt::Display, future, panic};

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use object_store::path::Path;
use sha2::{Digest, Sha256};
use tokio::task::JoinError;

use super::{Media, voice};
use crate::{
    domain::{
        ids::{AgentId, ConversationId, MediaId, TenantId},
        upload::{self, AcceptedFile, FileRefusal, Mp4Scan, SendAs, WaitingFile, safe_file_name},
    },
    server::{
        conversations::ConversationError,
        file_store::{ARRIVING, FileWriter},
        store::media::UploadRow,
    },
};

/// The name of a file whose own one is empty or deceives only.
const NAMELESS: &str = "file";

/// A file that an agent uploads.
#[derive(Clone, Copy, Debug)]
pub struct NewUpload<'a> {
    pub tenant: &'a TenantId,
    pub agent: &'a AgentId,
    /// Where it is to be sent; `None`: with a saved reply.
    pub conversation: Option<&'a ConversationId>,
    /// As the browser tells it.
    pub name: &'a str,
    pub send_as: SendAs,
}

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    #[error("{}", .0.words())]
    Refused(FileRefusal),
    /// The connection ended before the file did.
    #[error("the file ended early: {0}")]
    Interrupted(String),
    #[error(transparent)]
    Conversation(#[from] ConversationError),
    #[error("storing the file failed: {0}")]
    Store(#[from] object_store::Error),
}

/// What was read of a file, and where it was written.
struct Arrived {
    writer: FileWriter,
    file: AcceptedFile,
    size: u64,
    digest: String,
}

impl Media {
    /// Keeps a file until it is sent or discarded.
    ///
    /// # Errors
    /// See [`UploadError`].
    pub async fn receive<E: Display>(
        &self,
        new: NewUpload<'_>,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<WaitingFile, UploadError> {
        match new.send_as {
            SendAs::Itself | SendAs::Document => self.receive_file(new, body).await,
            SendAs::Voice => {
                // Asked again once the note is there: nothing of a stranger is held or read.
                self.conversations.place_of_upload(new.tenant, new.agent, new.conversation).await?;
                let note = voice::note_of(body).await?;
                let whole = stream::iter([Ok::<_, Infallible>(note)]);
                self.receive_file(NewUpload { name: voice::NAME, ..new }, whole).await
            }
        }
    }

    /// Keeps a file as it is.
    async fn receive_file<E: Display>(
        &self,
        new: NewUpload<'_>,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<WaitingFile, UploadError> {
        let NewUpload { tenant, agent, conversation, name, .. } = new;
        let place = self.conversations.place_of_upload(tenant, agent, conversation).await?;
        let now = self.clock.now();
        let id: MediaId = self.entropy.id(now);
        let name = Some(safe_file_name(name)).filter(|name| !name.is_empty()).unwrap_or_else(|| NAMELESS.to_owned());
        let arriving = Path::from_iter([tenant.as_str(), ARRIVING, id.as_str()]);
        let arrived = self.write(&arriving, &name, new.send_as, body).await?;
        let path = Path::from_iter([tenant.as_str(), &format!("sha256-{}", arrived.digest)]);
        let AcceptedFile { kind, found } = arrived.file;
        let row = UploadRow {
            id: id.clone(),
            agent_id: agent.clone(),
            place,
            send_as: kind,
            mime: found.mime().to_owned(),
            remote_mime: upload::type_at_meta(found, arrived.size).to_owned(),
            filename: name.clone(),
            size: i64::try_from(arrived.size).unwrap_or(i64::MAX),
            path: path.to_string(),
            uploaded_at: now.0,
        };
        let (media, tenant, size) = (self.clone(), tenant.clone(), arrived.size);
        to_the_end(async move {
            arrived.writer.finish().await?;
            media.keep(&tenant, &arriving, &path, &row).await
        })
        .await?;
        Ok(WaitingFile { id, name, kind, size })
    }

    /// Moves what has arrived to the path of its content, and records it.
    async fn keep(&self, tenant: &TenantId, arriving: &Path, path: &Path, row: &UploadRow) -> Result<(), UploadError> {
        let _held = self.moves.begin(tenant).await;
        // Bytes that are there already are replaced by the same ones.
        if let Err(error) = self.store.rename(arriving, path).await {
            self.delete(arriving).await;
            // A bucket may have copied them all the same.
            self.delete_orphan(tenant, path).await;
            return Err(error.into());
        }
        if let Err(error) = self.conversations.keep_upload(tenant, row).await {
            // The row may exist all the same.
            self.delete_orphan(tenant, path).await;
            return Err(error.into());
        }
        Ok(())
    }

    /// Removes bytes that no row names.
    async fn delete_orphan(&self, tenant: &TenantId, path: &Path) {
        if let Ok(false) = self.conversations.is_upload_path_used(tenant, path.as_ref()).await {
            self.delete(path).await;
        }
    }

    /// Removes a file that was not sent.
    ///
    /// # Errors
    /// [`ConversationError::NotFound`] if it is another agent's, or was sent.
    pub async fn discard(&self, tenant: &TenantId, agent: &AgentId, id: &MediaId) -> Result<(), ConversationError> {
        let (media, tenant, agent, id) = (self.clone(), tenant.clone(), agent.clone(), id.clone());
        to_the_end(async move {
            let _held = media.moves.begin(&tenant).await;
            if let Some(path) = media.conversations.discard_upload(&tenant, &agent, &id).await? {
                media.delete_named(&path).await;
            }
            Ok::<_, ConversationError>(())
        })
        .await
    }

    /// Writes and checks a file. What is dropped half way, because the caller went away, removes itself.
    async fn write<E: Display>(
        &self,
        path: &Path,
        name: &str,
        send_as: SendAs,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Arrived, UploadError> {
        let mut writer = self.store.begin(path.clone());
        let (mut hash, mut head, mut size) = (Sha256::new(), Vec::new(), 0u64);
        let mut scan = Mp4Scan::default();
        let mut pieces = Box::pin(body);
        let mut outcome = Ok(());
        while let Some(piece) = pieces.next().await {
            let written = match piece {
                Ok(piece) => {
                    size += piece.len() as u64;
                    hash.update(&piece);
                    scan.push(&piece);
                    let rest = upload::HEAD.saturating_sub(head.len()).min(piece.len());
                    head.extend_from_slice(&piece[..rest]);
                    if size > upload::LARGEST {
                        Err(UploadError::Refused(FileRefusal::OverLargest { size }))
                    } else {
                        writer.write(&piece).await.map_err(UploadError::from)
                    }
                }
                Err(error) => Err(UploadError::Interrupted(error.to_string())),
            };
            if written.is_err() {
                outcome = written;
                break;
            }
        }
        let checked = outcome.and_then(|()| {
            upload::check(&head, name, size, Some(scan.tracks()), send_as).map_err(UploadError::Refused)
        });
        let file = match checked {
            Ok(file) => file,
            Err(error) => {
                writer.abort().await;
                return Err(error);
            }
        };
        Ok(Arrived { writer, file, size, digest: hex::encode(hash.finalize()) })
    }

    pub(super) async fn delete_named(&self, path: &str) {
        if let Ok(path) = Path::parse(path) {
            self.delete(&path).await;
        }
    }

    async fn delete(&self, path: &Path) {
        if let Err(error) = self.store.delete(path).await {
            tracing::warn!(%error, "media: removing an unused file failed");
        }
    }
}

/// Does the work to its end. A request that is cancelled half way would leave bytes that no row names.
pub(super) async fn to_the_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await.map_err(JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(reason)) => panic::resume_unwind(reason),
        // The process ends.
        Err(Err(_)) => future::pending().await,
    }
}
