//! A file with how far it is, and what can be done.

use leptos::prelude::*;

use super::FileState;
use crate::{
    domain::{
        direction::split_file_name,
        message::outgoing::FileKind,
        upload::{SendAs, WaitingFile},
        voice::PLAYED_AT_ONCE,
    },
    ui::components::icon::Icon,
};

/// A line of a list of files.
#[component]
pub fn FileLine(
    name: String,
    state: Signal<FileState>,
    /// Tries it again, or as a document.
    #[prop(into)]
    again: Callback<SendAs>,
    #[prop(into)] remove: Callback<()>,
) -> impl IntoView {
    let (body, ending) = split_file_name(&name);
    let is_refused = move || matches!(state.get(), FileState::Refused { .. } | FileState::Failed { .. });
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
                        <button type="button" class="btn" on:click=move |_| again.run(SendAs::Document)>
                            "Send as document"
                        </button>
                    }
                    .into_any()
                }
                FileState::Failed { send_as, .. } => {
                    view! {
                        <button type="button" class="btn" on:click=move |_| again.run(send_as)>
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
                aria-label=format!("Remove {name}")
                disabled=move || matches!(state.get(), FileState::Sending(_))
                on:click=move |_| remove.run(())
            >
                <Icon name="x"/>
            </button>
        </li>
    }
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
