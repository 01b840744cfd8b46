//! Saves the draft automatically when the typing pauses, one save at a time.
//!
//! Another admin's save is never overwritten: the server refuses ours with a conflict, and the person chooses a draft.
//! Taking theirs can be undone, so nothing typed is lost.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use leptos::{ev, prelude::*, task::spawn_local};

use super::state::Editor;
use crate::{
    api::flow::{flow_save, read_flow},
    contract::{ApiError, flow::FlowPage},
    domain::flow::definition::Flow,
    ui::{browser::clear_timer, kit::Submit, state::Connection},
};

/// How long the typing must pause before the draft is saved.
const REST: Duration = Duration::from_millis(600);

/// The state of the draft on the screen compared with the saved one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveProgress {
    Saved,
    Unsaved,
    Sending,
    /// The save failed. It is repeated with the next change, when the connection is back, or by hand.
    Failed(String),
    /// Somebody else saved another draft.
    Conflict(String),
}

#[derive(Clone, Copy)]
pub struct FlowSaving {
    pub progress: RwSignal<SaveProgress>,
    revision: RwSignal<i64>,
    /// The draft as it was saved last.
    kept: RwSignal<Flow>,
    timer: StoredValue<Option<TimeoutHandle>>,
    left: StoredValue<Left>,
}

/// The draft at the time the page was left during a save. That save sends it afterwards.
type Left = Arc<Mutex<Option<Flow>>>;

impl FlowSaving {
    pub fn new(page: &FlowPage) -> Self {
        Self {
            progress: RwSignal::new(SaveProgress::Saved),
            revision: RwSignal::new(page.revision),
            kept: RwSignal::new(page.draft.clone()),
            timer: StoredValue::new(None),
            left: StoredValue::new(Left::default()),
        }
    }

    pub fn revision(self) -> i64 {
        self.revision.get_untracked()
    }
}

impl Editor {
    /// Saves every change from now on, and adopts what others save while nothing is typed here.
    pub fn keep_saved(self) {
        Effect::watch(
            move || self.flow.get(),
            move |now, _, _| {
                if self.saving.kept.with_untracked(|kept| kept == now) {
                    // Undone back to the saved draft.
                    if self.saving.progress.get_untracked() == SaveProgress::Unsaved {
                        clear_timer(self.saving.timer);
                        self.saving.progress.set(SaveProgress::Saved);
                    }
                    return;
                }
                if matches!(self.saving.progress.get_untracked(), SaveProgress::Conflict(_)) {
                    return;
                }
                if self.saving.progress.get_untracked() != SaveProgress::Sending {
                    self.saving.progress.set(SaveProgress::Unsaved);
                }
                self.save_soon();
            },
            false,
        );
        Effect::watch(move || self.page.get(), move |page, _, _| self.read_anew(page), false);
        Effect::watch(
            move || self.app.connection.get(),
            move |now, _, _| {
                let failed = matches!(self.saving.progress.get_untracked(), SaveProgress::Failed(_));
                if *now == Connection::Live && failed {
                    self.save();
                }
            },
            false,
        );
        Effect::new(move |_| {
            // The browser asks before it leaves the page while a change is not saved.
            let handle = window_event_listener(ev::beforeunload, move |event| {
                if self.saving.progress.try_get_untracked().is_some_and(|progress| progress != SaveProgress::Saved) {
                    event.prevent_default();
                }
            });
            on_cleanup(move || handle.remove());
        });
        on_cleanup(move || self.leave());
    }

    fn save_soon(self) {
        clear_timer(self.saving.timer);
        let timer = set_timeout_with_handle(move || self.save(), REST);
        self.saving.timer.set_value(timer.ok());
    }

