//! The file of a message: Meta must have it before the message can name it. An upload that breaks is tried again a few times,
//! also if it takes the server down with it: then its message fails, with the reason.

use crate::{
    domain::{
        message::{DeliveryFault, outgoing::OutgoingMessage},
        time::{Span, Timestamp},
    },
    server::{
        conversations::{ConversationError, delivery::sending::SendOutcome},
        gateway::{Credentials, SendError},
        media::remote::{RemoteUploadError, Whereabouts},
        store::outbox::{self, OutboxRow},
        workers::{Leased, catch_panic},
    },
};

use super::{LEASE, Outbox, backoff};

/// How long a row is held while its file is uploaded: longer than that can take (`gateway::Timeouts`). Otherwise a second
/// worker would upload it as well.
pub(super) const UPLOAD_LEASE: Span = Span::minutes(5);

/// Most attempts of a message whose file is not at Meta, whatever ended them: more than any refusal is tried again. Beyond it
/// only uploads come that ended with their worker.
const MOST_ATTEMPTS: i64 = 16;

const BROKEN: &str =
    "Not sent: uploading the file to WhatsApp broke several times. Attach it again, or send it in another format.";

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
        if row.attempts >= MOST_ATTEMPTS {
            tracing::error!(row = %row.id, attempts = row.attempts, "outbox: upload of a file ends with its worker, given up");
            return Ok(ReadyFile::Settle(failed(BROKEN)));
        }
        let mut tx = self.db.begin_write().await?;
        let is_held = outbox::hold(&mut tx, row, self.clock.now().plus(UPLOAD_LEASE)).await?;
        tx.commit().await?;
        if !is_held {
            return Ok(self.lost());
        }
        let uploaded = catch_panic(self.media.upload(&row.tenant_id, &row.channel_id, credentials, &upload)).await;
        let mut tx = self.db.begin_write().await?;
        let is_held = outbox::resume(&mut tx, row, self.clock.now().plus(LEASE)).await?;
        tx.commit().await?;
        if !is_held {
            return Ok(self.lost());
        }
        let uploaded = match uploaded {
            Ok(uploaded) => uploaded,
            Err(panic) => {
                tracing::error!(%panic, row = %row.id, tries = row.attempts + 1, "outbox: upload of a file broke");
                return Ok(ReadyFile::Settle(broken(row.attempts, self.clock.now(), self.entropy.bytes())));
            }
        };
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
    ReadyFile::Settle(failed("Not sent: the file is no longer on the server. Attach it again."))
}

fn failed(detail: &str) -> SendOutcome {
    SendOutcome::Failed { fault: DeliveryFault::new(None, detail), window_closed: false }
}

/// The outcome after an upload broke that had so many attempts before.
fn broken(attempts: i64, now: Timestamp, jitter: [u8; 8]) -> SendOutcome {
    match backoff::broken(attempts, jitter) {
        Some(wait) => {
            let detail = "Couldn't upload the file to WhatsApp. We'll try again automatically.";
            SendOutcome::Retry { due: now.plus(wait), fault: DeliveryFault::new(None, detail) }
        }
        None => failed(BROKEN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_that_breaks_is_tried_a_few_times_and_then_fails_its_message() {
        let now = Timestamp(1_790_000_000_000);
        let wait = |attempts| match broken(attempts, now, [0; 8]) {
            SendOutcome::Retry { due, .. } => Some((due.0 - now.0) / 1_000),
            SendOutcome::Failed { .. }
            | SendOutcome::Accepted { .. }
            | SendOutcome::Held { .. }
            | SendOutcome::Deferred { .. }
            | SendOutcome::RateLimited { .. }
            | SendOutcome::ChannelDown { .. }
            | SendOutcome::Unclear { .. }
            | SendOutcome::NoResponse { .. } => None,
        };
        let waits: Vec<Option<i64>> = (0..6).map(wait).collect();
        assert_eq!(waits, [Some(2), Some(8), Some(32), Some(128), None, None]);
        assert_eq!(broken(4, now, [0; 8]), failed(BROKEN));
    }
}
