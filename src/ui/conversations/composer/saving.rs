//! Keeps what is typed: in this browser with every key, on the server when the typing pauses, and at once when the
//! field or the pane is left or the page is hidden.
//!
//! One save is under way at a time. A failed one is silent, because the copy of this browser stays: it is tried again
//! with the next change, and when the conversation is opened again.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::draft::{self, LocalDraft};
use crate::{
    api::conversation::save_draft,
    domain::message::draft::ReplyDraft,
    ui::{
        browser::{self, clear_timer},
        conversations::thread::state::ThreadState,
        state::InFlight,
    },
};

/// How long the typing must pause before the server gets the text.
const REST: Duration = Duration::from_millis(600);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Request {
    #[default]
    None,
    UnderWay,
    /// Another save was asked for meanwhile.
    Again,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    /// As [`LocalDraft::base`].
    base: i64,
    /// As [`LocalDraft::version`].
    version: i64,
    /// The text in the field is not on the server.
    unsaved: bool,
    request: Request,
}

/// The draft of the open conversation. Cheap to copy; lives as long as the composer.
#[derive(Clone, Copy)]
pub struct Saving {
    open: ThreadState,
    /// See [`draft::new_mark`].
    mark: StoredValue<Option<i64>>,
    progress: StoredValue<Progress>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Saving {
    /// Saves what is unsaved until the pane is left, and then as well.
    pub fn start(open: ThreadState) -> Self {
        let saving = Self {
            open,
            mark: StoredValue::new(None),
            progress: StoredValue::new(Progress::default()),
            timer: StoredValue::new(None),
        };
        // The event is fired on the document and bubbles to the window.
        let turned = window_event_listener_untyped("visibilitychange", move |_| {
            if browser::hidden() {
                saving.save();
            }
        });
        on_cleanup(move || {
            turned.remove();
            saving.save();
        });
        Effect::new(move |_| {
            if let Some(later) = open.later_draft.get() {
                saving.follow(&later);
            }
        });
        saving
    }

    /// Shows a draft that another device has saved since the thread was read, unless something is being typed here.
    fn follow(self, later: &ReplyDraft) {
        let progress = self.progress.get_value();
        let is_sending =
            self.open.app.in_flight.with_untracked(|all| all.iter().any(|one| one.conversation == self.open.id()));
        let is_idle = !progress.unsaved && progress.request == Request::None && !is_sending;
        if is_idle && later.version > progress.version {
            self.progress.update_value(|progress| {
                progress.base = later.version;
                progress.version = later.version;
            });
            self.open.text.set(later.body.clone());
            self.keep();
        }
    }

    /// Fills the field when the pane opens. `unclear` becomes the reply that an earlier pane is sending: it is part of
    /// the draft until the server has accepted it.
    pub fn restore(self, unclear: StoredValue<Option<InFlight>>) {
        let open = self.open;
        Effect::new(move |leaving: Option<Option<String>>| {
            let here = |one: &&InFlight| one.conversation == open.id();
            let in_flight = open.app.in_flight.with(|all| all.iter().find(here).cloned());
            match leaving {
                None => {
                    self.open_newest();
                    if in_flight.is_none() && !self.is_claiming() {
                        self.keep();
                        self.save_later();
                    }
                    let left = in_flight.is_some().then(|| open.text.get_untracked());
                    unclear.set_value(in_flight);
                    left
                }
                // The response arrived: the draft is what the server did not accept.
                Some(Some(shown)) if in_flight.is_none() => {
                    if open.text.with_untracked(|text| *text == shown) {
                        open.text.set(draft::load(&open.me(), &open.id()).body);
                        self.changed();
                    }
                    None
                }
                Some(leaving) => leaving,
            }
        });
    }

    fn newest(self) -> LocalDraft {
        let local = draft::load(&self.open.me(), &self.open.id());
        self.open.draft.with_value(|server| draft::newest(local, server))
    }

    fn open_newest(self) {
        let found = self.newest();
        self.take(&found);
        self.open.text.update(|text| {
            if text.is_empty() {
                *text = found.body;
            }
        });
    }

    /// Whether what is typed ahead of a claim is still written to the copy of this browser.
    fn is_claiming(self) -> bool {
        let id = self.open.id();
        self.open.app.claiming.with_untracked(|claiming| claiming.as_ref() == Some(&id))
    }

    /// Fills the field with what was typed ahead of a claim, too.
    pub fn take_typed_ahead(self) {
        let found = self.newest();
        self.take(&found);
        self.open.text.set(found.body);
        self.keep();
        self.save_later();
    }

    fn take(self, found: &LocalDraft) {
        self.progress.update_value(|progress| {
            progress.base = progress.base.max(found.base);
            progress.version = progress.version.max(found.version);
            progress.unsaved |= found.unsaved;
        });
    }

    /// The text was changed.
    pub fn changed(self) {
        self.progress.update_value(|progress| progress.unsaved = true);
        self.keep();
        self.save_later();
    }

    /// The text goes out as a reply. Returns the version of the draft that the server removes with it; none if there is
    /// no draft on the server.
    pub fn send(self) -> Option<i64> {
        clear_timer(self.timer);
        let sent = self.progress.get_value().version;
        // The empty draft that the server saves has the next version.
        self.progress.update_value(|progress| {
            progress.base = sent + 1;
            progress.version = sent + 1;
            progress.unsaved = false;
        });
        (sent > 0).then_some(sent)
    }

    /// Stores the copy of this browser: the replies that are not accepted yet, with or without files, and the text in the
    /// field.
    pub fn keep(self) {
        let open = self.open;
        let Progress { base, version, unsaved, .. } = self.progress.get_value();
        let mut parts: Vec<String> = open.sending.with_untracked(|all| {
            all.iter().filter(|sending| !sending.accepted).map(|sending| sending.body.clone()).collect()
        });
        parts.extend(open.files.caption_under_way());
        let unsaved = unsaved || !parts.is_empty();
        parts.push(open.text.get_untracked());
        let body = draft::joined(parts);
        open.app.note_draft(&open.id(), &body);
        draft::store(&open.me(), &open.id(), &LocalDraft { body, base, version, unsaved });
    }

    fn save_later(self) {
        clear_timer(self.timer);
        if self.progress.get_value().unsaved {
            // A browser refuses a timer only while the page is unloaded.
            self.timer.set_value(set_timeout_with_handle(move || self.save(), REST).ok());
        }
    }

    /// Made with the first save, because the server, which renders the page first, has no randomness here.
    fn mark(self) -> i64 {
        let mark = self.mark.get_value().unwrap_or_else(draft::new_mark);
        self.mark.set_value(Some(mark));
        mark
    }

    /// Saves what is unsaved, now.
    pub fn save(self) {
        clear_timer(self.timer);
        // The pane may have been left.
        let Some(progress) = self.progress.try_get_value().filter(|progress| progress.unsaved) else { return };
        let Some(body) = self.open.text.try_get_untracked().map(without_blank) else { return };
        if progress.request != Request::None {
            self.progress.update_value(|progress| progress.request = Request::Again);
            return;
        }
        let draft = ReplyDraft { version: draft::next_version(progress.base, self.mark()), body };
        self.progress.update_value(|progress| {
            progress.version = draft.version;
            progress.request = Request::UnderWay;
        });
        self.keep();
        let (me, id) = (self.open.me(), self.open.id());
        spawn_local(async move {
            let newest = save_draft(id.clone(), draft.clone()).await.ok();
            if newest.as_ref().is_some_and(|newest| newest.version == draft.version) {
                draft::confirm(&me, &id, &draft);
            }
            self.answered(&draft, newest);
        });
    }

    /// The server's answer to `sent`; none if the save failed.
    fn answered(self, sent: &ReplyDraft, newest: Option<ReplyDraft>) {
        let Some(before) = self.progress.try_get_value() else { return };
        let Some(text) = self.open.text.try_get_untracked().map(without_blank) else { return };
        self.progress.update_value(|progress| progress.request = Request::None);
        match newest {
            Some(newest) if newest.version > before.version => self.merge(&newest, &text),
            Some(_) if before.version == sent.version => {
                self.progress.update_value(|progress| {
                    progress.base = sent.version;
                    progress.unsaved = text != sent.body;
                });
                self.keep();
            }
            Some(_) | None => {}
        }
        if before.request == Request::Again {
            self.save();
        }
    }

    /// Another device has saved a newer draft, so that this one was not saved.
    fn merge(self, newest: &ReplyDraft, mine: &str) {
        let merged = draft::both(&newest.body, mine);
        self.progress.update_value(|progress| {
            progress.base = newest.version;
            progress.version = newest.version;
            progress.unsaved = merged.trim() != newest.body.trim();
        });
        if merged != mine {
            self.open.text.set(merged);
        }
        self.keep();
        self.save_later();
    }
}

/// Spaces alone are no draft.
fn without_blank(text: String) -> String {
    if text.trim().is_empty() { String::new() } else { text }
}
