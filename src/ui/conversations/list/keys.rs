//! The list's keys.
//!
//! Letters act while the focus is in the list, and while no conversation is open and nothing has the focus. They only
//! move around: `J` and `K` to the next and previous conversation, `N` to what needs the viewer next, `/` to the
//! search, `?` to the list of keys. The focus stays in the list, so the next letters reach no reply. Claiming, which a customer
//! and colleagues notice, is Shift+Enter on a row that waits.

mod step_back;

use std::{sync::Arc, time::Duration};

use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    LIST, ROWS, announcer::Announcer, listing::Listing, next::next, query::DeskLocation, row::row_id, search,
    steady::keep_rows_steady,
};
use crate::{
    api::desk::read_desk,
    domain::{
        desk::{Filter, Group, Row, RowState},
        ids::ConversationId,
    },
    ui::{
        browser,
        conversations::{
            call_strip::{ClaimPlace, Claims},
            pane_focus::{PaneFocus, REGION},
            read_ahead::ReadAhead,
        },
        keyboard::{ChordScope, KeyPress, Keyboard, is_shortcut, letter, typing_keys_are_on},
        kit::{ToastEnd, ToastTone},
        palette::{ActScope, Impact, Palette, PaletteAct},
        state::AppState,
    },
};

/// How long after a step the conversation is read that the next step would open. The one that was opened comes first.
const NEIGHBOUR: Duration = Duration::from_millis(120);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Down,
    Up,
}

/// What a step does at the first and the last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AtEnd {
    Stay,
    Wrap,
}

/// The index of the row that a step leads to: from nowhere to the first one.
fn stepped(from: Option<usize>, rows: usize, step: Step, at_end: AtEnd) -> Option<usize> {
    let last = rows.checked_sub(1)?;
    let Some(from) = from else { return Some(0) };
    Some(match (step, at_end) {
        (Step::Down, AtEnd::Stay) => (from + 1).min(last),
        (Step::Down, AtEnd::Wrap) if from >= last => 0,
        (Step::Down, AtEnd::Wrap) => from + 1,
        (Step::Up, AtEnd::Stay) => from.saturating_sub(1),
        (Step::Up, AtEnd::Wrap) => from.checked_sub(1).unwrap_or(last),
    })
}

/// What going to another conversation does to the browser's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum History {
    Push,
    /// Walking through the list leaves one entry.
    Replace,
}

type Go = Arc<dyn Fn(&str, NavigateOptions) + Send + Sync>;

#[derive(Clone, Copy)]
struct Keys {
    app: AppState,
    listing: Listing,
    place: DeskLocation,
    keyboard: Keyboard,
    claims: Claims,
    pane_focus: PaneFocus,
    ahead: ReadAhead,
    go: StoredValue<Go>,
    /// `J` or `K` is held down. The conversation opens when it is released.
    held: StoredValue<bool>,
}

/// Listens until the page is left, says what changes, and keeps the rows steady.
#[component]
pub fn ListKeys(listing: Listing, place: DeskLocation) -> impl IntoView {
    use_keys(listing, place);
    keep_rows_steady(listing);
    view! { <Announcer listing place /> }
}

fn use_keys(listing: Listing, place: DeskLocation) {
    let keys = Keys {
        app: AppState::expect(),
        listing,
        place,
        keyboard: Keyboard::expect(),
        claims: Claims::expect(),
        pane_focus: PaneFocus::expect(),
        ahead: ReadAhead::expect(),
        go: StoredValue::new(Arc::new(use_navigate())),
        held: StoredValue::new(false),
    };
    keys.keyboard.on_chord(ChordScope::Page, move |letter| {
        let is_next = letter == 'n';
        if is_next {
            keys.next();
        }
        is_next
    });
    Palette::expect().offer(ActScope::Desk, move || {
        let next = PaletteAct::new("next", "jump", "Open what needs you next", Impact::Opens, move || keys.next());
        vec![next.with_chord('n')]
    });
    keys.keyboard.on_early_press(move |press| keys.pressed(press));
    Effect::new(move |_| {
        let pressed = window_event_listener(ev::keydown, move |event| {
            if is_shortcut(&event) && keys.pressed(&KeyPress::of(&event)) {
                event.prevent_default();
            }
        });
        let released = window_event_listener(ev::keyup, move |_| keys.released());
        on_cleanup(move || {
            pressed.remove();
            released.remove();
        });
    });
    keep_focus(listing);
    keys.ahead.follow();
    read_next_ahead(keys);
}

