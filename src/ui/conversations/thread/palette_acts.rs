//! What the palette offers of the open conversation: what the buttons of its head do.

use leptos::prelude::*;

use super::{
    actions::{AgentAction, Ownership},
    snooze::SNOOZE_CHORD,
    state::ThreadState,
};
use crate::ui::palette::{ActScope, Impact, Palette, PaletteAct};

/// Offers them until the pane is left. While the viewer's own ending is pending there is none: the list of what can be
/// undone offers that.
pub fn offer(open: ThreadState) {
    let name = Memo::new(move |_| open.row.with(|row| row.name.clone()));
    let ownership = Memo::new(move |_| open.ownership());
    let is_ending = Memo::new(move |_| open.own_ending().is_some());
    let is_snoozed = Memo::new(move |_| open.row.with(|row| row.snooze.is_some()));
    // The window ends with time. The memo changes once, the time each second.
    let may_reopen = Memo::new(move |_| open.may_reopen());
    Palette::expect().offer(ActScope::Conversation, move || {
        if is_ending.get() {
            return Vec::new();
        }
        let (owner, about) = (ownership.get(), name.get());
        let acts = owner.actions().iter().filter(|act| **act != AgentAction::Reopen || may_reopen.get());
        // The likeliest one first.
        let mut all: Vec<PaletteAct> = acts.rev().map(|act| offered(open, *act).about(about.clone())).collect();
        if owner == Ownership::Mine {
            let label = if is_snoozed.get() { "Unsnooze" } else { "Snooze…" };
            let press = move || {
                let _is_mine = open.press_snooze();
            };
            let snooze = PaletteAct::new(format!("snooze-{}", open.id()), "moon", label, Impact::Noticed, press);
            all.push(snooze.about(about).with_chord(SNOOZE_CHORD));
        }
        all
    });
}

fn offered(open: ThreadState, act: AgentAction) -> PaletteAct {
    let key = format!("{act:?}-{}", open.id());
    // Closing and returning may ask for more.
    let label = match act {
        AgentAction::Close => "Close…",
        AgentAction::ReturnToBot => "Return to bot…",
        AgentAction::Claim | AgentAction::TakeOver | AgentAction::Release | AgentAction::Reopen => act.label(),
    };
    let offered = PaletteAct::new(key, act.icon(), label, Impact::Noticed, move || open.press(act));
    match act.chord() {
        Some(letter) => offered.with_chord(letter),
        None => offered,
    }
}
