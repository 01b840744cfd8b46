//! Something that is edited here while somebody else may change it too. Nothing typed is ever overwritten unasked.

use leptos::{prelude::*, task::spawn_local};

use super::{faults::tell, reading::Stale};
use crate::{
    contract::Result,
    ui::{components::icon::Icon, state::AppState},
};

/// How far the typed value is from the saved one.
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
pub struct Edited<T: Send + Sync + 'static> {
    pub typed: RwSignal<T>,
    /// The saved value that the typing started from.
    pub base: RwSignal<T>,
    /// Somebody else saved another value while this one was being typed.
    pub elsewhere: RwSignal<bool>,
    /// Why the last save was refused, if it can be mended in the field.
    pub fault: RwSignal<Option<String>>,
    saved: Memo<T>,
    sending: RwSignal<Option<T>>,
    confirmed: RwSignal<bool>,
}

impl<T: Send + Sync + 'static> Clone for Edited<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for Edited<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> Edited<T> {
    /// Starts from `saved`, or from a draft of earlier: the value it began with, and what was typed.
    pub fn new(saved: Memo<T>, draft: Option<(T, T)>) -> Self {
        let now = saved.get_untracked();
        let (base, typed) = match draft {
            Some((base, typed)) if base != typed => (base, typed),
            _ => (now.clone(), now.clone()),
        };
        let elsewhere = base != now && typed != now;
        let edited = Self {
            typed: RwSignal::new(typed),
            base: RwSignal::new(base),
            elsewhere: RwSignal::new(elsewhere),
            fault: RwSignal::new(None),
            saved,
            sending: RwSignal::new(None),
            confirmed: RwSignal::new(false),
        };
        Effect::watch(move || saved.get(), move |now, _, _| edited.saved_is(now), false);
        edited
    }

    /// The saved value changed: by this page, or by somebody else.
    fn saved_is(self, now: &T) {
        let ours = self.sending.with_untracked(|sending| sending.as_ref() == Some(now));
        let untouched = self.typed.get_untracked() == self.base.get_untracked();
        let agrees = self.typed.with_untracked(|typed| typed == now);
        if ours || untouched || agrees {
            if untouched {
                self.typed.set(now.clone());
            }
            self.base.set(now.clone());
            self.elsewhere.set(false);
        } else if self.base.with_untracked(|base| base != now) {
            self.elsewhere.set(true);
        }
    }

    pub fn progress(self) -> Progress {
        if self.sending.with(Option::is_some) {
            Progress::Saving
        } else if self.typed.get() != self.base.get() {
            Progress::Unsaved
        } else if self.confirmed.get() {
            Progress::Saved
        } else {
            Progress::Untouched
        }
    }

    /// Takes a keystroke.
    pub fn retype(self, change: impl FnOnce(&mut T)) {
        self.fault.set(None);
        self.typed.update(change);
    }

    /// Lets go of what was typed and takes what is saved.
    pub fn reload(self) {
        let now = self.saved.get_untracked();
        self.typed.set(now.clone());
        self.base.set(now);
        self.elsewhere.set(false);
        self.confirmed.set(false);
        self.fault.set(None);
    }

    /// Saves what is typed; a second press while one save runs does nothing. On an error the typed value stays.
    pub fn save<Fut>(self, app: AppState, stale: Stale, send: impl FnOnce(T) -> Fut + 'static)
    where
        Fut: Future<Output = Result<()>> + 'static,
    {
        if self.sending.with_untracked(Option::is_some) {
            return;
        }
        let sent = self.typed.get_untracked();
        self.sending.set(Some(sent.clone()));
        self.fault.set(None);
        spawn_local(async move {
            let answer = send(sent.clone()).await;
            match answer {
                Ok(()) => {
                    self.base.try_set(sent);
                    self.elsewhere.try_set(false);
                    self.confirmed.try_set(true);
                    stale.mark();
                }
                Err(error) => tell(app, self.fault, &error),
            }
            self.sending.try_set(None);
        });
    }
}

/// What the foot of a form says about its state, announced when it changes.
#[component]
pub fn ProgressWord(#[prop(into)] progress: Signal<Progress>) -> impl IntoView {
    view! {
        <span class="hint" role="status">
            {move || match progress.get() {
                Progress::Untouched => "",
                Progress::Unsaved => "Not saved yet",
                Progress::Saving => "Saving…",
                Progress::Saved => "Saved",
            }}
        </span>
    }
}

/// Says that another admin saved something else meanwhile. What is typed here stays until it is let go of.
#[component]
pub fn Elsewhere(
    #[prop(into)] shown: Signal<bool>,
    /// What the button that gives in says.
    label: &'static str,
    reload: Callback<()>,
) -> impl IntoView {
    view! {
        <div role="status">
            <Show when=move || shown.get()>
                <div class="fault">
                    <Icon name="alert"/>
                    <p>"Changed by somebody else. Reload it, or save yours in its place."</p>
                    <button class="btn" type="button" on:click=move |_| reload.run(())>{label}</button>
                </div>
            </Show>
        </div>
    }
}
