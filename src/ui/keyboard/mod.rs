//! The keyboard of the signed-in pages: chords, single letters, and the guard against sentences typed at a button.
//!
//! Letters are words before they are commands. What a customer or colleague would notice is a chord (`chord.rs`) or a
//! button, never a single letter. Single letters only move around, and only in the list (`conversations/list/keys.rs`);
//! elsewhere a typed character starts a reply (`conversations/thread/keys.rs`). Both can be switched off.
//!
//! To add a chord: a letter in `chord.rs`, its handler with [`Keyboard::on_chord`], its line in
//! `conversations/key_list.rs`; and if its handler is in the extras, `early.rs`.

pub mod chord;
mod early;
mod guard;
mod text;

use std::sync::Arc;

use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
};

pub use self::{
    chord::{ChordKeys, Modifiers, Platform, chord, shown_platform},
    early::KeyPress,
    text::types_text,
};
use self::{
    early::{EarlyKey, EarlyKeys, may_belong_to_list},
    guard::{PressKey, TypingGuard},
};
use super::{browser, state::AppState};

/// The `keyCode` of a key press that an input method handles. Safari sends the Enter that confirms a character after
/// the composition has ended, with this code alone.
const HANDLED_BY_INPUT_METHOD: u32 = 229;

/// Whether a key press is a shortcut: without a modifier, not handled yet, and neither in a field nor in a dialog.
pub fn is_shortcut(event: &KeyboardEvent) -> bool {
    let is_chord = event.ctrl_key() || event.alt_key() || event.meta_key();
    !is_chord && !event.default_prevented() && !is_composing(event) && !browser::typing()
}

/// Whether a key press belongs to an input method that composes a character: there, Enter and Escape choose or dismiss
/// what it suggests.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == HANDLED_BY_INPUT_METHOD
}

/// The letter of a key, in lower case. On a keyboard of another script it follows from the key's position (`KeyC`), and
/// so it does for the control characters that Safari reports.
pub fn letter(key: &str, code: &str) -> Option<String> {
    if key.chars().count() != 1 {
        return None;
    }
    if key.is_ascii() && !key.contains(|c: char| c.is_ascii_control()) {
        return Some(key.to_ascii_lowercase());
    }
    code.strip_prefix("Key").map(str::to_ascii_lowercase)
}

/// Whether the viewer uses single letters and type-to-reply. They can be switched off, because speech input and
/// unsteady hands press letters by accident (WCAG 2.1.4). Does not track.
pub fn typing_keys_are_on(app: AppState) -> bool {
    app.viewer.with_untracked(|viewer| viewer.typing_keys)
}

/// Returns whether it handled the chord with this letter.
type ChordHandler = Arc<dyn Fn(char) -> bool + Send + Sync>;

/// Handles a key of the list. Returns whether it did.
type PressHandler = Arc<dyn Fn(&KeyPress) -> bool + Send + Sync>;

/// Which handlers of a chord are asked first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChordScope {
    /// The open conversation, before all others.
    Conversation,
    /// The page or the layout.
    Page,
}

/// The handlers, and the key of the next one.
#[derive(Default)]
struct ChordHandlers {
    next: u64,
    all: Vec<(u64, ChordScope, ChordHandler)>,
}

impl ChordHandlers {
    /// The handlers in the order in which they are asked.
    fn in_order(&self) -> Vec<ChordHandler> {
        let of = |wanted: ChordScope| {
            self.all.iter().filter(move |(_, scope, _)| *scope == wanted).map(|(_, _, one)| one.clone())
        };
        of(ChordScope::Conversation).chain(of(ChordScope::Page)).collect()
    }
}

/// What has the focus while a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FocusedOn {
    /// Something that space or Enter presses.
    Control,
    /// A field, a region or nothing.
    Other,
}

impl FocusedOn {
    fn now() -> Self {
        if browser::on_pressable() { Self::Control } else { Self::Other }
    }
}

/// What the components of a page share about the keyboard. Cheap to copy; lives as long as the layout.
#[derive(Clone, Copy)]
pub struct Keyboard {
    /// The list of keys is open.
    pub key_list: RwSignal<bool>,
    /// The palette is open.
    pub palette: RwSignal<bool>,
    guard: StoredValue<TypingGuard>,
    chords: StoredValue<ChordHandlers>,
    /// What is pressed before the extras are there.
    early: StoredValue<EarlyKeys>,
    /// The list's handler of what was pressed early, while there is a list.
    list: StoredValue<Option<PressHandler>>,
}

impl Keyboard {
    /// Provides it to the components below, and listens until the layout is left.
    pub fn provide() {
        let keyboard = Self {
            key_list: RwSignal::new(false),
            palette: RwSignal::new(false),
            guard: StoredValue::new(TypingGuard::default()),
            chords: StoredValue::new(ChordHandlers::default()),
            early: StoredValue::new(EarlyKeys::default()),
            list: StoredValue::new(None),
        };
        provide_context(keyboard);
        // Before the effects of the components below, so that its listener is called before theirs.
        Effect::new(move |_| keyboard.listen());
    }

    /// The layout's keyboard. Call it below the signed-in layout only.
    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Calls `handler` with the letter of every chord that no handler before it has handled, until the current owner is
    /// cleaned up.
    pub fn on_chord(self, scope: ChordScope, handler: impl Fn(char) -> bool + Send + Sync + 'static) {
        let mut key = 0;
        self.chords.update_value(|handlers| {
            key = handlers.next;
            handlers.next += 1;
            handlers.all.push((key, scope, Arc::new(handler)));
        });
        on_cleanup(move || {
            self.chords.try_update_value(|handlers| handlers.all.retain(|(other, ..)| *other != key));
        });
    }

