//! The question whether to turn on desktop notifications. Browsers block pages that ask without need, so it is asked
//! after a call has arrived, by a button, and never again once answered.

use leptos::{prelude::*, task::spawn_local};

use crate::ui::{
    browser::{self, Permission},
    components::icon::Icon,
    state::AppState,
};

/// The key in local storage that says that the person was asked.
const ASKED: &str = "handoff.asked-notifications";

/// Asks once whether new calls may show desktop notifications.
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
