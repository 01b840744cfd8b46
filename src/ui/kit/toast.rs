//! Toasts: short messages, at most three, each until it is dismissed or replaced, or what it says is over (`ToastEnd`).
//!
//! `app.toast(ToastTone::Info, "Version 2 is live.")` shows one; `app.show_error(&error)` says what went wrong. While a
//! dialog is open they are within it: what it covers can neither be seen nor pressed nor read out.

use leptos::prelude::*;

use crate::ui::{
    components::icon::Icon,
    state::{AppState, ToastTone},
};

/// The toasts of the page, while no dialog is over it. They belong into the layout's stack of toasts.
#[component]
pub fn PageToasts() -> impl IntoView {
    let app = AppState::expect();
    app.follow_toast_ends();
    let open = app.open_dialogs;
    view! { <ToastList is_shown=Signal::derive(move || open.with(Vec::is_empty))/> }
}

/// The stack of toasts within a dialog, while no other is over it.
#[component]
pub fn DialogToasts(dialog: &'static str) -> impl IntoView {
    let open = AppState::expect().open_dialogs;
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <ToastList is_shown=Signal::derive(move || open.with(|open| open.last() == Some(&dialog)))/>
        </div>
    }
}

#[component]
fn ToastList(is_shown: Signal<bool>) -> impl IntoView {
    let app = AppState::expect();
    let shown = move || if is_shown.get() { app.toasts.get() } else { Vec::new() };
    view! {
        <For each=shown key=|toast| toast.id let:toast>
            // An error interrupts what a screen reader reads.
            <div
                class=if toast.tone == ToastTone::Error { "toast error" } else { "toast" }
                role=(toast.tone == ToastTone::Error).then_some("alert")
            >
                <Icon name=if toast.tone == ToastTone::Error { "alert" } else { "check" } />
                <p>{toast.words}</p>
                <button
                    type="button"
                    class="btn ghost icon"
                    aria-label="Dismiss"
                    on:click=move |_| app.toasts.update(|toasts| toasts.retain(|other| other.id != toast.id))
                >
                    <Icon name="x" />
                </button>
            </div>
        </For>
    }
}
