//! Keys that are pressed before the code that handles them is there. They are kept in order and played once it is.

use leptos::ev::KeyboardEvent;

use super::is_shortcut;
use crate::ui::{
    browser,
    conversations::{list::LIST, pane_focus::REGION},
};

/// The chords whose handlers come later, on every page.
const CHORDS: [char; 4] = ['c', 'n', 'p', 'u'];
/// More keys are not kept: nobody remembers them.
const MOST: usize = 16;

/// What decides the meaning of a key without a modifier besides Shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPress {
    pub key: String,
    pub code: String,
    pub shift: bool,
    /// The key is held down.
    pub repeats: bool,
}

impl KeyPress {
    pub fn of(event: &KeyboardEvent) -> Self {
        Self { key: event.key(), code: event.code(), shift: event.shift_key(), repeats: event.repeat() }
    }
}

/// A key that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarlyKey {
    /// The letter of a chord.
    Chord(char),
    /// A key of the list.
    Press(KeyPress),
}

/// The keys that are kept until [`EarlyKeys::end`].
#[derive(Debug, Default)]
pub struct EarlyKeys {
    is_over: bool,
    kept: Vec<EarlyKey>,
}

impl EarlyKeys {
    /// Keeps a chord that nobody has handled. Returns whether it is one that will be.
    pub fn keep_chord(&mut self, letter: char) -> bool {
        CHORDS.contains(&letter) && self.keep(EarlyKey::Chord(letter))
    }

    /// Keeps a key for the list. Whether it still has a meaning is decided when it is played.
    pub fn keep_press(&mut self, press: KeyPress) {
        self.keep(EarlyKey::Press(press));
    }

    fn keep(&mut self, key: EarlyKey) -> bool {
        let is_kept = !self.is_over && self.kept.len() < MOST;
        if is_kept {
            self.kept.push(key);
        }
        is_kept
    }

    /// Returns what was kept. From here on nothing is.
    pub fn end(&mut self) -> Vec<EarlyKey> {
        self.is_over = true;
        std::mem::take(&mut self.kept)
    }
}

/// Whether a key may be one of the list's.
pub fn may_belong_to_list(event: &KeyboardEvent) -> bool {
    is_shortcut(event) && (browser::focus_is_within(LIST) || browser::is_free_for_letters(REGION))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> KeyPress {
        KeyPress { key: key.to_owned(), code: String::new(), shift: false, repeats: false }
    }

    #[test]
    fn keys_are_kept_in_order_until_they_are_played() {
        let mut early = EarlyKeys::default();
        assert!(early.keep_chord('n'));
        early.keep_press(press("j"));
        // A chord of the thread, which has its own handlers.
        assert!(!early.keep_chord('x'));
        assert_eq!(early.end(), [EarlyKey::Chord('n'), EarlyKey::Press(press("j"))]);
        // What is pressed from here on is handled at once.
        assert!(!early.keep_chord('n'));
        early.keep_press(press("k"));
        assert!(early.end().is_empty());
    }

    #[test]
    fn few_keys_are_kept() {
        let mut early = EarlyKeys::default();
        (0..=MOST).for_each(|_| early.keep_press(press("j")));
        assert!(!early.keep_chord('c'));
        assert_eq!(early.end().len(), MOST);
    }
}
