//! A value that is edited while somebody else may change it too. What is typed is never overwritten.
//!
//! `let form = EditState::new(saved, None);` where `saved: Memo<T>` is the value as it was read last;
//! `form.text(part!(name), error)` binds a field, `form.edit(|typed| ..)` takes any other change,
//! `form.save(refresh, |typed| targets_save(typed))` sends it. `kit/save_bar.rs` shows its state.

use leptos::prelude::*;

use super::{
    field::{Part, TextBinding},
    live_resource::RefreshTrigger,
    submit::Submit,
};
use crate::contract::Result;

/// The state of the typed value compared with the saved one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// As it was read.
    Untouched,
    Unsaved,
    Saving,
    /// Saved by this person, on this page.
    Saved,
}

/// A value being edited. Cheap to copy.
pub struct EditState<T: Send + Sync + 'static> {
    pub typed: RwSignal<T>,
    /// The saved value that the typing started from.
    pub base: RwSignal<T>,
    /// Somebody else saved another value while this one was being typed.
    pub conflict: RwSignal<bool>,
    /// Why the last save was refused, if the person can fix it in the form.
    pub error: RwSignal<Option<String>>,
    submit: Submit,
    saved: Memo<T>,
    /// What the save under way sends.
    sending: StoredValue<Option<T>>,
    confirmed: RwSignal<bool>,
}

impl<T: Send + Sync + 'static> Clone for EditState<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for EditState<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> EditState<T> {
    /// Starts from `saved`, or from a draft of earlier: the value it began with, and what was typed.
    pub fn new(saved: Memo<T>, draft: Option<(T, T)>) -> Self {
        let now = saved.get_untracked();
        let (base, typed) = match draft {
            Some((base, typed)) if base != typed => (base, typed),
            _ => (now.clone(), now.clone()),
        };
        let conflict = base != now && typed != now;
        let submit = Submit::in_form();
        let state = Self {
            typed: RwSignal::new(typed),
            base: RwSignal::new(base),
            conflict: RwSignal::new(conflict),
            error: submit.error,
            submit,
            saved,
            sending: StoredValue::new(None),
            confirmed: RwSignal::new(false),
        };
        Effect::watch(move || saved.get(), move |now, _, _| state.saved_changed(now), false);
        state
    }

    /// The saved value changed: by this page, or by somebody else.
    fn saved_changed(self, now: &T) {
        let ours = self.sending.with_value(|sending| sending.as_ref() == Some(now));
        let untouched = self.typed.get_untracked() == self.base.get_untracked();
        let agrees = self.typed.with_untracked(|typed| typed == now);
        if ours || untouched || agrees {
            if untouched {
                self.typed.set(now.clone());
            }
            self.base.set(now.clone());
            self.conflict.set(false);
        } else if self.base.with_untracked(|base| base != now) {
            self.conflict.set(true);
        }
    }

    pub fn progress(self) -> Progress {
        if self.submit.pending() {
            Progress::Saving
        } else if self.typed.get() != self.base.get() {
            Progress::Unsaved
        } else if self.confirmed.get() {
            Progress::Saved
        } else {
            Progress::Untouched
        }
    }

    /// Takes a change of what is typed.
    pub fn edit(self, change: impl FnOnce(&mut T)) {
        self.error.set(None);
        self.typed.update(change);
    }

    /// A text field of the form.
    pub fn text(self, part: Part<T>, error: impl Into<Signal<Option<String>>>) -> TextBinding {
        let Part { get, get_mut } = part;
        TextBinding {
            value: Signal::derive(move || self.typed.with(|typed| get(typed).clone())),
            edit: Callback::new(move |now| self.edit(|typed| *get_mut(typed) = now)),
            error: Some(error.into()),
        }
    }

    /// Drops what was typed and takes what is saved.
    pub fn reload(self) {
        let now = self.saved.get_untracked();
        self.typed.set(now.clone());
        self.base.set(now);
        self.conflict.set(false);
        self.confirmed.set(false);
        self.error.set(None);
    }

    /// Saves what is typed; a second press while one save runs does nothing. On an error the typed value stays.
    pub fn save<Fut>(self, refresh: RefreshTrigger, send: impl FnOnce(T) -> Fut + 'static)
    where
        Fut: Future<Output = Result<()>> + 'static,
    {
        let sent = self.typed.get_untracked();
        let request = async move {
            self.sending.try_set_value(Some(sent.clone()));
            let answer = send(sent.clone()).await;
            self.sending.try_set_value(None);
            answer.map(|()| sent)
        };
        self.submit.run(request, move |sent| {
            self.base.try_set(sent);
            self.conflict.try_set(false);
            self.confirmed.try_set(true);
            refresh.mark();
        });
    }
}
