//! Short messages to the person, at most three, each until it is dismissed or replaced.

use leptos::prelude::*;

use super::{calls::Invitation, icon::Icon};
use crate::ui::state::{AppState, ToastTone};

/// The stack of toasts. Always there, so that a screen reader knows the region before it speaks.
#[component]
pub fn Toasts() -> impl IntoView {
    let app = AppState::expect();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <Invitation />
            <For each=move || app.toasts.get() key=|toast| toast.id let:toast>
                <div class=if toast.tone == ToastTone::Error { "toast error" } else { "toast" }>
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
