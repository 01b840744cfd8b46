//! The cards of waiting handoffs, on every page, until somebody claims the handoff or the viewer opens or dismisses it.
//!
//! They show the layout's waiting rows, so a claim removes the card on every page. An agent who is away sees none.
//! Sound and notifications are in `alerts.rs`.

mod alerts;
mod card;
mod invitation;
mod typed_ahead;

use std::sync::Arc;

use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

pub use self::invitation::Invitation;

use self::{card::Card, typed_ahead::TypedAhead};
use crate::{
    api::conversation::claim,
    contract::ApiError,
    domain::{desk::Row, ids::ConversationId, time::Timestamp},
    ui::{
        keyboard_layout::{is_shortcut, letter},
        kit::{Submit, ToastTone},
        state::AppState,
    },
};

/// At most so many cards are shown; the others are counted.
const SHOWN: usize = 3;

/// One call for an agent. A conversation that requests one again, or is released, is another call.
type CallKey = (ConversationId, Option<Timestamp>);

fn call_key(row: &Row) -> CallKey {
    (row.id.clone(), row.alerted_at)
}

/// Navigates to a path.
type Go = Arc<dyn Fn(&str) + Send + Sync>;

/// The state and the actions of the cards, shared by cards, shortcut and alerts.
#[derive(Clone, Copy)]
struct Calls {
    app: AppState,
    /// Calls that the viewer has opened or dismissed.
    dismissed: RwSignal<Vec<CallKey>>,
    /// The claims, one request at a time per conversation.
    claims: Submit<ConversationId>,
    rows: Memo<Vec<Row>>,
    go: StoredValue<Go>,
}

impl Calls {
    fn claim(self, id: ConversationId) {
        if self.claims.is_pending(&id) {
            return;
        }
        typed_ahead::begin(self.app, &id);
        self.claims.run_as(id.clone(), claim(id.clone()), move |answer| {
            let Err(error) = answer else { return self.open(&id) };
            typed_ahead::end(self.app, &id);
            match error {
                ApiError::Conflict(words) => self.app.toast(ToastTone::Info, words),
                error => self.app.show_error(&error),
            }
        });
    }

    fn dismiss_and_open(self, row: &Row) {
        self.dismiss(row);
        self.open(&row.id);
    }

    /// Hides the card on this page. The conversation still waits in the list.
    fn dismiss(self, row: &Row) {
        self.dismissed.update(|dismissed| dismissed.push(call_key(row)));
    }

    fn open(self, id: &ConversationId) {
        // The layout may be gone when the response to a claim arrives.
        let _gone = self.go.try_with_value(|go| go(&format!("/conversations/{id}")));
    }
}

/// The stack of cards, oldest first.
#[component]
pub fn HandoffCards() -> impl IntoView {
    let app = AppState::expect();
    let path = use_location().pathname;
    let navigate = use_navigate();
    let dismissed = RwSignal::new(Vec::new());
    let rows = Memo::new(move |_| {
        if app.viewer.with(|viewer| viewer.away) {
            return Vec::new();
        }
        let open = path.with(|path| path.strip_prefix("/conversations/").map(ConversationId::from));
        dismissed.with(|dismissed: &Vec<CallKey>| {
            let mut rows = app.waiting();
            rows.retain(|row| Some(&row.id) != open.as_ref() && !dismissed.contains(&call_key(row)));
            rows
        })
    });
    let calls = Calls {
        app,
        dismissed,
        claims: Submit::keyed(),
        rows,
        go: StoredValue::new(Arc::new(move |path: &str| navigate(path, NavigateOptions::default()))),
    };
    provide_context(calls);
    prune_dismissed(calls);
    claim_by_key(calls);
    let announcement = alerts::alert_on_new_calls(calls);

    let shown = move || rows.with(|rows| rows.iter().take(SHOWN).cloned().collect::<Vec<_>>());
    // Waiting calls without a card: those beyond the third, and those that the snapshot did not contain.
    let others = move || {
        let unseen = app.desk.with(|desk| desk.counts.waiting) - i64::try_from(app.waiting().len()).unwrap_or(i64::MAX);
        let beyond = rows.with(|rows| i64::try_from(rows.len().saturating_sub(SHOWN)).unwrap_or(0));
        beyond + unseen.max(0)
    };

    view! {
        <section class="calls" aria-label="Handoffs">
            <For each=shown key=call_key let:row>
                <Card row />
            </For>
            {move || {
                // On a small screen, where not all cards fit, the styles show the link although every call has a card.
                let all_here = others() == 0;
                let waiting = app.desk.with(|desk| desk.counts.waiting);
                rows.with(|rows| rows.len() > 1 || (!all_here && !rows.is_empty()))
                    .then(|| {
                        view! {
                            <a class="more" class:all-here=all_here href="/conversations?status=waiting">
                                {format!("See all {waiting} waiting")}
                            </a>
                        }
                    })
            }}
        </section>
        <p class="visually-hidden" role="status" aria-live="polite">
            {move || announcement.get()}
        </p>
        <TypedAhead />
    }
}

/// Forgets dismissed calls that no longer wait.
fn prune_dismissed(calls: Calls) {
    Effect::new(move |_| {
        let waiting: Vec<CallKey> = calls.app.waiting().iter().map(call_key).collect();
        let stale = calls.dismissed.with_untracked(|dismissed| dismissed.iter().any(|key| !waiting.contains(key)));
        if stale {
            calls.dismissed.update(|dismissed| dismissed.retain(|key| waiting.contains(key)));
        }
    });
}

/// `C` claims the oldest, unless a field has the focus or the thread handles the key.
fn claim_by_key(calls: Calls) {
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            let is_c = letter(&event.key(), &event.code()).as_deref() == Some("c");
            if event.repeat() || !is_c || !is_shortcut(&event) {
                return;
            }
            // Deferred until the event's other listeners have run, because the thread's `C` comes first.
            set_timeout(
                move || {
                    let oldest = calls.rows.try_with_untracked(|rows| rows.first().map(|row| row.id.clone())).flatten();
                    if let (Some(id), false) = (oldest, event.default_prevented()) {
                        calls.claim(id);
                    }
                },
                std::time::Duration::ZERO,
            );
        });
        on_cleanup(move || listener.remove());
    });
}
