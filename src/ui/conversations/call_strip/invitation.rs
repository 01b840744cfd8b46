//! The question whether to turn on desktop notifications. Browsers block pages that ask without need, so it is asked
//! after the viewer has claimed a customer, by a button, and never again once answered. It is below the rows of the
//! list, where it covers nothing.

use leptos::{prelude::*, task::spawn_local};

use crate::ui::{
    browser::{self, Permission, focus_if_lost},
    components::icon::Icon,
    conversations::pane_focus::REGION,
    state::AppState,
};

/// The key in local storage that says that the person was asked.
const ASKED: &str = "handoff.asked-notifications";

/// Whether the question is open. The layout keeps it, because a claim may begin on another page than the list's.
#[derive(Clone, Copy)]
pub struct InvitationState(RwSignal<bool>);

impl InvitationState {
    /// Provides it to the components below.
    pub fn provide() {
        provide_context(Self(RwSignal::new(false)));
    }

    /// The layout's question. Call it below the signed-in layout only.
    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Opens the question when the viewer gets a conversation, until the current owner is cleaned up.
    pub fn follow(self, app: AppState) {
        let Self(open) = self;
        let owned = Memo::new(move |_| {
            app.desk.with(|desk| desk.counts.claimed.get(&desk.viewer).copied().unwrap_or_default())
        });
        Effect::new(move |before: Option<i64>| {
            let now = owned.get();
            let has_claimed = before.is_some_and(|before| now > before);
            if has_claimed && browser::permission() == Permission::Open && browser::local_get(ASKED).is_none() {
                open.set(true);
            }
            now
        });
    }
}

/// Asks once whether new calls may show desktop notifications.
#[component]
pub fn Invitation() -> impl IntoView {
    let InvitationState(open) = InvitationState::expect();
    let answered = move || {
        browser::local_set(ASKED, "yes");
        open.set(false);
        // The button that had the focus is removed with the question.
        request_animation_frame(|| focus_if_lost(REGION));
    };
    view! {
        <Show when=move || open.get()>
            <div class="invite" role="group" aria-label="Notifications">
                <Icon name="bell" />
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
        </Show>
    }
}
