//! The list's keyboard shortcuts: `j` and `k`, or the arrows on a row, move the focus; `/` focuses the search. Enter on
//! a row follows its link.

use leptos::{ev, prelude::*};

use super::{listing::Listing, query::DeskLocation, row::row_id, search};
use crate::ui::{
    browser,
    keyboard_layout::{is_shortcut, letter},
};

#[derive(Clone, Copy)]
enum Step {
    Down,
    Up,
}

/// Listens until the page is left.
pub fn use_keys(listing: Listing, place: DeskLocation) {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| pressed(&event, listing, place));
        on_cleanup(move || handle.remove());
    });
}

fn pressed(event: &ev::KeyboardEvent, listing: Listing, place: DeskLocation) {
    if !is_shortcut(event) {
        return;
    }
    let on_row = listing.focused.with_value(Option::is_some);
    let key = event.key();
    let key = letter(&key, &event.code()).unwrap_or(key);
    let step = match key.as_str() {
        "/" => {
            event.prevent_default();
            browser::focus(search::FIELD);
            return;
        }
        "j" => Step::Down,
        "k" => Step::Up,
        "ArrowDown" if on_row => Step::Down,
        "ArrowUp" if on_row => Step::Up,
        _ => return,
    };
    event.prevent_default();
    walk(step, listing, place);
}

/// Moves the focus from the focused row, else from the open one, else to the top.
fn walk(step: Step, listing: Listing, place: DeskLocation) {
    let ids = listing.all_ids();
    let from = listing.focused.get_value().or_else(|| place.open.get_untracked());
    let at = from.and_then(|from| ids.iter().position(|id| *id == from));
    let to = match (at, step) {
        (None, _) => 0,
        (Some(at), Step::Down) => at + 1,
        (Some(at), Step::Up) => at.saturating_sub(1),
    };
    if let Some(id) = ids.get(to) {
        browser::focus(&row_id(id));
    }
}