/// Reads what `N` opens, again after every change of it.
fn read_next_ahead(keys: Keys) {
    Effect::new(move |_| {
        keys.app.connection.track();
        // Counts and rows change together.
        let _tracked = keys.listing.count(Group::ReplyNow);
        let (waiting, open) = (keys.app.waiting(), keys.place.open.get());
        let reply_now = keys.listing.rows(Group::ReplyNow);
        // With a filter the list does not know what `N` opens.
        let is_whole = keys.place.filter.with(|filter| *filter == Filter::default());
        if let Some(id) = next(&reply_now, &waiting, open.as_ref()).filter(|_| is_whole) {
            keys.ahead.want(id.clone());
        }
    });
}

/// A row that moves is inserted again, and loses the focus by that. It gets it back, so that the letters that follow
/// stay in the list.
fn keep_focus(listing: Listing) {
    let last = StoredValue::new(None::<ConversationId>);
    Effect::new(move |_| {
        // Not when a row loses the focus: one that is removed does so as well.
        let focused = window_event_listener(ev::focusin, move |_| last.set_value(listing.focused.get_value()));
        let clicked = window_event_listener(ev::pointerdown, move |_| last.set_value(None));
        on_cleanup(move || {
            focused.remove();
            clicked.remove();
        });
    });
    Effect::new(move |_| {
        listing.track_order();
        request_animation_frame(move || {
            if let Some(id) = last.try_get_value().flatten() {
                browser::focus_if_lost(&row_id(&id));
                browser::focus_if_lost(ROWS);
            }
        });
    });
}

impl Keys {
    /// Returns whether the key is one of the list's here, so that it has no other meaning.
    fn pressed(self, press: &KeyPress) -> bool {
        let on_row = self.listing.focused.with_value(Option::is_some);
        match press.key.as_str() {
            "Escape" => return self.step_back(),
            "Enter" if on_row && press.shift => self.claim(press),
            "ArrowDown" if on_row => self.walk(Step::Down),
            "ArrowUp" if on_row => self.walk(Step::Up),
            _ => return self.letter_pressed(press),
        }
        true
    }

    fn letter_pressed(self, press: &KeyPress) -> bool {
        if !typing_keys_are_on(self.app) || !self.has_keyboard() {
            return false;
        }
        let Some(letter) = letter(&press.key, &press.code) else { return false };
        match letter.as_str() {
            "j" => self.open_step(press, Step::Down),
            "k" => self.open_step(press, Step::Up),
            "n" if !press.repeats => self.next(),
            "/" => browser::focus(search::FIELD),
            "?" => self.keyboard.key_list.set(true),
            _ => return false,
        }
        true
    }

    /// Whether letters belong to the list.
    fn has_keyboard(self) -> bool {
        let nothing_open = self.place.open.with_untracked(Option::is_none);
        browser::focus_is_within(LIST) || (nothing_open && browser::is_free_for_letters(REGION))
    }

    /// Moves the focus alone.
    fn walk(self, step: Step) {
        if let Some(id) = self.stepped(step, AtEnd::Stay) {
            browser::focus(&row_id(&id));
        }
    }

    /// Moves the focus, and opens the conversation beside the list. While the key is held down only the focus moves.
    fn open_step(self, press: &KeyPress, step: Step) {
        let Some(id) = self.stepped(step, AtEnd::Wrap) else { return };
        browser::focus(&row_id(&id));
        self.held.set_value(press.repeats);
        if !press.repeats {
            self.open_beside(&id);
            set_timeout(move || self.read_neighbour_ahead(&id, step), NEIGHBOUR);
        }
    }

    /// Reads what the next step would open, if the last one led to `from`.
    fn read_neighbour_ahead(self, from: &ConversationId, step: Step) {
        // The page may have been left since.
        let open = self.place.open.try_get_untracked().flatten();
        if open.as_ref() == Some(from)
            && let Some(next) = self.stepped(step, AtEnd::Wrap)
        {
            self.ahead.want(next);
        }
    }

    fn released(self) {
        let was_held = self.held.try_update_value(std::mem::take).unwrap_or_default();
        if was_held && let Some(id) = self.listing.focused.get_value() {
            self.open_beside(&id);
        }
    }

