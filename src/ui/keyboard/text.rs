//! Which keys type text.

use leptos::ev::KeyboardEvent;

use super::{HANDLED_BY_INPUT_METHOD, Modifiers, Platform};

/// Whether a key types text: a character, a dead key, or a key of an input method. Space and Enter do not count,
/// because they press buttons and scroll.
pub fn types_text(event: &KeyboardEvent) -> bool {
    can_type(Platform::current(), Modifiers::of(event)) && is_text(&event.key(), event.key_code())
}

/// Whether a key with these modifiers can type. AltGr is Ctrl+Alt on Windows, and macOS types with Option.
fn can_type(platform: Platform, held: Modifiers) -> bool {
    match platform {
        Platform::Mac => !held.ctrl && !held.meta,
        Platform::Other => !held.meta && (held.alt_graph || !(held.ctrl || held.alt)),
    }
}

/// Names of keys are ASCII words. A key's text is one character, or several of a script that needs them.
fn is_text(key: &str, key_code: u32) -> bool {
    match key {
        " " => false,
        "Dead" | "Process" => true,
        "Unidentified" => key_code == HANDLED_BY_INPUT_METHOD,
        key => key.chars().count() == 1 || !key.is_ascii(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_dead_keys_and_input_methods_type() {
        for key in ["a", "Ł", "¿", "7", "?", "Dead", "Process", "क्ष", "😀"] {
            assert!(is_text(key, 0), "{key}");
        }
        assert!(is_text("Unidentified", HANDLED_BY_INPUT_METHOD));
        for key in ["Enter", " ", "Tab", "Escape", "Shift", "F5", "ArrowDown", "Unidentified", ""] {
            assert!(!is_text(key, 0), "{key}");
        }
        // Safari's Enter that confirms a character.
        assert!(!is_text("Enter", HANDLED_BY_INPUT_METHOD));
    }

    #[test]
    fn a_key_with_modifiers_types_only_where_the_layout_does() {
        let none = Modifiers::default();
        let alt_gr = Modifiers { ctrl: true, alt: true, alt_graph: true, ..none };
        for held in [none, Modifiers { shift: true, ..none }, alt_gr, Modifiers { alt_graph: true, ..none }] {
            assert!(can_type(Platform::Other, held), "{held:?}");
        }
        for held in
            [Modifiers { ctrl: true, ..none }, Modifiers { alt: true, ..none }, Modifiers { meta: true, ..none }]
        {
            assert!(!can_type(Platform::Other, held), "{held:?}");
        }
        assert!(can_type(Platform::Mac, Modifiers { alt: true, shift: true, ..none }));
        for held in [Modifiers { ctrl: true, ..none }, Modifiers { meta: true, ..none }] {
            assert!(!can_type(Platform::Mac, held), "{held:?}");
        }
    }
}
