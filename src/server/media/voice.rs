//! Voice notes: a recording is held in memory, because the container that WhatsApp takes tells lengths before the sound,
//! and a customer's note is moved into another container for browsers that do not play it.

use std::fmt::Display;

use bytes::Bytes;
use futures::{Stream, StreamExt};

use super::receive::UploadError;
use crate::domain::{
    message::outgoing::FileKind,
    upload::{FileRefusal, LARGEST_RECORDING},
    voice::voice_note,
};

/// The name of a voice note in the composer. Customers see none.
pub(super) const NAME: &str = "voice-message.ogg";

/// A recording, as it arrives, as the note that is kept.
pub(super) async fn note_of<E: Display>(
    body: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<Bytes, UploadError> {
    let mut recorded = Vec::new();
    let mut pieces = Box::pin(body);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| UploadError::Interrupted(error.to_string()))?;
        let size = (recorded.len() + piece.len()) as u64;
        if size > LARGEST_RECORDING {
            let refusal = FileRefusal::TooLarge { kind: FileKind::Voice, size, limit: LARGEST_RECORDING };
            return Err(UploadError::Refused(refusal));
        }
        recorded.extend_from_slice(&piece);
    }
    if recorded.is_empty() {
        return Err(UploadError::Refused(FileRefusal::Empty));
    }
    let note = voice_note(&recorded).map_err(|fault| UploadError::Refused(FileRefusal::Recording(fault)))?;
    Ok(note.into())
}
