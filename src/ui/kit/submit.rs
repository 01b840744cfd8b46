//! A request that a person starts: one at a time, with its error where it belongs.
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

use leptos::{prelude::*, task::spawn_local};

use super::{field::TextBinding, field_error::show_field_error};
use crate::{
    contract::Result,
    ui::{render_environment::hydrated, state::AppState},
};

/// Where an error that the person can fix is shown. All others are toasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ErrorPlace {
    Form,
    Toast,
}

/// The requests of one form or button. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Submit {
    /// Why the last request was refused, if the form shows it.
    pub error: RwSignal<Option<String>>,
    pending: RwSignal<bool>,
    place: ErrorPlace,
    app: AppState,
}

impl Submit {
    /// For a form that shows [`Submit::error`].
    pub fn in_form() -> Self {
        Self::new(ErrorPlace::Form)
    }

    /// For a button: every error is a toast.
    pub fn with_toasts() -> Self {
        Self::new(ErrorPlace::Toast)
    }

    fn new(place: ErrorPlace) -> Self {
        Self { error: RwSignal::new(None), pending: RwSignal::new(false), place, app: AppState::expect() }
    }

    /// Whether a request is under way. Tracks.
    pub fn pending(self) -> bool {
        self.pending.get()
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
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        self.error.set(None);
        spawn_local(async move {
            let answer = request.await;
            self.pending.try_set(false);
            match answer {
                Ok(value) => done(value),
                Err(error) if self.place == ErrorPlace::Form => show_field_error(self.app, self.error, &error),
                Err(error) => self.app.show_error(&error),
            }
        });
    }
}

/// The button that sends a form.
#[component]
pub fn SubmitButton(
    submit: Submit,
    #[prop(into)] label: Signal<&'static str>,
    /// What it says while the request is under way.
    busy: &'static str,
    /// There is nothing to send yet.
    #[prop(optional, into)]
    blocked: Signal<bool>,
) -> impl IntoView {
    let hydrated = hydrated();
    view! {
        // Not disabled while the request is under way: a disabled button loses the focus.
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
