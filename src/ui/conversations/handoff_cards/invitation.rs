//! The one question about desktop notifications. Browsers hold a wrong moment against a page, so it is only asked after a
//! call has come, by a button, and never again once answered.

use leptos::{prelude::*, task::spawn_local};

use crate::ui::{
    browser::{self, Permission},
    components::icon::Icon,
    state::AppState,
};

/// Where it is kept that the person has been asked.
const ASKED: &str = "handoff.asked-notifications";

/// Asks once, and only after a call has come, whether calls may also show outside the page.
#[component]
pub fn Invitation() -> impl IntoView {
    let app = AppState::expect();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        let called = app.desk.with(|desk| desk.counts.waiting > 0);
        if called && browser::permission() == Permission::Open && browser::local_get(ASKED).is_none() {
            open.set(true);
        }
    });
    let answered = move || {
        browser::local_set(ASKED, "yes");
        open.set(false);
    };
    view! {
        <Show when=move || open.get()>
            <div class="toast invite" role="group" aria-label="Notifications">
                <Icon name="bell" />
                <div class="stack">
                    <p>"Get notified of handoffs when this tab is in the background?"</p>
                    <div class="actions">
                        <button
                            type="button"
                            class="btn"
                            on:click=move |_| {
                                answered();
                                spawn_local(async {
                                    browser::ask_notifications().await;
                                });
                            }
                        >
                            "Turn on"
                        </button>
                        <button type="button" class="btn ghost" on:click=move |_| answered()>
                            "Not now"
                        </button>
                    </div>
                </div>
            </div>
        </Show>
    }
}
