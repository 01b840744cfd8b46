//! Toasts: short messages, at most three, each until it is dismissed or replaced.
//!
//! `app.toast(ToastTone::Info, "Version 2 is live.")` shows one; `app.show_error(&error)` says what went wrong.

use leptos::prelude::*;

use crate::ui::{components::icon::Icon, state::AppState};

/// A short message to the person, kept until dismissed or replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub id: u64,
    pub words: String,
    pub tone: ToastTone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastTone {
    Info,
    Error,
}

/// The stack of toasts, below its children. Always in the document, so that screen readers announce what is added.
#[component]
pub fn Toasts(children: Children) -> impl IntoView {
    let app = AppState::expect();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {children()}
            <For each=move || app.toasts.get() key=|toast| toast.id let:toast>
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
        </div>
    }
}
