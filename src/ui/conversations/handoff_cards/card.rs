//! One card: the customer, the trigger, the waiting time, and the buttons.

use leptos::{ev, prelude::*};

use super::Calls;
use crate::{
    domain::{desk::Row, handoff::TriggerKind, sla::Level},
    ui::{browser::focus_if_lost, components::icon::Icon, keyboard::ChordKeys, render_environment::hydrated},
};

/// The icon of a handoff's trigger kind, as rows and cards show it.
fn trigger_icon(kind: TriggerKind) -> &'static str {
    match kind {
        TriggerKind::Keyword => "key",
        TriggerKind::Flow => "flow",
        TriggerKind::Model => "bot",
        TriggerKind::Phone => "phone",
        TriggerKind::Late => "history",
        TriggerKind::Failure => "alert",
        TriggerKind::Reopened => "undo",
        TriggerKind::Agent | TriggerKind::Partner => "hand",
    }
}

/// A card. `row` is as it was when the card appeared; current values are read from the layout's rows.
#[component]
pub fn Card(row: Row) -> impl IntoView {
    let calls = expect_context::<Calls>();
    let app = calls.app;
    let id = StoredValue::new(row.id.clone());
    let path = format!("/conversations/{}", row.id);
    let first = row.clone();
    let row = Memo::new(move |_| {
        app.desk.with(|desk| id.with_value(|id| desk.row(id).cloned())).unwrap_or_else(|| first.clone())
    });
    let (kind, label) = row
        .with_untracked(|row| row.trigger.clone())
        .unwrap_or_else(|| (TriggerKind::Agent, "Agent requested".to_owned()));
    let level = Memo::new(move |_| {
        let now = app.now.get();
        row.with(|row| row.wait.map(|wait| wait.level(now)))
    });
    let class = move || match level.get() {
        Some(Level::Breached) => "call breached",
        Some(Level::Due) => "call due",
        Some(Level::Calm) | None => "call",
    };
    let waited = move || {
        let now = app.now.get();
        row.with(|row| {
            row.wait.map(|wait| {
                // "2:08" needs a prefix, "1:12 overdue" does not.
                let spoken = if wait.level(now) == Level::Breached { "" } else { "Waiting " };
                (spoken, wait.label(now), wait.length(now).0 / 1_000)
            })
        })
    };
    let busy = move || id.with_value(|id| calls.claims.is_pending(id));
    let name = move || row.with(|row| row.name.clone());
    let hydrated = hydrated();
    let later = move || {
        row.with_untracked(|row| calls.dismiss(row));
        // The button that had the focus is removed with its card.
        request_animation_frame(|| {
            focus_if_lost("reply-text");
            focus_if_lost("main");
        });
    };
    let keyed = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            later();
        }
    };

    view! {
        <article class=class aria-label=move || format!("Handoff: {}", name()) on:keydown=keyed>
            <div class="top">
                <Icon name=trigger_icon(kind) />
                <span>{label}</span>
                {move || {
                    waited()
                        .map(|(spoken, words, seconds)| {
                            view! {
                                <time datetime=format!("PT{seconds}S")>
                                    <span class="visually-hidden">{spoken}</span>
                                    {words}
                                </time>
                            }
                        })
                }}
            </div>
            <b dir="auto">{name}</b>
            <p dir="auto">{move || row.with(|row| row.preview.clone())}</p>
            <div class="foot">
                <button
                    type="button"
                    class="btn primary"
                    class:busy=busy
                    aria-disabled=move || (busy() || !hydrated.get()).to_string()
                    on:click=move |event| {
                        // The second click of a double click would hit the card that moved under the pointer.
                        if event.detail() < 2 {
                            calls.claim(id.get_value());
                        }
                    }
                >
                    "Claim "
                    <ChordKeys letter='c' />
                </button>
                // A link, so that it works before hydration.
                <a class="btn" href=path on:click=move |_| row.with_untracked(|row| calls.dismiss(row))>
                    "Open"
                </a>
                <button
                    type="button"
                    class="btn ghost"
                    title="Dismiss this card. The conversation stays in Unassigned. (Esc)"
                    aria-disabled=move || (!hydrated.get()).to_string()
                    on:click=move |_| later()
                >
                    "Dismiss"
                </button>
            </div>
        </article>
    }
}
