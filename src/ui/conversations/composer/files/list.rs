//! The files over the field, each with how far it is and what can be done, and the button that attaches more.

use leptos::prelude::*;

use super::{super::FIELD, AttachedFile, FileState, send::send_recording};
use crate::{
    domain::{
        direction::split_file_name,
        message::outgoing::FileKind,
        upload::{SendAs, WaitingFile},
        voice::PLAYED_AT_ONCE,
    },
    ui::{browser, components::icon::Icon, conversations::thread::state::ThreadState, state::Connection},
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
    let (body, ending) = split_file_name(&file.name);
    let state = file.state.clone();
    let state = Signal::derive(move || state.get());
    let file = StoredValue::new(file);
    let is_refused = move || matches!(state.get(), FileState::Refused { .. } | FileState::Failed { .. });
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
    view! {
        <li class="attached" class:refused=is_refused>
            {move || picture(&state.get())}
            <span>
                <b dir="auto">
                    <bdi>{body}</bdi>
                    <bdi dir="ltr">{ending}</bdi>
                </b>
                <small aria-live="polite">{move || words(&state.get())}</small>
            </span>
            {move || match state.get() {
                FileState::Uploading { percent, .. } => {
                    view! { <progress max="100" value=percent.to_string() aria-label="Upload"></progress> }.into_any()
                }
                FileState::Refused { has_way_out: true, .. } => {
                    view! {
                        <button type="button" class="btn" on:click=move |_| again(SendAs::Document)>
                            "Send as document"
                        </button>
                    }
                    .into_any()
                }
                FileState::Failed { send_as, .. } => {
                    view! {
                        <button type="button" class="btn" on:click=move |_| again(send_as)>
                            <Icon name="retry"/>
                            "Try again"
                        </button>
                    }
                    .into_any()
                }
                FileState::Waiting(file) if file.kind == FileKind::Voice => {
                    view! {
                        <audio
                            controls
                            preload="none"
                            src=format!("/media/{}", file.id)
                            aria-label="Voice message to send"
                        ></audio>
                    }
                    .into_any()
                }
                FileState::Queued(_)
                | FileState::Checking(_)
                | FileState::Waiting(_)
                | FileState::Sending(_)
                | FileState::Refused { has_way_out: false, .. } => ().into_any(),
            }}
            <button
                type="button"
                class="btn ghost icon"
                aria-label=file.with_value(|file| format!("Remove {}", file.name))
                disabled=move || matches!(state.get(), FileState::Sending(_))
                on:click=move |_| {
                    files.remove(&file.get_value());
                    focus_if_gone();
                }
            >
                <Icon name="x"/>
            </button>
        </li>
    }
}

/// Puts the focus on the text field if it goes away with a button that was pressed. Not where that opens a keyboard.
fn focus_if_gone() {
    request_animation_frame(|| {
        if !browser::has_coarse_pointer() {
            browser::focus_if_lost(FIELD);
        }
    });
}

/// A small picture of a picture, and an icon of everything else.
fn picture(state: &FileState) -> AnyView {
    match state {
        FileState::Waiting(file) | FileState::Sending(file) => match file.kind {
            FileKind::Image | FileKind::Sticker => view! { <img src=format!("/media/{}", file.id) alt=""/> }.into_any(),
            FileKind::Video | FileKind::Audio | FileKind::Document | FileKind::Voice => {
                view! { <Icon name=icon(file)/> }.into_any()
            }
        },
        FileState::Refused { .. } | FileState::Failed { .. } => view! { <Icon name="alert"/> }.into_any(),
        FileState::Queued(_) | FileState::Checking(_) | FileState::Uploading { .. } => {
            view! { <Icon name="file"/> }.into_any()
        }
    }
}

fn icon(file: &WaitingFile) -> &'static str {
    match file.kind {
        FileKind::Image => "image",
        FileKind::Video => "video",
        FileKind::Audio => "music",
        FileKind::Document => "file",
        FileKind::Sticker => "sticker",
        FileKind::Voice => "mic",
    }
}

fn words(state: &FileState) -> String {
    match state {
        FileState::Queued(_) => "Waiting".to_owned(),
        FileState::Checking(_) => "Checking…".to_owned(),
        // Not the number, which would be read out again and again.
        FileState::Uploading { .. } => "Uploading…".to_owned(),
        FileState::Waiting(file) => {
            let kind = match file.kind {
                FileKind::Image => "Photo",
                FileKind::Video => "Video",
                FileKind::Audio => "Audio",
                FileKind::Document => "Document",
                FileKind::Sticker => "Sticker",
                FileKind::Voice => "Voice message",
            };
            let facts = format!("{kind} · {}", size(file.size));
            let is_loaded_first = file.kind == FileKind::Voice && file.size > PLAYED_AT_ONCE;
            if is_loaded_first { format!("{facts} · too long for a play button on phones") } else { facts }
        }
        FileState::Sending(_) => "Sending…".to_owned(),
        FileState::Refused { words, .. } | FileState::Failed { words, .. } => words.clone(),
    }
}

/// `512 bytes`, `214 kB`, `3.4 MB`, in powers of ten, as in the thread.
fn size(bytes: u64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", (bytes + 500) / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
