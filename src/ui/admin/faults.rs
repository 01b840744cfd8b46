//! Errors where they belong: beside the field that caused them, or as a toast when no field did.

use leptos::prelude::*;

use crate::{
    contract::ApiError,
    ui::{components::icon::Icon, state::AppState},
};

/// Puts the words of `error` into `slot` if the person can mend it there, and tells everybody else's faults as a toast.
pub fn tell(app: AppState, slot: RwSignal<Option<String>>, error: &ApiError) {
    match error {
        ApiError::Invalid(words) | ApiError::Conflict(words) | ApiError::Throttled(words) => {
            slot.try_set(Some(words.clone()));
        }
        ApiError::SignedOut | ApiError::Forbidden | ApiError::NotFound | ApiError::Offline | ApiError::Internal => {
            app.show_error(error);
        }
    }
}

/// The sentence below a field, announced when it appears.
#[component]
pub fn FieldFault(
    #[prop(into)] words: Signal<Option<String>>,
    /// For the field's `aria-describedby`.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    view! { <small class="err" role="alert" id=id hidden=move || words.with(Option::is_none)>{move || words.get()}</small> }
}

/// A page that could not be read, with the way on.
#[component]
pub fn ReadFault(error: ApiError, retry: Callback<()>) -> impl IntoView {
    view! {
        <div class="fault" role="alert">
            <Icon name="alert"/>
            <p>{error.to_string()}</p>
            <button class="btn" type="button" on:click=move |_| retry.run(())>"Try again"</button>
        </div>
    }
}
