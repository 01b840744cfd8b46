//! The files of a reply: attached with the button, pasted or dropped, checked in the browser, uploaded one after the other,
//! and sent in order. What is uploaded waits on the server, so it survives a reload and is there on other devices.
//!
//! `ui/uploads` checks a file and shows how far it is. `list.rs` shows the files, `send.rs` sends them, `recorded.rs` takes what
//! was recorded here, `follow.rs` follows what other devices do with them, `dropped.rs` takes what is pasted or dropped,
//! `template.rs` gives them to the form of a template.

mod dropped;
mod follow;
mod list;
mod recorded;
pub mod send;
mod template;

use std::collections::VecDeque;

use leptos::{ev, prelude::*, task::spawn_local};

pub use self::{
    list::{AttachButton, AttachedFiles},
    recorded::{AfterUpload, keep_recording},
};

use self::{dropped::keep_page, send::Unclear};
use super::{super::thread::state::ThreadState, lock::Locking};
use crate::{
    domain::{
        ids::{ConversationId, MediaId},
        upload::{MOST_WAITING, SendAs, WaitingFile},
    },
    ui::{
        browser::{self, PickedFile, UploadEvent},
        state::ToastTone,
        uploads::{FileState, LOST, address_of, prepared, upload_query},
    },
};

/// A file in the composer.
#[derive(Clone, Debug)]
pub struct AttachedFile {
    pub key: String,
    pub name: String,
    pub state: ArcRwSignal<FileState>,
    /// `None` for a file that was uploaded before the page was opened.
    picked: Option<PickedFile>,
}

impl AttachedFile {
    /// One that waits on the server.
    fn waiting(file: WaitingFile) -> Self {
        Self {
            key: file.id.as_str().to_owned(),
            name: file.name.clone(),
            state: ArcRwSignal::new(FileState::Waiting(file)),
            picked: None,
        }
    }

    /// Its id on the server, if it has arrived there.
    fn id_on_server(&self) -> Option<MediaId> {
        self.state.get_untracked().on_server().map(|file| file.id)
    }
}

/// The file whose turn it is. A picture that was drawn anew has another handle than the one that was picked.
#[derive(Clone, Debug)]
struct Running {
    key: String,
    handle: u32,
}

/// The files of the open conversation's composer. Cheap to copy; lives as long as the pane.
#[derive(Clone, Copy)]
pub struct Attachments {
    conversation: StoredValue<ConversationId>,
    all: RwSignal<Vec<AttachedFile>>,
    /// The file that is being checked or uploaded.
    running: StoredValue<Option<Running>>,
    /// What was sent or removed here.
    ended: StoredValue<Vec<MediaId>>,
    unclear: StoredValue<Option<Unclear>>,
    /// The text of the file that is being sent.
    caption: StoredValue<Option<String>>,
    /// The recordings that are sent when they are on the server.
    leaving: StoredValue<Vec<String>>,
    /// Files are dragged over the conversation.
    pub is_dropping: RwSignal<bool>,
    /// The form of a template takes a file, which can be sent to a closed window as well.
    pub are_for_template: RwSignal<bool>,
}

impl Attachments {
    /// Begins with the files that wait on the server.
    pub fn new(conversation: ConversationId, waiting: Vec<WaitingFile>) -> Self {
        let all = waiting.into_iter().map(AttachedFile::waiting).collect();
        let files = Self {
            conversation: StoredValue::new(conversation),
            all: RwSignal::new(all),
            running: StoredValue::new(None),
            ended: StoredValue::new(Vec::new()),
            unclear: StoredValue::new(None),
            caption: StoredValue::new(None),
            leaving: StoredValue::new(Vec::new()),
            is_dropping: RwSignal::new(false),
            are_for_template: RwSignal::new(false),
        };
        let dragged = window_event_listener(ev::dragover, |event| keep_page(&event));
        let dropped = window_event_listener(ev::drop, |event| keep_page(&event));
        on_cleanup(move || {
            dragged.remove();
            dropped.remove();
            files.leave();
        });
        files
    }

    /// Whether nothing is attached. Tracks.
    pub fn is_empty(self) -> bool {
        self.all.with(Vec::is_empty)
    }

    /// As [`Self::is_empty`], without tracking.
    pub fn is_empty_untracked(self) -> bool {
        self.all.with_untracked(Vec::is_empty)
    }

    /// The text of the file that is being sent: part of the draft until the server has accepted it.
    pub fn caption_under_way(self) -> Option<String> {
        self.caption.try_get_value().flatten()
    }

    /// Whether all files wait on the server, so that they can be sent. Tracks.
    pub fn are_ready(self) -> bool {
        self.all.with(|all| all.iter().all(|file| matches!(file.state.get(), FileState::Waiting(_))))
    }

    /// Attaches files, in order.
    pub fn add(self, open: ThreadState, picked: Vec<PickedFile>) {
        if picked.is_empty() {
            return;
        }
        let refused = if !Locking::is_writable(&open) && !self.are_for_template.get_untracked() {
            Some("You can't attach files here: it isn't your turn to write.".to_owned())
        } else if self.all.with_untracked(Vec::len) + picked.len() > MOST_WAITING {
            Some(format!("Up to {MOST_WAITING} files can wait here. Send or remove some first."))
        } else {
            None
        };
        if let Some(words) = refused {
            picked.iter().for_each(|file| browser::forget_file(file.handle));
            open.app.toast(ToastTone::Error, words);
            return;
        }
        let news = picked.into_iter().map(|picked| AttachedFile {
            key: format!("picked-{}", picked.handle),
            name: picked.name.clone(),
            state: ArcRwSignal::new(FileState::Queued(SendAs::Itself)),
            picked: Some(picked),
        });
        self.all.update(|all| all.extend(news));
        self.upload_next();
        open.stick();
    }

