//! Sends the files in order, one message each. The text in the field is the caption of the first one.

use leptos::{prelude::*, task::spawn_local};

use super::{super::saving::Saving, AttachedFile, Attachments, FileState};
use crate::{
    api::conversation::reply,
    contract::ApiError,
    domain::{message::reply::ReplyKind, upload::WaitingFile},
    ui::{
        conversations::{
            composer::lock::Locking,
            thread::{items::to_end, outgoing::Quoting, state::ThreadState},
        },
        state::Connection,
    },
};

/// A file of which the server is asked to make a message.
struct Leaving {
    attached: AttachedFile,
    file: WaitingFile,
}

/// Sends what is attached, once all of it is on the server.
pub fn send_files(open: ThreadState, saving: Saving) {
    let files = open.files;
    let caption = open.text.with_untracked(|text| text.trim().to_owned());
    let is_short = caption.chars().count() <= ReplyKind::Text.text_limit();
    let Some(leaving) = ready(files).filter(|_| is_short && Locking::is_writable(&open)) else { return };
    for one in &leaving {
        one.attached.state.set(FileState::Sending(one.file.clone()));
    }
    // The browser's copy of the text stays until the server has accepted the first file.
    let quoting = open.quote.get_untracked();
    let draft = if caption.is_empty() { None } else { saving.send() };
    open.text.set(String::new());
    open.quote.set(None);
    open.just_wrote.set(None);
    to_end(open);
    spawn_local(async move {
        let id = open.id();
        let app = open.app;
        let mut first = Some((caption, quoting, draft));
        for one in &leaving {
            let (body, quoting, draft) = first.take().unwrap_or_default();
            let quote = quoting.as_ref().map(|quoting| quoting.message.clone());
            // A file is one message, so its id tells a second attempt.
            let client_id = one.file.id.as_str().to_owned();
            let file = Some(one.file.id.clone());
            let done = reply(id.clone(), client_id, body.clone(), quote, ReplyKind::Text, draft, file).await;
            // What is left when the pane is left waits on the server.
            if open.text.is_disposed() {
                if let Err(error) = done {
                    app.show_error(&error);
                }
                return;
            }
            match done {
                Ok(()) => {
                    files.sent(&one.attached);
                    if !body.is_empty() {
                        saving.keep();
                    }
                }
                Err(error) => {
                    restore(open, saving, body, quoting, &error);
                    break;
                }
            }
        }
        for one in &leaving {
            if matches!(one.attached.state.get_untracked(), FileState::Sending(_)) {
                one.attached.state.set(FileState::Waiting(one.file.clone()));
            }
        }
        // Without a stream, which would bring the messages.
        if app.connection.get_untracked() != Connection::Live {
            open.reread();
        }
    });
}

/// The files, if there are some and all of them wait on the server.
fn ready(files: Attachments) -> Option<Vec<Leaving>> {
    let all = files.all.get_untracked();
    let leaving = all.into_iter().map(|attached| match attached.state.get_untracked() {
        FileState::Waiting(file) => Some(Leaving { attached, file }),
        FileState::Queued(_)
        | FileState::Checking(_)
        | FileState::Uploading { .. }
        | FileState::Sending(_)
        | FileState::Refused { .. }
        | FileState::Failed { .. } => None,
    });
    leaving.collect::<Option<Vec<_>>>().filter(|leaving| !leaving.is_empty())
}

/// Puts the text of a file that was not taken back into the field, before what was typed since.
fn restore(open: ThreadState, saving: Saving, body: String, quoting: Option<Quoting>, error: &ApiError) {
    if !body.is_empty() {
        open.text.update(|text| *text = super::super::draft::joined(vec![body, std::mem::take(text)]));
        saving.changed();
    }
    if open.quote.with_untracked(Option::is_none) {
        open.quote.set(quoting);
    }
    open.app.show_error(error);
    if matches!(error, ApiError::Conflict(_)) {
        open.reread();
    }
}
