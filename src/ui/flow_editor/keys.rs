//! The outline's keyboard shortcuts, and their list. Letters act only while a row has the focus.

use leptos::{ev, prelude::*};

use super::{
    outline::{OutlineItem, OutlineMove},
    state::Editor,
};
use crate::{domain::flow::edit::Direction, ui::browser};

/// Every shortcut, with its description for the legend.
pub const LEGEND: [(&str, &str); 12] = [
    ("↑ ↓", "Move through the steps"),
    ("→ ←", "Into or out of a step's branches"),
    ("Enter", "Edit the step"),
    ("Esc", "Back to the steps"),
    ("A", "Add step below"),
    ("Shift A", "Add step inside the first branch"),
    ("Alt ↑ ↓", "Move up, move down"),
    ("Alt → ←", "Move into the branch above, move out"),
    ("D", "Duplicate"),
    ("Del", "Delete"),
    ("Ctrl Z", "Undo"),
    ("Ctrl Shift Z", "Redo"),
];

/// Handles a key on a row of the tree.
pub fn pressed(event: &ev::KeyboardEvent, editor: Editor) {
    if event.default_prevented() || !browser::on_tree_item() {
        return;
    }
    let chord = event.ctrl_key() || event.meta_key();
    let key = event.key();
    let handled = if event.alt_key() {
        match direction(&key) {
            Some(direction) => {
                editor.shift(direction);
                true
            }
            None => false,
        }
    } else if chord {
        false
    } else {
        plain(event, editor)
    };
    if handled {
        event.prevent_default();
        event.stop_propagation();
    }
}

fn plain(event: &ev::KeyboardEvent, editor: Editor) -> bool {
    let key = event.key();
    match key.as_str() {
        "ArrowDown" => editor.walk(OutlineMove::Down),
        "ArrowUp" => editor.walk(OutlineMove::Up),
        "ArrowRight" => editor.walk(OutlineMove::In),
        "ArrowLeft" => editor.walk(OutlineMove::Out),
        "Home" => editor.walk(OutlineMove::First),
        "End" => editor.walk(OutlineMove::Last),
        "Enter" | " " => editor.open_form(),
        "Delete" | "Backspace" => editor.remove(),
        "a" | "A" => {
            let cursor = editor.cursor.get_untracked();
            let inside = event.shift_key() || key == "A";
            let place =
                editor.flow.with_untracked(|flow| if inside { cursor.inside(flow) } else { cursor.behind(flow) });
            editor.adding.set(place);
        }
        "d" | "D" => {
            if matches!(editor.cursor.get_untracked(), OutlineItem::Step(_)) {
                editor.duplicate();
            }
        }
        _ => return false,
    }
    true
}

fn direction(key: &str) -> Option<Direction> {
    Some(match key {
        "ArrowUp" => Direction::Up,
        "ArrowDown" => Direction::Down,
        "ArrowRight" => Direction::In,
        "ArrowLeft" => Direction::Out,
        _ => return None,
    })
}

/// Listens for undo and redo, except in a field, which undoes its own typing.
pub fn listen(editor: Editor) {
    let handle = window_event_listener(ev::keydown, move |event| {
        let chord = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
        if !chord || event.default_prevented() || browser::typing() {
            return;
        }
        match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
            ("z", false) => editor.undo(),
            ("z", true) | ("y", false) => editor.redo(),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || handle.remove());
}

#[component]
pub fn Legend() -> impl IntoView {
    view! {
        <details class="legend-keys">
            <summary><crate::ui::components::icon::Icon name="keyboard"/>"Keyboard shortcuts"</summary>
            <dl>
                {LEGEND
                    .into_iter()
                    .map(|(keys, words)| view! { <div><dt><kbd>{keys}</kbd></dt><dd>{words}</dd></div> })
                    .collect_view()}
            </dl>
        </details>
    }
}
