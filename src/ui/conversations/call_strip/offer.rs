//! The call that the strip offers, and its buttons. While it is unfolded it shows the customer's last words, the
//! trigger and the clock; else only the customer's name, so that one sees whom *Claim* takes.
//!
//! The elements stay while the call changes: one of them may have the focus.

use std::time::Duration;

use leptos::{ev, prelude::*};

use super::Calls;
use crate::{
    domain::{handoff::TriggerKind, ids::ConversationId, sla::Level},
    ui::{
        browser::{clear_timer, opens_elsewhere},
        components::icon::Icon,
        conversations::{address, pane_focus::PaneFocus},
        keyboard::ChordKeys,
        render_environment::hydrated,
        state::AppState,
    },
};

/// How long *Claim* takes no press after its customer has changed. A press that was meant for the customer before must
/// not claim the next one.
const SETTLING: Duration = Duration::from_millis(500);

/// The icon of a handoff's trigger kind.
fn trigger_icon(kind: TriggerKind) -> &'static str {
    match kind {
        TriggerKind::Keyword => "key",
        TriggerKind::Flow => "flow",
        TriggerKind::Model => "bot",
        TriggerKind::Phone => "phone",
        TriggerKind::Late => "history",
        TriggerKind::Failure => "alert",
        TriggerKind::Reopened => "undo",
        TriggerKind::Outbound => "send",
        TriggerKind::Agent | TriggerKind::Partner => "hand",
    }
}

impl Calls {
    /// The name of the offered customer. Tracks.
    fn name(self) -> String {
        self.offered.with(|row| row.as_ref().map(|row| row.name.clone())).unwrap_or_default()
    }

    fn is_unfolded(self) -> bool {
        self.unfolded.with(Option::is_some)
    }
}

/// The customer.
#[component]
pub fn Offer(calls: Calls) -> impl IntoView {
    let (app, offered) = (calls.app, calls.offered);
    let pane_focus = PaneFocus::expect();
    let label = move || {
        let what = if calls.is_unfolded() { "Handoff" } else { "Longest wait" };
        format!("{what}: {}", calls.name())
    };
    let path = move || offered.with(|row| row.as_ref().map(|row| address(&row.id)));
    let trigger = Memo::new(move |_| {
        let known = offered.with(|row| row.as_ref().and_then(|row| row.trigger.clone()));
        known.unwrap_or_else(|| (TriggerKind::Agent, "Agent requested".to_owned()))
    });
    let waited = Memo::new(move |_| {
        let now = app.now.get();
        let wait = offered.with(|row| row.as_ref().and_then(|row| row.wait))?;
        // "2:08" needs a prefix, "1:12 overdue" does not.
        let spoken = if wait.level(now) == Level::Breached { "" } else { "Waiting " };
        Some((spoken, wait.label(now), wait.length(now).0 / 1_000))
    });
    let words = move || offered.with(|row| row.as_ref().map(|row| row.preview.clone()));
    // Else the focus would stay at a link that goes away when the conversation is open.
    let opened = move |event: ev::MouseEvent| {
        if !opens_elsewhere(&event) {
            pane_focus.ask();
        }
    };

    view! {
        <article class="offer" aria-label=label hidden=move || offered.with(Option::is_none)>
            <a class="name" dir="auto" href=path title=move || calls.name() on:click=opened>
                {move || calls.name()}
            </a>
            <span class="trigger" hidden=move || !calls.is_unfolded()>
                <Icon name=Signal::derive(move || trigger_icon(trigger.get().0)) class="xs" />
                <span title=move || trigger.get().1>{move || trigger.get().1}</span>
            </span>
            <time
                hidden=move || !calls.is_unfolded() || waited.with(Option::is_none)
                datetime=move || waited.get().map(|(_, _, seconds)| format!("PT{seconds}S"))
            >
                <span class="visually-hidden">{move || waited.get().map(|(spoken, ..)| spoken)}</span>
                {move || waited.get().map(|(_, words, _)| words)}
            </time>
            <p class="words" dir="auto" title=words hidden=move || !calls.is_unfolded()>
                {words}
            </p>
        </article>
    }
}

/// Folds the unfolded call. Its place is kept while there is none, so that *Claim* stays where it is.
#[component]
pub fn DismissButton(calls: Calls) -> impl IntoView {
    // The second click of a double click would dismiss the call that is unfolded next, unseen.
    let dismiss = move |event: ev::MouseEvent| {
        if event.detail() < 2 {
            calls.dismiss();
        }
    };
    view! {
        <button
            type="button"
            class="btn icon ghost dismiss"
            aria-label=move || format!("Dismiss {}", calls.name())
            title="Dismiss this call. The conversation stays in Unassigned. (Esc)"
            on:click=dismiss
        >
            <Icon name="x" />
        </button>
    }
}

/// Claims the offered customer.
#[component]
pub fn ClaimButton(calls: Calls) -> impl IntoView {
    let offered = Memo::new(move |_| calls.offered.with(|row| row.as_ref().map(|row| row.id.clone())));
    let app = AppState::expect();
    let hydrated = hydrated();
    let is_settling = settle(offered);
    let is_busy = Memo::new(move |_| offered.with(|id| id.as_ref().is_some_and(|id| calls.claims.is_pending(id))));
    let has_chord = move || offered.with(Option::is_some) && offered.get() == calls.by_chord.get();
    let claim = move |event: ev::MouseEvent| {
        // The second click of a double click would claim whoever is offered next.
        if event.detail() < 2
            && !is_settling.get_untracked()
            && let Some(id) = offered.get_untracked()
        {
            calls.claim(id);
        }
    };
    // The second press of a double click would take the focus from the reply, where the first one led.
    let keep_focus = |event: ev::MouseEvent| {
        if event.detail() > 1 {
            event.prevent_default();
        }
    };
    view! {
        <button
            type="button"
            class="btn primary claim"
            on:mousedown=keep_focus
            class:busy=move || is_busy.get()
            class:offline=move || app.offline_reason().is_some()
            title=move || app.offline_reason()
            aria-label=move || format!("Claim {}", calls.name())
            aria-disabled=move || (is_busy.get() || is_settling.get() || !hydrated.get()).to_string()
            hidden=move || offered.with(Option::is_none)
            on:click=claim
        >
            "Claim "
            // One key for one customer: the chord takes the open conversation first.
            <span class="chord" hidden=move || !has_chord()>
                <ChordKeys letter='c' />
            </span>
        </button>
    }
}

/// Whether the offered customer has just taken another one's place.
fn settle(offered: Memo<Option<ConversationId>>) -> RwSignal<bool> {
    let is_settling = RwSignal::new(false);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    // The last customer who was offered, also while nobody is: the button may go and come back within a press.
    Effect::new(move |before: Option<Option<ConversationId>>| {
        let (now, before) = (offered.get(), before.flatten());
        let has_changed = before.is_some() && now.is_some() && now != before;
        if has_changed {
            is_settling.set(true);
            let end = set_timeout_with_handle(
                move || {
                    let _gone = is_settling.try_set(false);
                },
                SETTLING,
            );
            clear_timer(timer);
            timer.set_value(end.ok());
        }
        now.or(before)
    });
    is_settling
}
