//! The cards of waiting handoffs, on every page, until somebody claims the handoff or the viewer opens or dismisses it.
//!
//! They show the layout's waiting rows, so a claim removes the card on every page. An agent who is away sees none.
//! Sound and notifications are in `alerts.rs`.

mod alerts;
mod card;
mod claims;
mod invitation;
mod typed_ahead;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

pub use self::{claims::Claims, invitation::Invitation};

use self::{card::Card, typed_ahead::TypedAhead};
use crate::{
    domain::{desk::Row, ids::ConversationId, time::Timestamp},
    ui::{
        keyboard::{ChordScope, Keyboard},
        kit::ToastTone,
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

/// The conversation that a path opens.
fn opened_by(path: &str) -> Option<ConversationId> {
    path.strip_prefix("/conversations/").map(ConversationId::from)
}

/// The address of a conversation.
fn address(id: &ConversationId) -> String {
    format!("/conversations/{id}")
}

/// The state and the actions of the cards, shared by cards, chord and alerts.
#[derive(Clone, Copy)]
struct Calls {
    app: AppState,
    /// Calls that the viewer has opened or dismissed.
    dismissed: RwSignal<Vec<CallKey>>,
    claims: Claims,
}

impl Calls {
    fn claim(self, id: ConversationId) {
        let address = address(&id);
        self.claims.claim(id, address);
    }

    fn dismiss_and_open(self, row: &Row) {
        self.dismiss(row);
        self.claims.open(&address(&row.id));
    }

    /// Hides the card on this page. The conversation still waits in the list.
    fn dismiss(self, row: &Row) {
        self.dismissed.update(|dismissed| dismissed.push(call_key(row)));
    }
}

/// The stack of cards, oldest first.
#[component]
pub fn HandoffCards() -> impl IntoView {
    let app = AppState::expect();
    let path = use_location().pathname;
    let dismissed = RwSignal::new(Vec::new());
    let rows = Memo::new(move |_| {
        if app.viewer.with(|viewer| viewer.away) {
            return Vec::new();
        }
        let open = path.with(|path| opened_by(path));
        dismissed.with(|dismissed: &Vec<CallKey>| {
            let mut rows = app.waiting();
            rows.retain(|row| Some(&row.id) != open.as_ref() && !dismissed.contains(&call_key(row)));
            rows
        })
    });
    let calls = Calls { app, dismissed, claims: Claims::expect() };
    provide_context(calls);
    prune_dismissed(calls);
    claim_by_chord(calls, path);
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

/// The chord claims the conversation that is open here if it waits, else the one that has waited longest. An open
/// thread is asked before, and handles its own.
fn claim_by_chord(calls: Calls, path: Memo<String>) {
    Keyboard::expect().on_chord(ChordScope::Page, move |letter| {
        if letter != 'c' {
            return false;
        }
        let open = path.with_untracked(|path| opened_by(path));
        let waiting = untrack(|| calls.app.waiting());
        let is_open = |row: &&Row| Some(&row.id) == open.as_ref();
        match waiting.iter().find(is_open).or(waiting.first()) {
            Some(row) => calls.claim(row.id.clone()),
            None => calls.app.toast(ToastTone::Info, "No one is waiting."),
        }
        true
    });
}