    /// Calls `handler` with the list's keys that were pressed early, until the current owner is cleaned up. Later ones the
    /// list hears itself.
    pub fn on_early_press(self, handler: impl Fn(&KeyPress) -> bool + Send + Sync + 'static) {
        self.list.set_value(Some(Arc::new(handler)));
        on_cleanup(move || {
            let _gone = self.list.try_update_value(Option::take);
        });
    }

    /// Gives what was pressed early to its handlers, which are there now. What would no longer be a shortcut is dropped.
    pub fn play_early(self) {
        let kept = self.early.try_update_value(EarlyKeys::end).unwrap_or_default();
        for key in kept {
            match key {
                EarlyKey::Chord(letter) => {
                    self.handle_chord(letter);
                }
                EarlyKey::Press(_) if browser::typing() => {}
                EarlyKey::Press(press) => {
                    if let Some(handler) = self.list.with_value(Clone::clone) {
                        handler(&press);
                    }
                }
            }
        }
    }

    /// Everything that handles keys is there from the start.
    pub fn end_early(self) {
        self.early.update_value(|early| {
            early.end();
        });
    }

    /// Whether a sentence that began at a control or as a command may go on now, so that its next character must not
    /// start a reply.
    pub fn is_mid_sentence(self, event: &KeyboardEvent) -> bool {
        self.guard.with_value(|guard| guard.is_mid_sentence(event.time_stamp()))
    }

    fn listen(self) {
        // The last character. Whether it was a command is known only after all listeners were called: then its default
        // is prevented.
        let last = StoredValue::new_local(None::<(KeyboardEvent, FocusedOn)>);
        let pressed = window_event_listener(ev::keydown, move |event| {
            if let Some((character, focused_on)) = last.try_update_value(Option::take).flatten() {
                self.remember(&character, focused_on);
            }
            if types_text(&event) {
                last.set_value(Some((event.clone(), FocusedOn::now())));
            } else {
                self.watch(&event, FocusedOn::now());
            }
            self.handle(&event);
        });
        let released = window_event_listener(ev::keyup, move |event| {
            let is_swallowed =
                event.key() == " " && self.guard.try_update_value(TypingGuard::releases_space).unwrap_or_default();
            if is_swallowed {
                event.prevent_default();
            }
        });
        let clicked = window_event_listener(ev::pointerdown, move |_| {
            last.set_value(None);
            self.guard.update_value(TypingGuard::moved);
        });
        on_cleanup(move || {
            for listener in [pressed, released, clicked] {
                listener.remove();
            }
        });
    }

    /// Tells the guard of a character after all listeners were called with it.
    fn remember(self, character: &KeyboardEvent, focused_on: FocusedOn) {
        let at = character.time_stamp();
        self.guard.update_value(|guard| match (character.default_prevented(), focused_on) {
            (true, FocusedOn::Control | FocusedOn::Other) => guard.command(at),
            (false, FocusedOn::Control) => guard.stray(at),
            (false, FocusedOn::Other) => {}
        });
    }

    /// Tells the guard of a key that is no character, and swallows the space and Enter of a sentence at a control.
    fn watch(self, event: &KeyboardEvent, focused_on: FocusedOn) {
        let press = match event.key().as_str() {
            "Enter" => PressKey::Enter,
            " " => PressKey::Space,
            "Tab" | "Escape" | "Home" | "End" | "PageUp" | "PageDown" | "ArrowUp" | "ArrowDown" | "ArrowLeft"
            | "ArrowRight" => return self.guard.update_value(TypingGuard::moved),
            _ => return,
        };
        let at = event.time_stamp();
        let swallows = focused_on == FocusedOn::Control
            && self.guard.try_update_value(|guard| guard.swallows(press, at)).unwrap_or_default();
        if swallows {
            event.prevent_default();
        }
    }

    fn handle(self, event: &KeyboardEvent) {
        if chord::lists_keys(event) {
            event.prevent_default();
            self.key_list.set(true);
            return;
        }
        if chord::is_palette_key(event) {
            // Browsers would go to their address or search field, also when the key is held down.
            event.prevent_default();
            let may_toggle = self.palette.get_untracked() || !browser::has_open_dialog();
            if may_toggle && !event.repeat() {
                self.palette.update(|is_open| *is_open = !*is_open);
            }
            return;
        }
        let Some(letter) = chord(event) else { return self.keep_press(event) };
        let is_kept = |early: &mut EarlyKeys| early.keep_chord(letter);
        if self.handle_chord(letter) || self.early.try_update_value(is_kept).unwrap_or_default() {
            event.prevent_default();
        }
    }

    fn handle_chord(self, letter: char) -> bool {
        // Copied, because a handler may add or remove others.
        let handlers = self.chords.with_value(ChordHandlers::in_order);
        handlers.iter().any(|handler| handler(letter))
    }

    fn keep_press(self, event: &KeyboardEvent) {
        if may_belong_to_list(event) {
            self.early.update_value(|early| early.keep_press(KeyPress::of(event)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn a_letter_is_found_on_any_keyboard() {
        assert_eq!(letter("C", "KeyC").as_deref(), Some("c"));
        assert_eq!(letter("с", "KeyC").as_deref(), Some("c"));
        assert_eq!(letter("\u{3}", "KeyC").as_deref(), Some("c"));
        assert_eq!(letter("?", "Minus").as_deref(), Some("?"));
        assert_eq!(letter("Enter", "Enter"), None);
    }
}
