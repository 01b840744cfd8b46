//! The file of a message: Meta must have it before the message can name it.

use crate::{
    domain::{
        message::{DeliveryFault, outgoing::OutgoingMessage},
        time::Span,
    },
    server::{
        conversations::{ConversationError, delivery::sending::SendOutcome},
        gateway::{Credentials, SendError},
        media::remote::{RemoteUploadError, Whereabouts},
        store::outbox::{self, OutboxRow},
        workers::Leased,
    },
};

use super::{LEASE, Outbox};

/// How long a row is held while its file is uploaded: longer than that can take (`gateway::Timeouts`). Otherwise a second
/// worker would upload it as well.
pub(super) const UPLOAD_LEASE: Span = Span::minutes(5);

/// The file of a message that is about to be sent.
pub(super) enum ReadyFile {
    /// The message has none that Meta must have.
    None,
    /// Meta's id of it.
    AtMeta(String),
    /// It cannot be sent now.
    Settle(SendOutcome),
}

impl Outbox {
    /// Uploads the message's file to Meta, unless Meta has it.
    pub(super) async fn ready_file(
        &self,
        row: &Leased<OutboxRow>,
        credentials: &Credentials,
        message: &OutgoingMessage,
    ) -> Result<ReadyFile, ConversationError> {
        let Some(id) = message.uploaded_file() else { return Ok(ReadyFile::None) };
        let upload = match self.media.whereabouts(&row.tenant_id, &row.channel_id, id).await? {
            Whereabouts::AtMeta(remote) => return Ok(ReadyFile::AtMeta(remote)),
            Whereabouts::Here(upload) => upload,
            Whereabouts::Gone => return Ok(gone()),
        };
        let mut tx = self.db.begin_write().await?;
        let is_held = outbox::hold(&mut tx, row, self.clock.now().plus(UPLOAD_LEASE)).await?;
        tx.commit().await?;
        if !is_held {
            return Ok(self.lost());
        }
        let uploaded = self.media.upload(&row.tenant_id, &row.channel_id, credentials, &upload).await;
        let mut tx = self.db.begin_write().await?;
        let is_held = outbox::resume(&mut tx, row, self.clock.now().plus(LEASE)).await?;
        tx.commit().await?;
        if !is_held {
            return Ok(self.lost());
        }
        match uploaded {
            Ok(remote) => Ok(ReadyFile::AtMeta(remote)),
            // A lost response may be repeated: nothing has reached the customer.
            Err(RemoteUploadError::Call(SendError::Ambiguous(reason))) => {
                Ok(ReadyFile::Settle(self.outcome(row, SendError::Unreachable(reason))))
            }
            Err(RemoteUploadError::Call(error)) => Ok(ReadyFile::Settle(self.outcome(row, error))),
            Err(RemoteUploadError::Unreadable(error)) => {
                tracing::error!(%error, row = %row.id, "outbox: file of a message unreadable");
                match error {
                    object_store::Error::NotFound { .. } => Ok(gone()),
                    // The place of files may answer again.
                    other => Ok(ReadyFile::Settle(self.outcome(row, SendError::Unreachable(other.to_string())))),
                }
            }
            Err(RemoteUploadError::Conversation(error)) => Err(error),
        }
    }

    /// Another worker has the row, or it was given up. What is settled under this lease changes nothing.
    fn lost(&self) -> ReadyFile {
        ReadyFile::Settle(SendOutcome::Deferred { due: self.clock.now() })
    }
}

fn gone() -> ReadyFile {
    let detail = "Not sent: the file is no longer on the server. Attach it again.";
    ReadyFile::Settle(SendOutcome::Failed { fault: DeliveryFault::new(None, detail), window_closed: false })
}
