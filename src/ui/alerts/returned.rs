//! The notice of what was returned to Unassigned while the viewer was gone, until they dismiss it.

use leptos::prelude::*;

use crate::{
    api::desk::dismiss_returned,
    domain::alert::returned_notice,
    ui::{
        browser::focus_if_lost, components::icon::Icon, conversations::pane_focus::REGION, kit::send_optimistic,
        state::AppState,
    },
};

/// Stands among the toasts, so that screen readers announce it.
#[component]
pub fn ReturnedNotice() -> impl IntoView {
    let app = AppState::expect();
    let words = Memo::new(move |_| app.returned.with(|returned| returned_notice(returned)));
    let dismiss = move |_| {
        // What is returned after the press has not been read.
        let mut read = app.returned.get_untracked();
        app.returned.set(Vec::new());
        let ids = read.iter().map(|returned| returned.id.clone()).collect();
        send_optimistic(app, dismiss_returned(ids), move || {
            let _gone = app.returned.try_update(|returned| {
                read.retain(|old| returned.iter().all(|new| new.id != old.id));
                read.append(returned);
                *returned = read;
            });
        });
        // The button that had the focus is removed with the notice.
        request_animation_frame(|| focus_if_lost(REGION));
    };
    view! {
        <Show when=move || words.with(Option::is_some)>
            <div class="toast" role="group" aria-label="Returned to Unassigned">
                <Icon name="history" />
                <div class="stack">
                    <p>{move || words.get()}</p>
                    <div class="actions">
                        <a class="btn" href="/conversations?status=waiting">
                            "Show Unassigned"
                        </a>
                        <button type="button" class="btn ghost" on:click=dismiss>
                            "Dismiss"
                        </button>
                    </div>
                </div>
            </div>
        </Show>
    }
}
