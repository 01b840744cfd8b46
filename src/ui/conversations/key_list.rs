//! The dialog that lists the keyboard shortcuts of the Conversations page, opened by `?`.
//!
//! The shortcuts themselves are in `list/keys.rs`, `thread/keys.rs` and `handoff_cards/mod.rs`. A new one gets a line
//! here.

use leptos::{ev, prelude::*};

use super::thread::actions::AgentAction;
use crate::ui::{
    browser::{close_dialog, open_dialog},
    keyboard_layout::{is_shortcut, letter},
};

const ID: &str = "keys";

/// Where a key works, and what it does there.
fn sections() -> [(&'static str, Vec<(String, &'static str)>); 3] {
    let named =
        |rows: &[(&str, &'static str)]| rows.iter().map(|(key, words)| ((*key).to_owned(), *words)).collect::<Vec<_>>();
    let acts =
        AgentAction::ALL.into_iter().filter_map(|act| act.key().map(|key| (key.to_uppercase(), act.description())));
    let mut thread: Vec<_> = acts.collect();
    thread.extend(named(&[
        ("R", "Write a reply"),
        ("Enter", "Send reply"),
        ("Shift Enter", "New line"),
        ("Ctrl/⌘ Enter", "Send reply, also from a touch keyboard"),
        ("Esc", "Remove quote, or leave the reply box"),
    ]));
    let list = named(&[("J", "Next conversation"), ("K", "Previous conversation"), ("Enter", "Open"), ("/", "Search")]);
    let anywhere = named(&[("C", "Claim the longest-waiting conversation"), ("?", "Show shortcuts")]);
    [("List", list), ("Conversation", thread), ("Anywhere", anywhere)]
}

/// The dialog, closed until `?` is pressed.
#[component]
pub fn KeyList() -> impl IntoView {
    Effect::new(|| {
        let handle = window_event_listener(ev::keydown, |event| {
            if is_shortcut(&event) && letter(&event.key(), &event.code()).as_deref() == Some("?") {
                event.prevent_default();
                open_dialog(ID);
            }
        });
        on_cleanup(move || handle.remove());
    });
    let section = |(title, rows): (&'static str, Vec<(String, &'static str)>)| {
        let rows = rows.into_iter().map(|(key, words)| {
            view! {
                <dt>
                    <kbd>{key}</kbd>
                </dt>
                <dd>{words}</dd>
            }
        });
        view! {
            <h3>{title}</h3>
            <dl>{rows.collect_view()}</dl>
        }
    };
    view! {
        <dialog id=ID class="keys" aria-labelledby="keys-title">
            <h2 id="keys-title">"Keyboard shortcuts"</h2>
            {sections().into_iter().map(section).collect_view()}
            <div class="actions">
                <button type="button" class="btn" autofocus=true on:click=|_| close_dialog(ID)>
                    "Done"
                </button>
            </div>
        </dialog>
    }
}
