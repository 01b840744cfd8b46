//! Chords: a letter with the modifiers that its platform leaves to applications.
//!
//! Windows and Linux: Alt and a letter. macOS: Control, Command and a letter. Neither types a character or a dead key,
//! nor moves the caret, on US, German, Spanish, Portuguese or Polish layouts. Other modifiers do: AltGr types there,
//! and Windows reports it as Ctrl+Alt; macOS types with Option; Ctrl or Command with a letter belongs to the browser.
//!
//! Letters that browsers and systems use with these modifiers are avoided: Alt+D (address), Alt+E and Alt+F (menu of
//! Chrome and Edge); Control+Command with D (dictionary), F (full screen), Q (lock) and space. Firefox opens its menus
//! with Alt and a letter only if the page has not handled the key.
//!
//! In use: C claim, O take over, R return to the bot, X close, Z snooze, I note for the team, S other ways to send, N what
//! needs the viewer next, U undo the newest act, P the list of what can be undone.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{is_composing, letter};
use crate::ui::{browser, render_environment::hydrated};

/// What decides which modifiers a chord has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    Mac,
    Other,
}

impl Platform {
    pub fn current() -> Self {
        Self::of(&browser::platform())
    }

    /// By the browser's name of the system. An iPad with a keyboard has the Mac's modifiers.
    fn of(name: &str) -> Self {
        let is_apple = ["Mac", "iPad", "iPhone"].iter().any(|start| name.starts_with(start));
        if is_apple { Self::Mac } else { Self::Other }
    }

    /// What the viewer reads: `Alt C` or `⌃⌘C`.
    pub fn chord_label(self, letter: char) -> String {
        let letter = letter.to_ascii_uppercase();
        match self {
            Self::Mac => format!("⌃⌘{letter}"),
            Self::Other => format!("Alt {letter}"),
        }
    }

    /// The value of `aria-keyshortcuts`.
    pub fn chord_for_aria(self, letter: char) -> String {
        let letter = letter.to_ascii_uppercase();
        match self {
            Self::Mac => format!("Control+Meta+{letter}"),
            Self::Other => format!("Alt+{letter}"),
        }
    }

    /// A key with the modifier that browsers use for their own shortcuts: `Ctrl Enter` or `⌘Enter`.
    pub fn command_label(self, key: &str) -> String {
        match self {
            Self::Mac => format!("⌘{key}"),
            Self::Other => format!("Ctrl {key}"),
        }
    }

    /// The value of `aria-keyshortcuts` for such a key.
    pub fn command_for_aria(self, key: &str) -> String {
        match self {
            Self::Mac => format!("Meta+{key}"),
            Self::Other => format!("Control+{key}"),
        }
    }
}

/// The modifiers that are held down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    pub alt: bool,
    pub ctrl: bool,
    pub meta: bool,
    pub shift: bool,
    pub alt_graph: bool,
}

impl Modifiers {
    pub fn of(event: &KeyboardEvent) -> Self {
        Self {
            alt: event.alt_key(),
            ctrl: event.ctrl_key(),
            meta: event.meta_key(),
            shift: event.shift_key(),
            alt_graph: event.get_modifier_state("AltGraph"),
        }
    }
}

/// The lower-case letter of a chord. `None` for any other key, and while a dialog is open.
pub fn chord(event: &KeyboardEvent) -> Option<char> {
    if event.repeat() || event.default_prevented() || is_composing(event) || browser::has_open_dialog() {
        return None;
    }
    chord_letter(Platform::current(), Modifiers::of(event), &event.key(), &event.code())
}

fn chord_letter(platform: Platform, held: Modifiers, key: &str, code: &str) -> Option<char> {
    let none = Modifiers::default();
    let wanted = match platform {
        Platform::Mac => Modifiers { ctrl: true, meta: true, ..none },
        Platform::Other => Modifiers { alt: true, ..none },
    };
    let letter = letter(key, code).filter(|_| held == wanted)?;
    letter.chars().next().filter(char::is_ascii_lowercase)
}

/// Whether the key lists all keys: Ctrl or Command with `/`. Shift is ignored, because `/` needs it on many layouts.
pub fn lists_keys(event: &KeyboardEvent) -> bool {
    let is_free = !event.repeat() && !event.default_prevented() && !is_composing(event) && !browser::has_open_dialog();
    is_free && is_command_slash(Modifiers::of(event), &event.key())
}

fn is_command_slash(held: Modifiers, key: &str) -> bool {
    key == "/" && held.ctrl != held.meta && !held.alt && !held.alt_graph
}

/// Whether the key opens or closes the palette: Ctrl and K, on a Mac Command and K.
pub fn is_palette_key(event: &KeyboardEvent) -> bool {
    let is_free = !event.default_prevented() && !is_composing(event);
    is_free && is_command_k(Platform::current(), Modifiers::of(event), &event.key(), &event.code())
}

/// On a Mac Control and K deletes the rest of a line, so each platform has its own modifier only.
fn is_command_k(platform: Platform, held: Modifiers, key: &str, code: &str) -> bool {
    let none = Modifiers::default();
    let wanted = match platform {
        Platform::Mac => Modifiers { meta: true, ..none },
        Platform::Other => Modifiers { ctrl: true, ..none },
    };
    held == wanted && letter(key, code).as_deref() == Some("k")
}

