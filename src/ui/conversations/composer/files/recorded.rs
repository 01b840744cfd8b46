//! Voice messages that were recorded here: uploaded like other files, and sent by themselves (`send.rs`). What nobody sent
//! waits on the server.

use std::collections::VecDeque;

use leptos::prelude::*;

use super::{AttachedFile, Attachments, Turn, upload_rest};
use crate::{
    domain::{ids::ConversationId, upload::SendAs},
    ui::{browser::PickedFile, conversations::thread::state::ThreadState, uploads::FileState},
};

/// What happens to a recording when it is on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterUpload {
    /// It waits with the other files.
    Wait,
    Send,
}

impl Attachments {
    /// Attaches what was recorded. Unlike other files it exists nowhere else, so it is taken in any state of the
    /// conversation.
    pub fn add_recording(self, open: ThreadState, picked: PickedFile, after: AfterUpload) {
        let key = format!("picked-{}", picked.handle);
        if after == AfterUpload::Send {
            self.leaving.update_value(|leaving| leaving.push(key.clone()));
        }
        let file = AttachedFile {
            key,
            name: picked.name.clone(),
            state: ArcRwSignal::new(FileState::Queued(SendAs::Voice)),
            picked: Some(picked),
        };
        self.all.update(|all| all.push(file));
        self.upload_next();
        open.stick();
    }

    /// Whether this file was to be sent once it is on the server. True once.
    pub(super) fn takes_leaving(self, key: &str) -> bool {
        let taken = self.leaving.try_update_value(|leaving| {
            let place = leaving.iter().position(|known| known == key)?;
            Some(leaving.remove(place))
        });
        taken.flatten().is_some()
    }
}

/// Uploads what was recorded in a conversation that is not open any more. It waits there, and is not sent.
pub fn keep_recording(conversation: ConversationId, picked: PickedFile) {
    let state = ArcRwSignal::new(FileState::Queued(SendAs::Voice));
    let file = AttachedFile { key: String::new(), name: picked.name.clone(), state, picked: None };
    upload_rest(conversation, VecDeque::from([Turn { file, picked, send_as: SendAs::Voice }]));
}
