//! The list itself, among the toasts, on every page. The newest act stands last, next to its shortcut.

use leptos::prelude::*;

use super::{Undoable, UndoableAct, state::undo};
use crate::{
    domain::{conversation::EndingKind, ids::ConversationId, time::Span},
    ui::{
        browser::{focus_first, focus_if_lost},
        components::icon::Icon,
        conversations::{address, pane_focus::REGION},
        keyboard::{ChordKeys, ChordScope, Keyboard},
        palette::{ActScope, Impact, Palette, PaletteAct},
        state::AppState,
    },
};

/// The element's id, to focus it.
pub const UNDO_LIST: &str = "undo-list";

#[component]
pub fn UndoList() -> impl IntoView {
    let app = AppState::expect();
    let shown = Memo::new(move |_| {
        let now = app.now.get();
        app.undoable.with(|list| {
            let is_offered = |act: &&Undoable| match act.act {
                // Its row says when it is over. The stream may be late, and the server waits for messages before it.
                UndoableAct::Ending { .. } => true,
                UndoableAct::Released { .. } | UndoableAct::TookOver { .. } | UndoableAct::Snoozed => now < act.until,
            };
            list.iter().filter(is_offered).cloned().collect::<Vec<_>>()
        })
    });
    // Newest first undone, without looking; the others are reached from the list.
    Keyboard::expect().on_chord(ChordScope::Page, move |letter| match letter {
        'u' => {
            let newest = shown.with_untracked(|list| list.last().cloned());
            newest.into_iter().for_each(|act| undo(app, act));
            true
        }
        'p' => {
            focus_first(UNDO_LIST);
            true
        }
        _ => false,
    });
    let newest = Memo::new(move |_| shown.with(|list| list.last().map(|act| act.conversation.clone())));
    Palette::expect().offer(ActScope::Desk, move || {
        let newest = newest.get();
        let offered = |act: &Undoable| {
            let key = format!("undo-{}", act.conversation);
            let about = format!("{} \u{2068}{}\u{2069}", act.words(), act.name);
            let is_newest = newest.as_ref() == Some(&act.conversation);
            let undone = act.clone();
            let entry = PaletteAct::new(key, "undo", "Undo", Impact::Noticed, move || undo(app, undone.clone()));
            let entry = entry.about(about);
            if is_newest { entry.with_chord('u') } else { entry }
        };
        shown.with(|list| list.iter().rev().map(offered).collect())
    });
    view! {
        <div class="stack" id=UNDO_LIST role="group" aria-label="Undo" tabindex="-1">
            <For each=move || shown.get() key=|act| (act.conversation.clone(), format!("{:?}", act.act)) let:act>
                <Entry act newest />
            </For>
        </div>
    }
}

#[component]
fn Entry(act: Undoable, newest: Memo<Option<ConversationId>>) -> impl IntoView {
    let app = AppState::expect();
    let words = act.words();
    let name = act.name.clone();
    let href = address(&act.conversation);
    let icon = match act.act {
        UndoableAct::Ending { kind: EndingKind::Close, .. } => "check",
        UndoableAct::Ending { kind: EndingKind::ReturnToBot, .. } => "bot",
        UndoableAct::Released { .. } => "undo",
        UndoableAct::TookOver { .. } => "hand",
        UndoableAct::Snoozed => "moon",
    };
    let until = act.until;
    let pending = matches!(act.act, UndoableAct::Ending { .. });
    let left = move || (pending && app.now.get() < until).then(|| seconds(until.since(app.now.get())));
    let id = act.conversation.clone();
    let is_newest = move || newest.with(|newest| newest.as_ref() == Some(&id));
    let press = move |_| {
        undo(app, act.clone());
        // The button that had the focus is removed with its entry.
        request_animation_frame(|| focus_if_lost(REGION));
    };
    view! {
        <div class="toast undo" role="group">
            <Icon name=icon />
            <p>
                {words} " " <a href=href><bdi>{name}</bdi></a> " "
                // Not announced each second: the entry is part of a live region.
                <span class="left" aria-hidden="true">{left}</span>
            </p>
            <button type="button" class="btn" on:click=press>
                "Undo"
                <Show when=is_newest.clone()>
                    <ChordKeys letter='u' />
                </Show>
            </button>
        </div>
    }
}

/// `8 s`, rounded up, so that it ends with 1.
fn seconds(left: Span) -> String {
    format!("{} s", left.0.div_euclid(1_000) + i64::from(left.0.rem_euclid(1_000) > 0))
}
