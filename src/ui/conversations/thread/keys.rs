//! The thread's keyboard shortcuts: single letters while no field has the focus.

use leptos::{ev, prelude::*};

use super::{actions::AgentAction, state::ThreadState};
use crate::{
    domain::ids::ConversationId,
    ui::{
        browser::focus,
        conversations::composer,
        keyboard_layout::{is_shortcut, letter},
    },
};

/// Listens until the pane is left. A key that was handled is marked as such, so that no other listener handles it.
///
/// `wanted` is the conversation that the address names. While the next one loads, the last one still exists but is not
/// visible, and must not react to keys.
pub fn listen(open: ThreadState, wanted: Signal<ConversationId>) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.repeat() || !is_shortcut(&event) {
            return;
        }
        if wanted.try_get_untracked() != Some(open.id()) {
            return;
        }
        let Some(letter) = letter(&event.key(), &event.code()) else { return };
        let handled = match letter.as_str() {
            "r" => {
                focus(composer::FIELD);
                true
            }
            other => match AgentAction::ALL.into_iter().find(|act| act.key() == Some(other) && open.may(*act)) {
                Some(act) => {
                    open.press(act);
                    true
                }
                None => false,
            },
        };
        if handled {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}
