//! The strip of waiting handoffs, on every page: how many wait, the longest wait, and *Claim*. A new call is unfolded
//! in it for ten seconds. It has a row of its own in the layout and always the same height, so that it covers and moves
//! nothing, and it is there while nobody waits.
//!
//! It shows the layout's waiting rows, so a claim takes the call off every page. Sound and desktop notifications are in
//! `alerts.rs`, claims from outside of a conversation in `claims.rs`.

mod alerts;
mod claims;
mod dismissed;
mod invitation;
mod offer;
mod selection;
mod typed_ahead;

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;

pub use self::{
    claims::{ClaimPlace, Claims},
    invitation::{Invitation, InvitationState},
    typed_ahead::TypedAhead,
};

use self::{
    dismissed::Dismissed,
    offer::{ClaimButton, DismissButton, Offer},
    selection::call_key,
};
use super::{address, composer, list::DESK, pane_focus::REGION};
use crate::{
    domain::{
        desk::{Group, Row},
        ids::ConversationId,
        sla::Level,
        time::Span,
    },
    ui::{
        browser::{focus, is_shown},
        components::{icon::Icon, shell::go_online},
        keyboard::{ChordScope, Keyboard, is_composing},
        kit::{ToastEnd, ToastTone},
        number::grouped,
        palette::{ActScope, Impact, Palette, PaletteAct},
        render_environment::hydrated,
        state::AppState,
    },
};

/// The conversation that a path opens.
fn opened_by(path: &str) -> Option<ConversationId> {
    path.strip_prefix(DESK)?.strip_prefix('/').map(ConversationId::from)
}

/// Reads the waiting rows. Tracks.
fn with_waiting<T>(app: AppState, read: impl FnOnce(&[Row]) -> T) -> T {
    app.desk.with(|desk| {
        let range = desk.groups.get(&Group::Unassigned);
        read(range.map(|range| range.rows.as_slice()).unwrap_or_default())
    })
}

/// Reads the waiting rows that the strip, the chord and the palette offer the viewer: none while they are away. Tracks.
fn with_offered<T>(app: AppState, read: impl FnOnce(&[Row]) -> T) -> T {
    let is_away = app.viewer.with(|viewer| viewer.away);
    with_waiting(app, |waiting| read(if is_away { &[] } else { waiting }))
}

/// The state and the actions of the strip, shared by its parts, the chord and the alerts. Cheap to copy.
#[derive(Clone, Copy)]
struct Calls {
    app: AppState,
    claims: Claims,
    dismissed: Dismissed,
    /// Whether something in the strip has the focus. Meanwhile no call is unfolded or folded under it.
    has_focus: RwSignal<bool>,
    /// The new call that is unfolded.
    unfolded: Memo<Option<Row>>,
    /// Whom the strip offers: the unfolded call, else the longest wait.
    offered: Memo<Option<Row>>,
    /// Whom the chord claims: the conversation that is open here if it waits, else the longest wait.
    by_chord: Memo<Option<ConversationId>>,
}

impl Calls {
    fn new(app: AppState, path: Memo<String>) -> Self {
        let dismissed = Dismissed::new(app);
        let has_focus = RwSignal::new(false);
        let unfolded = Memo::new(move |before: Option<&Option<Row>>| {
            let open = path.with(|path| opened_by(path));
            dismissed.with(|dismissed| {
                // The server does not know what was dismissed: only the hydrated page unfolds a call.
                let dismissed = dismissed?;
                with_offered(app, |waiting| {
                    let newest = selection::newest(waiting, app.now.get(), dismissed, open.as_ref());
                    let Some(before) = before.filter(|_| has_focus.get()) else { return newest.cloned() };
                    let key = before.as_ref().map(call_key)?;
                    let is_gone = Some(&key.0) == open.as_ref() || dismissed.contains(&key);
                    waiting.iter().find(|row| !is_gone && call_key(row) == key).cloned()
                })
            })
        });
        let longest = Memo::new(move |_| {
            dismissed.with(|dismissed| {
                with_offered(app, |waiting| selection::longest(waiting, dismissed.unwrap_or_default()).cloned())
            })
        });
        let offered = Memo::new(move |_| unfolded.get().or_else(|| longest.get()));
        let by_chord = Memo::new(move |_| {
            let open = path.with(|path| opened_by(path));
            let waits = |id: &ConversationId| with_offered(app, |waiting| waiting.iter().any(|row| row.id == *id));
            open.filter(waits).or_else(|| longest.with(|row| row.as_ref().map(|row| row.id.clone())))
        });
        Self { app, claims: Claims::expect(), dismissed, has_focus, unfolded, offered, by_chord }
    }

    fn claim(self, id: ConversationId) {
        let address = address(&id);
        self.claims.claim(id, address, ClaimPlace::Strip);
    }

    /// Folds the unfolded call on all pages of this browser. Its conversation still waits in the list.
    fn dismiss(self) {
        if let Some(row) = self.unfolded.get_untracked() {
            self.dismissed.add(call_key(&row));
            self.leave();
        }
    }

    /// Moves the focus from the strip to what the viewer does: the reply, else the page.
    fn leave(self) {
        focus(if is_shown(composer::FIELD) { composer::FIELD } else { REGION });
    }

    /// How late the offered call is, for the colours. `None` if the viewer has dismissed all calls. Tracks.
    fn level(self) -> Option<Level> {
        let now = self.app.now.get();
        self.offered.with(|row| {
            let row = row.as_ref()?;
            let key = call_key(row);
            let is_dismissed = self.dismissed.with(|dismissed| dismissed.unwrap_or_default().contains(&key));
            row.wait.filter(|_| !is_dismissed).map(|wait| wait.level(now))
        })
    }
}

