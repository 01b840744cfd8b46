//! The files over the field, each with how far it is and what can be done, and the button that attaches more.

use leptos::prelude::*;

use super::{super::FIELD, AttachedFile, send::send_recording};
use crate::ui::{
    browser,
    components::icon::Icon,
    conversations::thread::state::ThreadState,
    state::Connection,
    uploads::{FileLine, FileState},
};

/// The id of the field with which files are chosen.
const PICKER: &str = "reply-files";

#[component]
pub fn AttachButton() -> impl IntoView {
    let open = ThreadState::expect();
    view! {
        <input
            id=PICKER
            type="file"
            multiple=true
            hidden=true
            on:change=move |_| open.files.add(open, browser::chosen_files(PICKER))
        />
        <button
            type="button"
            class="btn ghost icon"
            aria-label="Attach files"
            title="Attach files. You can also paste or drop them."
            on:click=move |_| browser::choose_files(PICKER)
        >
            <Icon name="clip"/>
        </button>
    }
}

#[component]
pub fn AttachedFiles() -> impl IntoView {
    let open = ThreadState::expect();
    let files = open.files;
    Effect::new(move |before: Option<Connection>| {
        let now = open.app.connection.get();
        if now == Connection::Live && before.is_some_and(|before| before != Connection::Live) {
            files.resume();
        }
        now
    });
    view! {
        <ul class="attached-files" aria-label="Files to send" hidden=move || files.is_empty()>
            <For each=move || files.all.get() key=|file| file.key.clone() let:file>
                <FileChip file/>
            </For>
        </ul>
    }
}

#[component]
fn FileChip(file: AttachedFile) -> impl IntoView {
    let open = ThreadState::expect();
    let files = open.files;
    let name = file.name.clone();
    let state = file.state.clone();
    let state = Signal::derive(move || state.get());
    let file = StoredValue::new(file);
    Effect::new(move |_| {
        if let FileState::Waiting(waiting) = state.get()
            && files.takes_leaving(&file.with_value(|file| file.key.clone()))
        {
            untrack(|| send_recording(open, file.get_value(), waiting));
        }
    });
    let again = move |send_as| {
        files.again(&file.get_value(), send_as);
        focus_if_gone();
    };
    let remove = move |()| {
        files.remove(&file.get_value());
        focus_if_gone();
    };
    view! { <FileLine name state again remove/> }
}

/// Puts the focus on the text field if it goes away with a button that was pressed. Not where that opens a keyboard.
fn focus_if_gone() {
    request_animation_frame(|| {
        if !browser::has_coarse_pointer() {
            browser::focus_if_lost(FIELD);
        }
    });
}