    /// The row that a step leads to, from the focused row, else from the open one, else to the first. A closed
    /// conversation that is open does not count: after a close the next one is at the top, not in the archive.
    fn stepped(self, step: Step, at_end: AtEnd) -> Option<ConversationId> {
        let ids = self.listing.all_ids();
        let from = self.listing.focused.get_value().or_else(|| self.open_unless_closed());
        let at = from.and_then(|from| ids.iter().position(|id| *id == from));
        ids.get(stepped(at, ids.len(), step, at_end)?).cloned()
    }

    fn open_unless_closed(self) -> Option<ConversationId> {
        let open = self.place.open.get_untracked()?;
        let row = self.listing.cell(&open)?;
        let is_closed = row.with_untracked(|row| matches!(row.state, RowState::Closed { .. }));
        (!is_closed).then_some(open)
    }

    /// Opens a conversation if list and thread are both shown. Else the list would go away under the focus.
    fn open_beside(self, id: &ConversationId) {
        if browser::is_shown(LIST) && browser::is_shown(REGION) {
            self.open(id, History::Replace);
        }
    }

    fn open(self, id: &ConversationId, history: History) {
        let is_open = self.place.open.with_untracked(|open| open.as_ref() == Some(id));
        if !is_open {
            self.go_to(&untrack(|| self.place.open_link(id)), history);
        }
    }

    fn go_to(self, address: &str, history: History) {
        let replace = history == History::Replace;
        let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
        // The page may have been left while the desk was read.
        let _gone = self.go.try_with_value(|go| go(address, options));
    }

    /// Claims the focused row if it waits. Shift+Enter on any other row does nothing, instead of opening a window.
    fn claim(self, press: &KeyPress) {
        let Some(id) = self.listing.focused.get_value().filter(|_| !press.repeats) else { return };
        let row = self.listing.cell(&id);
        if row.is_some_and(|row| row.with_untracked(|row| row.state == RowState::Waiting)) {
            let address = untrack(|| self.place.open_link(&id));
            self.claims.claim(id, address, ClaimPlace::List);
        } else {
            let words = "This conversation isn't waiting.";
            self.app.toast_until(ToastEnd::ConversationLeft, ToastTone::Info, words);
        }
    }

    /// Opens what needs the viewer next, whatever the list's filter hides.
    fn next(self) {
        if self.place.listed.with_untracked(|filter| *filter == Filter::default()) {
            return self.open_next(&self.listing.rows(Group::ReplyNow));
        }
        spawn_local(async move {
            let read = read_desk(Filter::default()).await;
            // The page may have been left meanwhile.
            if self.go.is_disposed() {
                return;
            }
            match read {
                Ok(desk) => {
                    let reply_now =
                        desk.groups.get(&Group::ReplyNow).map(|range| range.rows.as_slice()).unwrap_or_default();
                    self.open_next(reply_now);
                }
                Err(error) => self.app.show_error(&error),
            }
        });
    }

    fn open_next(self, reply_now: &[Row]) {
        let waiting = untrack(|| self.app.waiting());
        let open = self.place.open.get_untracked();
        let Some(id) = next(reply_now, &waiting, open.as_ref()) else {
            let words = "Nothing needs you right now.";
            return self.app.toast_until(ToastEnd::ConversationLeft, ToastTone::Info, words);
        };
        let from_list = self.has_keyboard();
        self.open(id, History::Push);
        if from_list {
            let row = row_id(id);
            // The list may go away with the conversation, where there is room for one of them.
            request_animation_frame(move || {
                browser::focus(&row);
                browser::focus_if_lost(ROWS);
                browser::focus_if_lost(REGION);
            });
        } else {
            self.pane_focus.ask();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_wrap_and_arrows_stay() {
        for (from, step, stays, wraps) in
            [(0, Step::Down, 1, 1), (2, Step::Down, 2, 0), (2, Step::Up, 1, 1), (0, Step::Up, 0, 2)]
        {
            assert_eq!(stepped(Some(from), 3, step, AtEnd::Stay), Some(stays), "{from} {step:?}");
            assert_eq!(stepped(Some(from), 3, step, AtEnd::Wrap), Some(wraps), "{from} {step:?}");
        }
        assert_eq!(stepped(None, 3, Step::Up, AtEnd::Wrap), Some(0));
        assert_eq!(stepped(None, 0, Step::Down, AtEnd::Wrap), None);
    }
}