/// The strip.
#[component]
pub fn CallStrip() -> impl IntoView {
    let app = AppState::expect();
    let calls = Calls::new(app, use_location().pathname);
    claim_by_chord(calls);
    offer_to_palette(calls);
    keep_focus(calls);
    let announcement = alerts::alert_on_new_calls(calls);
    let level = Memo::new(move |_| calls.level());
    let lost = Memo::new(move |_| calls.claims.lost_at(ClaimPlace::Strip));
    let keyed = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !is_composing(&event) {
            event.prevent_default();
            if calls.unfolded.with_untracked(Option::is_some) { calls.dismiss() } else { calls.leave() }
        }
    };

    view! {
        <section
            class="calls"
            class:unfolded=move || calls.unfolded.with(Option::is_some)
            class:lost=move || lost.with(Option::is_some)
            class:away=move || app.viewer.with(|viewer| viewer.away)
            class:due=move || level.get() == Some(Level::Due)
            class:breached=move || level.get() == Some(Level::Breached)
            // Reports have a region “Handoffs”.
            aria-label="Waiting handoffs"
            on:focusin=move |_| calls.has_focus.set(true)
            // The strip may go away with the focus in it.
            on:focusout=move |_| {
                let _gone = calls.has_focus.try_set(false);
            }
            on:keydown=keyed
        >
            <Summary calls level lost />
            <Offer calls />
            <DismissButton calls />
            <ClaimButton calls />
            <p class="visually-hidden" role="status" aria-live="polite">
                {move || announcement.get()}
            </p>
        </section>
    }
}

/// How many wait, and the longest wait of all, dismissed or not; what being away means; and who won a claim that the
/// viewer has just lost here, for a while in place of the numbers.
#[component]
fn Summary(calls: Calls, level: Memo<Option<Level>>, lost: Memo<Option<String>>) -> impl IntoView {
    let app = calls.app;
    let waiting = Memo::new(move |_| app.desk.with(|desk| desk.counts.waiting));
    let is_away = Memo::new(move |_| app.viewer.with(|viewer| viewer.away));
    let hydrated = hydrated();
    let icon = move || match level.get() {
        Some(Level::Breached) => "alert",
        Some(Level::Due | Level::Calm) | None => "hand",
    };
    // The button that had the focus goes away with its press.
    let come_back = move |_| {
        go_online(app);
        focus(REGION);
    };
    let longest = Memo::new(move |_| {
        let now = app.now.get();
        let since = with_waiting(app, |waiting| waiting.iter().map(selection::waiting_since).min())?;
        Some(now.since(since))
    });
    view! {
        <p class="total">
            <span class="presence away" hidden=move || !is_away.get()></span>
            <span class="away" hidden=move || !is_away.get()>
                "You're away. Handoffs don't alert you."
            </span>
            // On the left: a second click must not hit *Claim*, which comes back on the right.
            <button
                type="button"
                class="btn"
                disabled=move || !hydrated.get()
                hidden=move || !is_away.get()
                on:click=come_back
            >
                "Go online"
            </button>
            <span class="sign" hidden=move || is_away.get()>
                <Icon name=Signal::derive(icon) />
            </span>
            <span class="lost" role="status">
                {lost}
            </span>
            <span hidden=move || { waiting.get() > 0 || lost.with(Option::is_some) }>"Nobody is waiting"</span>
            <a
                href="/conversations?status=waiting"
                hidden=move || waiting.get() == 0 || lost.with(Option::is_some)
            >
                {move || format!("{} waiting", grouped(waiting.get()))}
            </a>
            <span class="longest" hidden=move || longest.with(Option::is_none) || lost.with(Option::is_some)>
                "longest "
                <time datetime=move || longest.get().map(|wait| format!("PT{}S", wait.0 / 1_000))>
                    {move || longest.get().map(Span::clock)}
                </time>
            </span>
        </p>
    }
}

/// When nobody waits any more, *Claim* goes away. If it had the focus, the page gets it. Not the reply: an Enter that
/// was meant for *Claim* would send another customer's draft.
fn keep_focus(calls: Calls) {
    Effect::new(move |_| {
        let is_empty = calls.offered.with(Option::is_none);
        if is_empty && calls.has_focus.get_untracked() {
            focus(REGION);
        }
    });
}

/// An open thread is asked before, and handles its own.
fn claim_by_chord(calls: Calls) {
    Keyboard::expect().on_chord(ChordScope::Page, move |letter| {
        if letter != 'c' {
            return false;
        }
        match calls.by_chord.get_untracked() {
            Some(id) => calls.claim(id),
            None if calls.app.viewer.with_untracked(|viewer| viewer.away) => {
                let words = "You're away. Go online to claim.";
                calls.app.toast_until(ToastEnd::Online, ToastTone::Info, words);
            }
            None => calls.app.toast_until(ToastEnd::SomebodyWaits, ToastTone::Info, "No one is waiting."),
        }
        true
    });
}

/// What the chord claims, unless it is the conversation that is open here: its thread offers that.
fn offer_to_palette(calls: Calls) {
    let path = use_location().pathname;
    let offered = Memo::new(move |_| {
        let open = path.with(|path| opened_by(path));
        let id = calls.by_chord.get().filter(|id| open.as_ref() != Some(id))?;
        let name = with_waiting(calls.app, |waiting| Some(waiting.iter().find(|row| row.id == id)?.name.clone()))?;
        Some((id, name))
    });
    Palette::expect().offer(ActScope::Desk, move || {
        let claim = offered.get().map(|(id, name)| {
            let claimed = id.clone();
            let claim = move || calls.claim(claimed.clone());
            PaletteAct::new(format!("claim-{id}"), "hand", "Claim", Impact::Noticed, claim).about(name).with_chord('c')
        });
        claim.into_iter().collect()
    });
}
