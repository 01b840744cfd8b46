//! Follows what waits on the server when the thread is read again: files that another device has attached, sent or removed,
//! and those that were uploaded after their pane was left.

use leptos::prelude::*;

use super::{AttachedFile, Attachments};
use crate::{
    domain::{ids::MediaId, upload::WaitingFile},
    ui::uploads::FileState,
};

impl Attachments {
    /// A message was taken back: the file that had left with it waits on the server again.
    pub fn await_again(self) {
        // The pane may be left.
        let _left = self.ended.try_update_value(Vec::clear);
    }

    /// Shows the files that wait on the server.
    pub fn follow(self, waiting: &[WaitingFile]) {
        let shown = self.all.get_untracked();
        let mut all = still_here(&shown, waiting);
        // The server may have the file whose upload was not answered yet.
        if self.running.with_value(Option::is_none) {
            let news = self.ended.with_value(|ended| not_shown(&all, waiting, ended));
            all.extend(news);
        }
        let is_same = all.len() == shown.len() && all.iter().zip(&shown).all(|(one, other)| one.key == other.key);
        if !is_same {
            self.all.set(all);
        }
    }
}

/// Without those that were sent or removed elsewhere. What was picked here may have arrived after the thread was read.
fn still_here(shown: &[AttachedFile], waiting: &[WaitingFile]) -> Vec<AttachedFile> {
    let is_here = |file: &&AttachedFile| match (file.state.get_untracked(), &file.picked) {
        (FileState::Waiting(known), None) => waiting.iter().any(|one| one.id == known.id),
        _ => true,
    };
    shown.iter().filter(is_here).cloned().collect()
}

/// The files that wait and are not shown. `ended` were sent or removed here; what was read before may still have them.
pub(super) fn not_shown(shown: &[AttachedFile], waiting: &[WaitingFile], ended: &[MediaId]) -> Vec<AttachedFile> {
    let known: Vec<MediaId> = shown.iter().filter_map(AttachedFile::id_on_server).collect();
    let news = waiting.iter().filter(|one| !ended.contains(&one.id) && !known.contains(&one.id));
    news.cloned().map(AttachedFile::waiting).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::outgoing::FileKind;

    fn file(id: &str) -> WaitingFile {
        WaitingFile { id: id.into(), name: format!("{id}.png"), kind: FileKind::Image, size: 7 }
    }

    #[test]
    fn what_another_device_did_is_followed() {
        let shown = ["sent_there", "here"].map(|id| AttachedFile::waiting(file(id)));
        let waiting = ["here", "new", "sent_here"].map(file);
        let all = still_here(&shown, &waiting);
        let news = not_shown(&all, &waiting, &["sent_here".into()]);
        let names = |files: Vec<AttachedFile>| files.into_iter().map(|file| file.key).collect::<Vec<_>>();
        assert_eq!((names(all), names(news)), (vec!["here".to_owned()], vec!["new".to_owned()]));
    }

    #[test]
    fn a_file_that_is_being_sent_stays() {
        let sending = AttachedFile::waiting(file("here"));
        sending.state.set(FileState::Sending(file("here")));
        assert_eq!(still_here(std::slice::from_ref(&sending), &[]).len(), 1);
        assert!(not_shown(&[sending], &[file("here")], &[]).is_empty());
    }
}
