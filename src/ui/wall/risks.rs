//! The bot's conversations that may need a person, with what shows it, and *Take over*.

use leptos::prelude::*;

use super::WallState;
use crate::{
    api::conversation::take_over,
    contract::wall::RiskyConversation,
    domain::{
        desk::{Row, RowState},
        ids::ConversationId,
        risk::{RiskLevel, RiskSignal},
    },
    ui::{
        components::icon::Icon,
        conversations::{
            address,
            call_strip::Claims,
            undo::{Undoable, UndoableAct, offer, undo_time},
        },
        kit::Submit,
        render_environment::hydrated,
        state::AppState,
    },
};

/// So many conversations are listed, with so many signals each.
const SHOWN: usize = 5;
const SIGNALS: usize = 3;

#[component]
pub fn RiskList(state: WallState) -> impl IntoView {
    // A conversation that is no longer with the bot leaves at once.
    let listed = Memo::new(move |_| {
        state.newer.with(|newer| {
            let is_with_bot =
                |it: &&RiskyConversation| newer.newest(&it.row).is_some_and(|row| row.state == RowState::Bot);
            state.wall.with(|wall| wall.risks.iter().filter(is_with_bot).take(SHOWN).cloned().collect::<Vec<_>>())
        })
    });
    let ids = move || listed.with(|listed| listed.iter().map(|it| it.row.id.clone()).collect::<Vec<_>>());
    let taking = Submit::<ConversationId>::keyed();
    view! {
        <section class="panel risks">
            <h2>"Bot conversations that may need a person"</h2>
            <ol class="lines">
                <For each=ids key=Clone::clone let:id>
                    <RiskLine id listed taking />
                </For>
            </ol>
            <Show when=move || listed.with(Vec::is_empty)>
                <p class="none">"No bot conversation looks like it needs a person."</p>
            </Show>
        </section>
    }
}

#[component]
fn RiskLine(id: ConversationId, listed: Memo<Vec<RiskyConversation>>, taking: Submit<ConversationId>) -> impl IntoView {
    let app = AppState::expect();
    let claims = Claims::expect();
    let hydrated = hydrated();
    let href = address(&id);
    let own = id.clone();
    // Nothing while the line leaves.
    let it = Memo::new(move |_| listed.with(|listed| listed.iter().find(|it| it.row.id == own).cloned()));
    let name = Memo::new(move |_| it.with(|it| it.as_ref().map(|it| it.row.name.clone())).unwrap_or_default());
    let preview = move || it.with(|it| it.as_ref().map(|it| it.row.preview.clone()));
    let is_likely = Memo::new(move |_| it.with(|it| it.as_ref().is_some_and(|it| it.risk.level == RiskLevel::Likely)));
    let level = move || if is_likely.get() { "Likely" } else { "Watch" };
    let own = id.clone();
    let signals = move || {
        let signals = it.with(|it| it.as_ref().map(|it| it.risk.signals.clone())).unwrap_or_default();
        signals.into_iter().take(SIGNALS).map(|signal| signal_link(&own, signal)).collect_view()
    };
    let own = id.clone();
    let is_taking = Memo::new(move |_| taking.is_pending(&own));
    let take = move |_| {
        if let Some(it) = it.get_untracked() {
            take(app, claims, taking, it.row);
        }
    };
    view! {
        <li class="line" class:likely=is_likely>
            <span class="level">{level}</span>
            <a class="name" href=href dir="auto">
                {name}
            </a>
            <span class="detail" dir="auto">
                {preview}
            </span>
            <ul class="signals">{signals}</ul>
            <button
                type="button"
                class="btn"
                disabled=move || !hydrated.get()
                aria-disabled=move || is_taking.get().then_some("true")
                aria-label=move || format!("Take over {}", name.get())
                on:click=take
            >
                <Icon name="hand" />
                "Take over"
            </button>
        </li>
    }
}

/// What shows it, as a link to the message.
fn signal_link(id: &ConversationId, signal: RiskSignal) -> impl IntoView + use<> {
    let href = format!("{}#{}", address(id), signal.message);
    view! {
        <li>
            <a href=href>{signal.detail}</a>
        </li>
    }
}

/// Takes a conversation over from the bot and opens it, with the focus in the reply. It can be undone, as everywhere.
fn take(app: AppState, claims: Claims, taking: Submit<ConversationId>, row: Row) {
    let id = row.id.clone();
    // A second press would begin anew what is typed ahead.
    if untrack(|| taking.is_pending(&id)) {
        return;
    }
    claims.type_ahead(&id);
    taking.run_as(id.clone(), take_over(id.clone()), move |answer| match answer {
        Ok(epoch) => {
            let until = app.now.get_untracked().plus(undo_time(app));
            let act = UndoableAct::TookOver { epoch };
            offer(app, Undoable { conversation: id.clone(), name: row.name, act, until });
            claims.open(&address(&id));
        }
        Err(error) => {
            claims.give_up(&id);
            app.show_error(&error);
        }
    });
}