    /// The page is left: unsaved changes are saved now.
    fn leave(self) {
        clear_timer(self.saving.timer);
        let progress = self.saving.progress.try_get_untracked();
        if let (Some(SaveProgress::Sending), Some(flow), Some(left)) =
            (&progress, self.flow.try_get_untracked(), self.saving.left.try_get_value())
        {
            // Its revision is known only when the save under way is done.
            *left.lock().unwrap_or_else(PoisonError::into_inner) = Some(flow);
            return;
        }
        if let (Some(SaveProgress::Unsaved | SaveProgress::Failed(_)), Some(flow), Some(revision), Some(id)) = (
            progress,
            self.flow.try_get_untracked(),
            self.saving.revision.try_get_untracked(),
            self.page.try_with_untracked(|page| page.id.clone()),
        ) {
            let app = self.app;
            spawn_local(async move {
                if let Err(error) = flow_save(id, revision, flow).await {
                    app.show_error(&error);
                }
            });
        }
    }

    /// Saves now, unless a save is under way, which checks for newer changes when it is done.
    pub fn save(self) {
        clear_timer(self.saving.timer);
        let Some(progress) = self.saving.progress.try_get_untracked() else { return };
        if progress == SaveProgress::Sending {
            return;
        }
        let draft = self.flow.get_untracked();
        let (id, revision) = (self.id(), self.saving.revision());
        let (left, app) = (self.saving.left.get_value(), self.app);
        self.saving.progress.set(SaveProgress::Sending);
        spawn_local(async move {
            let answer = flow_save(id.clone(), revision, draft.clone()).await;
            let left = left.lock().unwrap_or_else(PoisonError::into_inner).take();
            // The page was left meanwhile.
            if left.is_some() || self.saving.progress.try_get_untracked().is_none() {
                let sent = match (answer, left.filter(|left| *left != draft)) {
                    (Ok(saved), Some(left)) => flow_save(id, saved.revision, left).await,
                    (answer, _) => answer,
                };
                if let Err(error) = sent {
                    app.show_error(&error);
                }
                return;
            }
            match answer {
                Ok(saved) => {
                    self.saving.revision.set(saved.revision);
                    self.saving.kept.set(draft.clone());
                    self.faults.set(saved.faults);
                    let rests = self.flow.with_untracked(|now| *now == draft);
                    self.saving.progress.set(if rests { SaveProgress::Saved } else { SaveProgress::Unsaved });
                    if !rests {
                        self.save_soon();
                    }
                }
                Err(ApiError::Conflict(words)) => self.saving.progress.set(SaveProgress::Conflict(words)),
                Err(error) => {
                    if error == ApiError::SignedOut {
                        self.app.show_error(&error);
                    }
                    self.saving.progress.set(SaveProgress::Failed(error.to_string()));
                }
            }
        });
    }

    /// The page was read again.
    fn read_anew(self, page: &FlowPage) {
        if page.revision <= self.saving.revision() {
            return;
        }
        match self.saving.progress.get_untracked() {
            SaveProgress::Saved => self.adopt(page),
            // The save under way, or the next one, will be refused with a conflict.
            SaveProgress::Unsaved | SaveProgress::Sending | SaveProgress::Failed(_) | SaveProgress::Conflict(_) => {}
        }
    }

    /// Shows the saved draft.
    fn adopt(self, page: &FlowPage) {
        clear_timer(self.saving.timer);
        self.saving.revision.set(page.revision);
        self.saving.kept.set(page.draft.clone());
        self.faults.set(page.faults.clone());
        self.saving.progress.set(SaveProgress::Saved);
        self.replace(page.draft.clone());
    }

    /// Ends a conflict, with the other's draft or with this one.
    pub fn settle(self, submit: Submit, with: Draft) {
        submit.run(read_flow(self.id()), move |page| {
            // The page may have been left meanwhile.
            if self.page.is_disposed() {
                return;
            }
            match with {
                Draft::Theirs => {
                    self.adopt(&page);
                    self.page.set(page);
                }
                Draft::Mine => {
                    self.saving.revision.set(page.revision);
                    self.saving.progress.set(SaveProgress::Unsaved);
                    self.save();
                }
            }
        });
    }
}

/// The draft to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draft {
    Theirs,
    Mine,
}
