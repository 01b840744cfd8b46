//! Files on their way to the server: of a reply (`conversations/composer/files`) and of a saved reply (`saved_replies/files.rs`).
//!
//! `prepare.rs` checks a file before it is uploaded and draws pictures anew where that is needed, `line.rs` shows a file with how
//! far it is and what can be done.

mod line;
mod prepare;

pub use self::{line::FileLine, prepare::prepared};

use crate::{
    contract::ApiError,
    domain::{
        percent,
        upload::{SendAs, WaitingFile},
    },
    ui::browser::{PickedFile, UploadEvent},
};

pub const LOST: &str = "The connection was lost. Try again.";
const FAILED: &str = "Something went wrong on our side. Try again.";

/// How far a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It is uploaded in its turn.
    Queued(SendAs),
    Checking(SendAs),
    Uploading {
        send_as: SendAs,
        percent: u64,
    },
    /// On the server.
    Waiting(WaitingFile),
    Sending(WaitingFile),
    /// WhatsApp would not accept it.
    Refused {
        words: String,
        /// As a document it would.
        has_way_out: bool,
    },
    /// It may be tried again.
    Failed {
        words: String,
        send_as: SendAs,
    },
}

impl FileState {
    /// The file, if it has arrived on the server.
    pub fn on_server(self) -> Option<WaitingFile> {
        match self {
            Self::Waiting(file) | Self::Sending(file) => Some(file),
            Self::Queued(_)
            | Self::Checking(_)
            | Self::Uploading { .. }
            | Self::Refused { .. }
            | Self::Failed { .. } => None,
        }
    }

    /// After an event of its upload.
    pub fn after(event: UploadEvent, send_as: SendAs) -> Self {
        match event {
            UploadEvent::Progress { sent, of } => {
                Self::Uploading { send_as, percent: (sent * 100).checked_div(of).unwrap_or_default() }
            }
            UploadEvent::Answered { status, body } => answered(status, &body, send_as),
            UploadEvent::Lost => Self::Failed { words: LOST.to_owned(), send_as },
        }
    }
}

/// What the server is told about a file besides its bytes.
pub fn upload_query(file: &PickedFile, send_as: SendAs) -> String {
    let word = match send_as {
        SendAs::Itself => "itself",
        SendAs::Document => "document",
        SendAs::Voice => "voice",
    };
    format!("as={word}&name={}", percent::encoded(&file.name))
}

/// Where a file on the server is read and removed.
pub fn address_of(file: &WaitingFile) -> String {
    format!("/media/{}", file.id)
}

/// What becomes of a file by the server's answer.
fn answered(status: u16, body: &str, send_as: SendAs) -> FileState {
    if status == 200
        && let Ok(file) = serde_json::from_str::<WaitingFile>(body)
    {
        return FileState::Waiting(file);
    }
    match serde_json::from_str::<ApiError>(body) {
        Ok(ApiError::Invalid(words)) => FileState::Refused { words, has_way_out: send_as == SendAs::Itself },
        Ok(error) => FileState::Failed { words: error.to_string(), send_as },
        Err(_) => FileState::Failed { words: FAILED.to_owned(), send_as },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_answer_says_what_can_be_done_next() {
        let words = "The file is empty (0 bytes). Choose another one.";
        let refusal = format!(r#"{{"type":"invalid","detail":"{words}"}}"#);
        let refused = |has_way_out| FileState::Refused { words: words.to_owned(), has_way_out };
        assert_eq!(answered(422, &refusal, SendAs::Itself), refused(true));
        assert_eq!(answered(422, &refusal, SendAs::Document), refused(false));
        let broken = answered(502, "<html>", SendAs::Document);
        assert_eq!(broken, FileState::Failed { words: FAILED.to_owned(), send_as: SendAs::Document });
        let kept = answered(200, r#"{"id":"med_1","name":"a.png","kind":"image","size":7}"#, SendAs::Itself);
        assert!(matches!(kept, FileState::Waiting(file) if file.size == 7));
    }
}
