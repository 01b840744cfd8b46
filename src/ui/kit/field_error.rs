//! Errors below the field that caused them, or as a toast if no field did.
//!
//! `show_field_error(app, slot, &error)` puts an error into the form's signal if the person can fix it there;
//! `<FieldError text=slot/>` shows it and announces it. `fault_of` finds the sentence of one field among all.

use leptos::prelude::*;

use crate::{contract::ApiError, ui::state::AppState};

/// Puts the text of `error` into `slot` if the person can fix it there, and shows every other error as a toast.
pub fn show_field_error(app: AppState, slot: RwSignal<Option<String>>, error: &ApiError) {
    match error {
        ApiError::Invalid(words)
        | ApiError::Conflict(words)
        | ApiError::Continued { detail: words, .. }
        | ApiError::Throttled(words) => {
            slot.try_set(Some(words.clone()));
        }
        ApiError::SignedOut
        | ApiError::Forbidden
        | ApiError::PasswordNeeded
        | ApiError::SecondFactorNeeded
        | ApiError::NotFound
        | ApiError::Offline
        | ApiError::Internal => app.show_error(error),
    }
}

/// What is wrong with one field of a form; `None` if nothing is.
pub fn fault_of<F>(faults: Memo<Vec<(F, String)>>, field: F) -> Signal<Option<String>>
where
    F: PartialEq + Send + Sync + 'static,
{
    Signal::derive(move || {
        faults.with(|faults| faults.iter().find(|(at, _)| *at == field).map(|(_, words)| words.clone()))
    })
}

/// The sentence below a field, announced when it appears.
#[component]
pub fn FieldError(
    #[prop(into)] text: Signal<Option<String>>,
    /// For the field's `aria-describedby`.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    view! {
        <small class="err" role="alert" id=id hidden=move || text.with(Option::is_none)>
            {move || text.get()}
        </small>
    }
}
