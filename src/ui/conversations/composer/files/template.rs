//! Attached files in the form of a template.

use leptos::prelude::*;

use super::Attachments;
use crate::{
    domain::{ids::MediaId, message::outgoing::FileKind, template::field::TemplateValues, upload::WaitingFile},
    ui::uploads::FileState,
};

impl Attachments {
    /// The files of this kind that wait on the server, in order. Tracks.
    pub fn waiting(self, kind: FileKind) -> Vec<WaitingFile> {
        self.all.with(|all| {
            let waiting = all.iter().filter_map(|file| match file.state.get() {
                FileState::Waiting(waiting) => Some(waiting),
                FileState::Queued(_)
                | FileState::Checking(_)
                | FileState::Uploading { .. }
                | FileState::Sending(_)
                | FileState::Refused { .. }
                | FileState::Failed { .. } => None,
            });
            waiting.filter(|waiting| waiting.kind == kind).collect()
        })
    }

    /// The name of a file on the server. Does not track.
    pub fn name_of_waiting(self, id: &MediaId) -> Option<String> {
        self.all.with_untracked(|all| {
            all.iter().find(|file| file.id_on_server().as_ref() == Some(id)).map(|file| file.name.clone())
        })
    }

    /// Takes out the files that went with a template.
    pub fn forget_used(self, values: &TemplateValues) {
        for file in self.all.get_untracked() {
            let is_used = |id: MediaId| values.iter().any(|(_, value)| value.trim() == id.as_str());
            if file.id_on_server().is_some_and(is_used) {
                self.sent(&file);
            }
        }
    }
}