    /// Attaches files that wait on the server: those of a saved reply.
    pub fn take(self, open: ThreadState, waiting: &[WaitingFile]) {
        let news = self.all.with_untracked(|all| self.ended.with_value(|ended| follow::not_shown(all, waiting, ended)));
        self.all.update(|all| all.extend(news));
        open.stick();
    }

    /// Tries a file again, or as a document.
    pub fn again(self, file: &AttachedFile, send_as: SendAs) {
        file.state.set(FileState::Queued(send_as));
        self.upload_next();
    }

    /// Tries again what a lost connection has ended.
    fn resume(self) {
        for file in self.all.get_untracked() {
            if let FileState::Failed { words, send_as } = file.state.get_untracked()
                && words == LOST
            {
                self.again(&file, send_as);
            }
        }
    }

    /// Takes a file out, and ends its upload.
    pub fn remove(self, file: &AttachedFile) {
        let running = self.running.get_value().filter(|running| running.key == file.key);
        if let Some(running) = running {
            browser::forget_file(running.handle);
        }
        if let FileState::Waiting(waiting) = file.state.get_untracked() {
            browser::remove_at(&address_of(&waiting));
        }
        self.sent(file);
    }

    /// Takes out a file that has become a message.
    fn sent(self, file: &AttachedFile) {
        if let Some(picked) = &file.picked {
            browser::forget_file(picked.handle);
        }
        self.ended.update_value(|ended| ended.extend(file.id_on_server()));
        self.all.update(|all| all.retain(|known| known.key != file.key));
    }

    /// Uploads the first file that waits for it. One at a time, so that they arrive in order.
    fn upload_next(self) {
        let next = self.all.with_untracked(|all| all.iter().find_map(Turn::of));
        let Some(turn) = next.filter(|_| self.running.with_value(Option::is_none)) else { return };
        let Turn { file, picked, send_as } = turn;
        let conversation = self.conversation.get_value();
        self.running.set_value(Some(Running { key: file.key.clone(), handle: picked.handle }));
        file.state.set(FileState::Checking(send_as));
        spawn_local(async move {
            let ready = prepared(&picked, send_as).await;
            let is_gone = self.all.try_with_untracked(|all| all.iter().all(|known| known.key != file.key));
            match ready {
                // The pane may be left by now: the file is uploaded all the same.
                Ok(ready) if is_gone != Some(true) => self.upload(&conversation, &file, &ready, send_as),
                Ok(_) => self.uploaded(),
                Err(refused) => {
                    file.state.set(refused);
                    self.uploaded();
                }
            }
        });
    }

    fn upload(self, conversation: &ConversationId, file: &AttachedFile, ready: &PickedFile, send_as: SendAs) {
        let handle = ready.handle;
        let _left = self.running.try_set_value(Some(Running { key: file.key.clone(), handle }));
        let file = file.clone();
        file.state.set(FileState::Uploading { send_as, percent: 0 });
        browser::upload_file(handle, &upload_address(conversation, ready, send_as), move |event| {
            let after = FileState::after(event, send_as);
            if matches!(after, FileState::Uploading { .. }) {
                return file.state.set(after);
            }
            if let FileState::Waiting(waiting) = &after {
                browser::forget_file(handle);
                // It may have been taken out in the moment in which it arrived.
                if self.all.try_with_untracked(|all| all.iter().all(|known| known.key != file.key)) == Some(true) {
                    browser::remove_at(&address_of(waiting));
                    self.ended.update_value(|ended| ended.push(waiting.id.clone()));
                }
            }
            file.state.set(after);
            self.uploaded();
        });
    }

    fn uploaded(self) {
        // The pane may be left. Then the others are on their way as well.
        if self.running.try_set_value(None).is_none() {
            self.upload_next();
        }
    }

    /// Uploads what is queued when the pane is left, so that it waits on the server.
    fn leave(self) {
        let queued = self.all.try_with_untracked(|all| all.iter().filter_map(Turn::of).collect::<VecDeque<Turn>>());
        if let (Some(queued), Some(conversation)) = (queued, self.conversation.try_get_value()) {
            upload_rest(conversation, queued);
        }
    }
}

/// A file that is to be uploaded.
struct Turn {
    file: AttachedFile,
    picked: PickedFile,
    send_as: SendAs,
}

impl Turn {
    fn of(file: &AttachedFile) -> Option<Self> {
        let FileState::Queued(send_as) = file.state.get_untracked() else { return None };
        Some(Self { file: file.clone(), picked: file.picked.clone()?, send_as })
    }
}

/// Uploads files of a conversation that is not open any more, one after the other. What is refused is left out.
fn upload_rest(conversation: ConversationId, mut queued: VecDeque<Turn>) {
    let Some(Turn { picked, send_as, .. }) = queued.pop_front() else { return };
    spawn_local(async move {
        let Ok(ready) = prepared(&picked, send_as).await else {
            upload_rest(conversation, queued);
            return;
        };
        let address = upload_address(&conversation, &ready, send_as);
        let mut rest = Some((conversation, queued));
        browser::upload_file(ready.handle, &address, move |event| match event {
            UploadEvent::Progress { .. } => {}
            UploadEvent::Answered { .. } | UploadEvent::Lost => {
                if let Some((conversation, queued)) = rest.take() {
                    upload_rest(conversation, queued);
                }
            }
        });
    });
}

fn upload_address(conversation: &ConversationId, file: &PickedFile, send_as: SendAs) -> String {
    format!("/uploads/{conversation}?{}", upload_query(file, send_as))
}
