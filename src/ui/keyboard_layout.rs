//! Which letter a key means on keyboards of any script, and whether a key press is a shortcut or part of a composition.

use leptos::ev::KeyboardEvent;

use super::browser::typing;

/// Whether a key press is a shortcut: without a modifier, not handled yet, and neither in a field nor in a dialog.
pub fn is_shortcut(event: &KeyboardEvent) -> bool {
    let is_chord = event.ctrl_key() || event.alt_key() || event.meta_key();
    !is_chord && !event.default_prevented() && !is_composing(event) && !typing()
}

/// The `keyCode` of a key press that an input method handles. Safari sends the Enter that confirms a character after the
/// composition has ended, with this code alone.
const HANDLED_BY_INPUT_METHOD: u32 = 229;

/// Whether a key press belongs to an input method that composes a character: there, Enter and Escape choose or dismiss
/// what it suggests.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == HANDLED_BY_INPUT_METHOD
}

/// The letter of a key, in lower case. On a keyboard of another script it follows from the key's position (`KeyC`).
pub fn letter(key: &str, code: &str) -> Option<String> {
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
