//! The thread's keys: its chords, and type-to-reply.

use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
};

use super::{actions::AgentAction, scheduled::TAKE_BACK_CHORD, snooze::SNOOZE_CHORD, state::ThreadState};
use crate::ui::{
    browser,
    conversations::{
        composer::{self, ComposerTabs, Locking, NOTE_CHORD, NOTE_FIELD, SEND_CHORD, SendMenu},
        pane_focus::REGION,
    },
    keyboard::{ChordScope, Keyboard, types_text, typing_keys_are_on},
};

#[derive(Clone, Copy)]
struct ThreadKeys {
    open: ThreadState,
    lock: Locking,
    tabs: ComposerTabs,
    menu: SendMenu,
    keyboard: Keyboard,
}

/// Listens until the pane is left.
pub fn listen(open: ThreadState) {
    let keys = ThreadKeys {
        open,
        lock: Locking::expect(),
        tabs: ComposerTabs::expect(),
        menu: SendMenu::expect(),
        keyboard: Keyboard::expect(),
    };
    keys.keyboard.on_chord(ChordScope::Conversation, move |letter| keys.act(letter));
    Effect::new(move |_| {
        let pressed = window_event_listener(ev::keydown, move |event| {
            if keys.starts_reply(&event) {
                // The browser delivers the character to the field that has the focus after this event, as text, dead
                // key or composition. So nothing is prevented and nothing inserted here.
                browser::focus_at_end(keys.field());
            }
        });
        on_cleanup(move || pressed.remove());
    });
}

impl ThreadKeys {
    /// The action of a chord, if it is possible here.
    fn act(self, letter: char) -> bool {
        if letter == NOTE_CHORD {
            self.tabs.switch();
            return true;
        }
        if letter == TAKE_BACK_CHORD {
            return self.open.undo_sending();
        }
        if letter == SEND_CHORD {
            let may_send = self.lock.takes_templates_untracked() && !self.tabs.is_note_untracked();
            if may_send {
                self.menu.open();
            }
            return may_send;
        }
        if letter == SNOOZE_CHORD {
            return self.open.press_snooze();
        }
        let is_it = |act: &AgentAction| act.chord() == Some(letter) && self.open.may(*act);
        match AgentAction::ALL.into_iter().find(is_it) {
            Some(act) => {
                self.open.press(act);
                true
            }
            None => false,
        }
    }

    /// The field of what is written now.
    fn field(self) -> &'static str {
        if self.tabs.is_note_untracked() { NOTE_FIELD } else { composer::FIELD }
    }

    /// Whether the key is the first of a reply or note: it types text, nothing else wants it, and a reply to this
    /// conversation is possible, or a note is shown.
    fn starts_reply(self, event: &KeyboardEvent) -> bool {
        !event.repeat()
            && !event.default_prevented()
            && types_text(event)
            && typing_keys_are_on(self.open.app)
            && !browser::has_open_dialog()
            && browser::is_free_for_letters(REGION)
            && (self.tabs.is_note_untracked() || self.lock.is_open_untracked())
            && !self.keyboard.is_mid_sentence(event)
    }
}
