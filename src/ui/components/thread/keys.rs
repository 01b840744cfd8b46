//! The keyboard of the thread: single letters while no field has the focus.

use leptos::{ev, prelude::*};

use super::{actions::Act, composer, dialog::Ask, open::Open};
use crate::{
    domain::ids::ConversationId,
    ui::browser::{focus, typing},
};

/// Listens until the pane is left. A key that did something is marked as handled, so that nobody does it twice.
///
/// `wanted` is the conversation that the address names. While the next one loads the last one is still here, out of
/// sight; no key may reach it.
pub fn listen(open: Open, wanted: Signal<ConversationId>) {
    let handle = window_event_listener(ev::keydown, move |event| {
        let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
        if modified || event.repeat() || event.default_prevented() || typing() {
            return;
        }
        if open.ask.get_untracked().is_some() || wanted.try_get_untracked() != Some(open.id()) {
            return;
        }
        let Some(letter) = letter(&event.key(), &event.code()) else { return };
        let handled = match letter.as_str() {
            "?" => {
                open.ask.set(Some(Ask::Keys));
                true
            }
            "r" => {
                focus(composer::FIELD);
                true
            }
            other => match Act::ALL.into_iter().find(|act| act.key() == Some(other) && open.may(*act)) {
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

/// The letter that is meant. On a keyboard of another script the key's place says it (`KeyC`).
fn letter(key: &str, code: &str) -> Option<String> {
    if key.chars().count() != 1 {
        return None;
    }
    if key.is_ascii() {
        return Some(key.to_ascii_lowercase());
    }
    code.strip_prefix("Key").map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn a_letter_is_found_on_any_keyboard() {
        assert_eq!(letter("C", "KeyC").as_deref(), Some("c"));
        assert_eq!(letter("с", "KeyC").as_deref(), Some("c"));
        assert_eq!(letter("?", "Minus").as_deref(), Some("?"));
        assert_eq!(letter("Enter", "Enter"), None);
    }
}