/// The platform for what is shown. The server does not know it, so the first render shows [`Platform::Other`].
pub fn shown_platform() -> Signal<Platform> {
    let hydrated = hydrated();
    Signal::derive(move || if hydrated.get() { Platform::current() } else { Platform::Other })
}

/// The keys of a chord, on the button that does the same.
#[component]
pub fn ChordKeys(letter: char) -> impl IntoView {
    let platform = shown_platform();
    view! { <kbd aria-hidden="true">{move || platform.get().chord_label(letter)}</kbd> }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALT: Modifiers = Modifiers { alt: true, ctrl: false, meta: false, shift: false, alt_graph: false };
    const CONTROL_COMMAND: Modifiers = Modifiers { alt: false, ctrl: true, meta: true, shift: false, alt_graph: false };

    #[test]
    fn a_chord_has_the_modifiers_of_its_platform_and_no_others() {
        let c = |platform, held| chord_letter(platform, held, "c", "KeyC");
        assert_eq!(c(Platform::Other, ALT), Some('c'));
        assert_eq!(c(Platform::Mac, CONTROL_COMMAND), Some('c'));
        for (platform, wanted) in [(Platform::Other, ALT), (Platform::Mac, CONTROL_COMMAND)] {
            for held in [
                Modifiers::default(),
                Modifiers { alt: !wanted.alt, ..wanted },
                Modifiers { ctrl: !wanted.ctrl, ..wanted },
                Modifiers { meta: !wanted.meta, ..wanted },
                Modifiers { shift: true, ..wanted },
                Modifiers { alt_graph: true, ..wanted },
            ] {
                assert_eq!(c(platform, held), None, "{platform:?} {held:?}");
            }
        }
    }

    #[test]
    fn the_letter_of_a_chord_is_the_layouts_else_the_positions() {
        let pressed = |key, code| chord_letter(Platform::Other, ALT, key, code);
        // A French layout, a Russian one, and what Safari reports for Control and a letter.
        assert_eq!(pressed("a", "KeyQ"), Some('a'));
        assert_eq!(pressed("с", "KeyC"), Some('c'));
        assert_eq!(pressed("\u{3}", "KeyC"), Some('c'));
        // Capitals by Caps Lock; what is no letter is no chord.
        assert_eq!(pressed("C", "KeyC"), Some('c'));
        for (key, code) in [("Dead", "BracketLeft"), ("1", "Digit1"), ("ß", "Minus"), ("F4", "F4"), (" ", "Space")] {
            assert_eq!(pressed(key, code), None, "{key}");
        }
    }

    #[test]
    fn the_slash_lists_keys_with_either_command_key_and_any_shift() {
        let control = Modifiers { ctrl: true, ..Modifiers::default() };
        let command = Modifiers { meta: true, ..Modifiers::default() };
        for held in [control, command, Modifiers { shift: true, ..control }] {
            assert!(is_command_slash(held, "/"), "{held:?}");
        }
        // AltGr on Windows; the slash alone; the key at its place on a German layout.
        assert!(!is_command_slash(Modifiers { alt: true, alt_graph: true, ..control }, "/"));
        assert!(!is_command_slash(Modifiers::default(), "/"));
        assert!(!is_command_slash(control, "-"));
    }

    #[test]
    fn the_palette_has_the_command_key_of_its_platform() {
        let control = Modifiers { ctrl: true, ..Modifiers::default() };
        let command = Modifiers { meta: true, ..Modifiers::default() };
        // The second key is that of a Russian layout.
        for (key, code) in [("k", "KeyK"), ("л", "KeyK"), ("K", "KeyK")] {
            assert!(is_command_k(Platform::Other, control, key, code), "{key}");
            assert!(is_command_k(Platform::Mac, command, key, code), "{key}");
        }
        assert!(!is_command_k(Platform::Mac, control, "k", "KeyK"));
        assert!(!is_command_k(Platform::Other, command, "k", "KeyK"));
        assert!(!is_command_k(Platform::Other, Modifiers { shift: true, ..control }, "K", "KeyK"));
        assert!(!is_command_k(Platform::Other, Modifiers { alt: true, alt_graph: true, ..control }, "k", "KeyK"));
        assert!(!is_command_k(Platform::Other, control, "j", "KeyJ"));
    }

    #[test]
    fn keys_are_named_as_the_platform_names_them() {
        for (name, platform) in [("MacIntel", Platform::Mac), ("iPad", Platform::Mac), ("Win32", Platform::Other)] {
            assert_eq!(Platform::of(name), platform);
        }
        assert_eq!(Platform::of("Linux x86_64"), Platform::Other);
        assert_eq!([Platform::Other, Platform::Mac].map(|platform| platform.chord_label('c')), ["Alt C", "⌃⌘C"]);
        let for_aria = [Platform::Other, Platform::Mac].map(|platform| platform.chord_for_aria('c'));
        assert_eq!(for_aria, ["Alt+C", "Control+Meta+C"]);
        let command = [Platform::Other, Platform::Mac].map(|platform| platform.command_label("/"));
        assert_eq!(command, ["Ctrl /", "⌘/"]);
        let command = [Platform::Other, Platform::Mac].map(|platform| platform.command_for_aria("K"));
        assert_eq!(command, ["Control+K", "Meta+K"]);
    }
}
