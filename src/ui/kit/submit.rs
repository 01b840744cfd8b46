//! A request that a person starts: guarded against a second press, with its error where it belongs.
//!
//! ```ignore
//! let submit = Submit::in_form();
//! let add = move |_| submit.run(tag_add(name.get_untracked()), move |()| refresh.mark());
//! view! {
//!     <TextField id="tag-name" label="Name" text=submit.text(name)/>
//!     <SubmitButton submit label="Add" busy="Adding…"/>
//!     <FieldError text=submit.error/>
//! }
//! ```
//!
//! Several buttons can share a [`Submit::keyed`], with a key each. [`send_optimistic`] sends a change that is shown
//! before the server has answered.

use leptos::{prelude::*, task::spawn_local};

use super::{field::TextBinding, field_error::show_field_error};
use crate::{
    contract::Result,
    ui::{render_environment::hydrated, state::AppState},
};

/// Where an error that the person can fix is shown. All others are toasts, where there are toasts.
#[derive(Clone, Copy)]
enum ErrorPlace {
    Form(AppState),
    Toast(AppState),
    /// In the form, as all others.
    Page,
}

/// The requests of one form or button, or of buttons with a key each. Cheap to copy.
pub struct Submit<K = ()> {
    /// Why the last request was refused, if the form shows it.
    pub error: RwSignal<Option<String>>,
    /// The keys of the requests under way.
    pending: RwSignal<Vec<K>>,
    place: ErrorPlace,
}

impl<K> Clone for Submit<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Submit<K> {}

impl Submit {
    /// For a form that shows [`Submit::error`].
    pub fn in_form() -> Self {
        Self::new(ErrorPlace::Form(AppState::expect()))
    }

    /// For a form on a page without toasts, which shows every error as [`Submit::error`].
    pub fn on_page() -> Self {
        Self::new(ErrorPlace::Page)
    }

    /// For a button: every error is a toast.
    pub fn with_toasts() -> Self {
        Self::new(ErrorPlace::Toast(AppState::expect()))
    }

    /// A text field of the form: a keystroke clears the error.
    pub fn text(self, text: RwSignal<String>) -> TextBinding {
        let edit = Callback::new(move |now| {
            self.error.set(None);
            text.set(now);
        });
        TextBinding { edit, ..TextBinding::new(text) }
    }

    /// Sends `request`, unless one is under way, and calls `done` with its answer.
    ///
    /// The page may have been left by then: `done` must not panic on signals that are gone (`try_set`).
    pub fn run<T>(self, request: impl Future<Output = Result<T>> + 'static, done: impl FnOnce(T) + 'static) {
        self.run_as((), request, move |answer| match (answer, self.place) {
            (Ok(value), _) => done(value),
            (Err(error), ErrorPlace::Form(app)) => show_field_error(app, self.error, &error),
            (Err(error), ErrorPlace::Toast(app)) => app.show_error(&error),
            (Err(error), ErrorPlace::Page) => {
                self.error.try_set(Some(error.to_string()));
            }
        });
    }
}

impl<K: Clone + PartialEq + Send + Sync + 'static> Submit<K> {
    /// For several buttons with a key each. Errors are shown by the caller of [`Submit::run_as`].
    pub fn keyed() -> Self {
        Self::new(ErrorPlace::Toast(AppState::expect()))
    }

    fn new(place: ErrorPlace) -> Self {
        Self { error: RwSignal::new(None), pending: RwSignal::new(Vec::new()), place }
    }

    /// Whether a request is under way. Tracks.
    pub fn pending(self) -> bool {
        self.pending.with(|keys| !keys.is_empty())
    }

    /// Whether a request is under way. Does not track.
    pub fn pending_untracked(self) -> bool {
        self.pending.with_untracked(|keys| !keys.is_empty())
    }

    /// Whether a request with this key is under way. Tracks.
    pub fn is_pending(self, key: &K) -> bool {
        self.pending.with(|keys| keys.contains(key))
    }

    /// Sends `request`, unless one with this key is under way, and calls `answered` with its answer or error.
    ///
    /// The page may have been left by then: see [`Submit::run`].
    pub fn run_as<T>(
        self,
        key: K,
        request: impl Future<Output = Result<T>> + 'static,
        answered: impl FnOnce(Result<T>) + 'static,
    ) {
        // A timer may start a request after the page was left. Then the signals are gone.
        if self.pending.try_with_untracked(|keys| keys.contains(&key)) != Some(false) {
            return;
        }
        self.pending.update(|keys| keys.push(key.clone()));
        self.error.set(None);
        spawn_local(async move {
            let answer = request.await;
            self.pending.try_update(|keys| keys.retain(|other| *other != key));
            answered(answer);
        });
    }
}

/// Sends a change that is shown already, and calls `undo` if the server refuses it.
///
/// Not guarded against a second press, because each press is a change of its own.
pub fn send_optimistic(
    app: AppState,
    request: impl Future<Output = Result<()>> + 'static,
    undo: impl FnOnce() + 'static,
) {
    spawn_local(async move {
        if let Err(error) = request.await {
            undo();
            app.show_error(&error);
        }
    });
}

/// The button that sends a form.
#[component]
pub fn SubmitButton(
    submit: Submit,
    #[prop(into)] label: Signal<&'static str>,
    /// The label while the request is under way.
    busy: &'static str,
    /// There is nothing to send yet.
    #[prop(optional, into)]
    blocked: Signal<bool>,
) -> impl IntoView {
    let hydrated = hydrated();
    view! {
        // Not disabled while the request is under way, because a disabled button loses the focus.
        <button
            class="btn primary"
            type="submit"
            disabled=move || !hydrated.get() || blocked.get()
            aria-disabled=move || submit.pending().to_string()
        >
            {move || if submit.pending() { busy } else { label.get() }}
        </button>
    }
}
