//! The dialog that lists the keys, on every page: Ctrl or Command with `/`, and `?` in the list of conversations.
//!
//! The keys themselves are in `list/keys.rs`, `thread/keys.rs`, `composer/field.rs`, `composer/note_input.rs`,
//! `call_strip/mod.rs` and `undo/list.rs`. A new one gets a line here.

use leptos::prelude::*;

use super::{
    composer::{NOTE_CHORD, SEND_CHORD},
    thread::{actions::AgentAction, snooze::SNOOZE_CHORD},
};
use crate::ui::{
    keyboard::{Keyboard, Platform, shown_platform},
    kit::Dialog,
    palette::{ActScope, Impact, Palette, PaletteAct},
    state::AppState,
};

/// A key and what it does.
type Line = (String, &'static str);

fn named(key: &str, words: &'static str) -> Line {
    (key.to_owned(), words)
}

/// Keys that work while the focus is in the list.
fn in_list(platform: Platform) -> Vec<Line> {
    vec![
        named("↑ ↓", "Move to another conversation"),
        named("Enter", "Open it"),
        named("Shift Enter", "Claim it, if it is waiting"),
        (platform.chord_label('n'), "Open what needs you next, from a conversation too"),
        named("Esc", "Back to the search that found it"),
    ]
}

/// Single letters of the list. They can be switched off.
fn letters() -> Vec<Line> {
    vec![
        named("J", "Open the next conversation"),
        named("K", "Open the previous conversation"),
        named("N", "Open what needs you next"),
        named("/", "Search"),
        named("?", "Show shortcuts"),
    ]
}

fn in_conversation(platform: Platform) -> Vec<Line> {
    let acts = AgentAction::ALL.into_iter().filter(|act| *act != AgentAction::Claim);
    let acts = acts.filter_map(|act| act.chord().map(|letter| (platform.chord_label(letter), act.description())));
    let writing = [
        named("Enter", "Send reply"),
        named("Shift Enter", "New line"),
        named("/", "Find a saved reply, at the beginning of a word"),
        (platform.command_label("Enter"), "Send reply, also from a touch keyboard"),
        named("Esc", "Remove the quote, leave the reply, go to the list"),
    ];
    let snooze = (platform.chord_label(SNOOZE_CHORD), "Snooze this conversation, or end its snooze");
    let note = (platform.chord_label(NOTE_CHORD), "Write a note for the team, or go back to the reply");
    let ways = (platform.chord_label(SEND_CHORD), "Other ways to send: as a template, or later");
    writing.into_iter().chain(acts).chain([snooze, note, ways]).collect()
}

fn anywhere(platform: Platform) -> Vec<Line> {
    vec![
        (platform.chord_label('c'), "Claim the open conversation, else the longest-waiting one"),
        (platform.chord_label('u'), "Undo the newest message, close, return, release, takeover or snooze"),
        (platform.chord_label('p'), "Go to the list of what can be undone"),
        (platform.command_label("K"), "Search and commands: conversations, pages and actions"),
        (platform.command_label("/"), "Show shortcuts"),
    ]
}

/// The dialog. Its content is drawn while it is open.
#[component]
pub fn KeyList() -> impl IntoView {
    let is_open = Keyboard::expect().key_list;
    Palette::expect().offer(ActScope::Viewer, move || {
        let opens = move || is_open.set(true);
        vec![PaletteAct::new("keys", "keyboard", "Keyboard shortcuts", Impact::Opens, opens).also("keys help")]
    });
    view! {
        <Dialog id="keys" class="keys" labelled_by="keys-title" is_open close=move |()| is_open.set(false)>
            <Keys close=move || is_open.set(false) />
        </Dialog>
    }
}

#[component]
fn Keys(close: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    let app = AppState::expect();
    let platform = shown_platform();
    let has_letters = move || app.viewer.with(|viewer| viewer.typing_keys);
    let sections = move || {
        let (platform, has_letters) = (platform.get(), has_letters());
        let mut list = in_list(platform);
        let mut conversation = in_conversation(platform);
        if has_letters {
            list = [letters(), list].concat();
            conversation.insert(0, named("Any letter", "Start a reply"));
        }
        [("List", list), ("Conversation", conversation), ("Anywhere", anywhere(platform))]
            .into_iter()
            .map(|(title, lines)| section(title, lines))
            .collect_view()
    };
    view! {
        <h2 id="keys-title">"Keyboard shortcuts"</h2>
        {sections}
        <p class="hint">
            {move || {
                if has_letters() {
                    "You can turn off single letters and “start a reply” in your account menu."
                } else {
                    "Single letters and “start a reply” are off. Turn them on in your account menu."
                }
            }}
        </p>
        <div class="actions">
            <button type="button" class="btn" autofocus=true on:click=move |_| close()>
                "Done"
            </button>
        </div>
    }
}

fn section(title: &'static str, lines: Vec<Line>) -> impl IntoView {
    let lines = lines.into_iter().map(|(key, words)| {
        view! {
            <dt>
                <kbd>{key}</kbd>
            </dt>
            <dd>{words}</dd>
        }
    });
    view! {
        <h3>{title}</h3>
        <dl>{lines.collect_view()}</dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chord_of_an_action_is_listed() {
        for platform in [Platform::Other, Platform::Mac] {
            let listed: Vec<Line> = [in_conversation(platform), anywhere(platform)].concat();
            for letter in AgentAction::ALL.into_iter().filter_map(AgentAction::chord).chain([
                SNOOZE_CHORD,
                NOTE_CHORD,
                SEND_CHORD,
            ]) {
                let keys = platform.chord_label(letter);
                assert_eq!(listed.iter().filter(|(key, _)| *key == keys).count(), 1, "{keys}");
            }
        }
    }
}
