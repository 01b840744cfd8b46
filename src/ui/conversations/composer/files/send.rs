//! Sends the files in order, one message each. The text in the field is the caption of the first one. A recording is sent by
//! itself.

use leptos::{prelude::*, task::spawn_local};

use super::{
    super::{draft, hand_over::hand_over, saving::Saving},
    AttachedFile, Attachments,
};
use crate::{
    contract::{ApiError, conversation::LaterReply},
    domain::{ids::MediaId, message::reply::ReplyKind, scheduled::SendChoice, upload::WaitingFile},
    ui::{
        browser::random_id,
        conversations::{
            composer::lock::Locking,
            thread::{items::to_end, outgoing::Quoting, state::ThreadState},
        },
        state::Connection,
        uploads::FileState,
    },
};

/// A file of which the server is asked to make a message.
struct Leaving {
    attached: AttachedFile,
    file: WaitingFile,
}

/// A file of which it is not known whether the server made a message of it, and the text that went with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unclear {
    file: MediaId,
    caption: String,
}

/// How often the server is asked to make a message of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    First,
    /// It may have made one, with this text.
    Again,
    /// It may have made one, with another text.
    WithOtherText,
}

impl Attempt {
    fn of(file: &MediaId, caption: &str, unclear: Option<&Unclear>) -> Self {
        match unclear.filter(|unclear| unclear.file == *file) {
            None => Self::First,
            Some(unclear) if unclear.caption == caption => Self::Again,
            Some(_) => Self::WithOtherText,
        }
    }

    /// By the same id the server recognizes a second attempt, and does nothing. It must not do so for another text, which
    /// would be lost: then it says that the file is gone, if it has made a message.
    fn client_id(self, file: &MediaId) -> String {
        match self {
            Self::First | Self::Again => file.as_str().to_owned(),
            Self::WithOtherText => random_id(),
        }
    }
}

/// Sends what is attached, once all of it is on the server. `choice` says when.
pub fn send_files(open: ThreadState, saving: Saving, choice: SendChoice) {
    let files = open.files;
    let caption = open.text.with_untracked(|text| text.trim().to_owned());
    let is_short = caption.chars().count() <= ReplyKind::Text.text_limit();
    let Some(leaving) = ready(files).filter(|_| is_short && Locking::is_writable(&open)) else { return };
    for one in &leaving {
        one.attached.state.set(FileState::Sending(one.file.clone()));
    }
    let quoting = open.quote.get_untracked();
    let draft = if caption.is_empty() { None } else { saving.send() };
    open.text.set(String::new());
    if !caption.is_empty() {
        files.caption.set_value(Some(caption.clone()));
        saving.keep();
    }
    open.quote.set(None);
    open.just_wrote.set(None);
    to_end(open);
    let (me, id, app) = (open.me(), open.id(), open.app);
    spawn_local(async move {
        let mut first = Some((caption, quoting, draft));
        for one in &leaving {
            let (body, quoting, draft) = first.take().unwrap_or_default();
            let quote = quoting.as_ref().map(|quoting| quoting.message.clone());
            let attempt = files.unclear.try_with_value(|unclear| Attempt::of(&one.file.id, &body, unclear.as_ref()));
            let attempt = attempt.unwrap_or(Attempt::First);
            let client_id = attempt.client_id(&one.file.id);
            let later = LaterReply {
                client_id,
                kind: ReplyKind::Text,
                body: body.clone(),
                quote,
                draft,
                file: Some(one.file.id.clone()),
                choice,
            };
            let done = hand_over(app, id.clone(), later).await;
            // What is left when the pane is left waits on the server.
            if open.text.is_disposed() {
                match done {
                    // Otherwise the copy of this browser would offer the text again.
                    Ok(_) if !body.is_empty() => app.note_draft(&id, &draft::remove_sent(&me, &id, &body)),
                    Ok(_) => {}
                    Err(error) => app.show_error(&error),
                }
                return;
            }
            files.caption.set_value(None);
            match done {
                Ok(waiting) => {
                    files.sent(&one.attached);
                    if let Some(message) = waiting {
                        open.scheduled.add(message);
                    }
                    files.unclear.set_value(None);
                    if !body.is_empty() {
                        saving.keep();
                        // The server leaves the draft alone when it has made this message before.
                        if attempt == Attempt::Again {
                            saving.changed();
                        }
                    }
                }
                Err(error) => {
                    if matches!(error, ApiError::Offline | ApiError::Internal) {
                        files.unclear.set_value(Some(Unclear { file: one.file.id.clone(), caption: body.clone() }));
                    }
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

/// Sends a recording by itself. What is typed meanwhile stays in the field.
pub(super) fn send_recording(open: ThreadState, attached: AttachedFile, file: WaitingFile) {
    if !Locking::is_writable(&open) {
        return;
    }
    attached.state.set(FileState::Sending(file.clone()));
    let quoting = open.quote.get_untracked();
    open.quote.set(None);
    open.just_wrote.set(None);
    to_end(open);
    let (id, app) = (open.id(), open.app);
    spawn_local(async move {
        let quote = quoting.as_ref().map(|quoting| quoting.message.clone());
        // By the file's id the server recognizes a second attempt.
        let client_id = file.id.as_str().to_owned();
        let later = LaterReply {
            client_id,
            kind: ReplyKind::Text,
            body: String::new(),
            quote,
            draft: None,
            file: Some(file.id.clone()),
            choice: SendChoice::AfterUndo,
        };
        let done = hand_over(app, id, later).await;
        // What is not sent waits on the server.
        if open.text.is_disposed() {
            if let Err(error) = done {
                app.show_error(&error);
            }
            return;
        }
        match done {
            Ok(waiting) => {
                open.files.sent(&attached);
                if let Some(message) = waiting {
                    open.scheduled.add(message);
                }
            }
            Err(error) => {
                if matches!(error, ApiError::Offline | ApiError::Internal) {
                    let unclear = Unclear { file: file.id.clone(), caption: String::new() };
                    open.files.unclear.set_value(Some(unclear));
                }
                attached.state.set(FileState::Waiting(file));
                if open.quote.with_untracked(Option::is_none) {
                    open.quote.set(quoting);
                }
                app.show_error(&error);
                if matches!(error, ApiError::Conflict(_)) {
                    open.reread();
                }
            }
        }
        // Without a stream, which would bring the message.
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
        open.text.update(|text| *text = draft::joined(vec![body, std::mem::take(text)]));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_attempt_is_recognized_unless_its_text_is_another_one() {
        let (file, other) = (MediaId::from("med_1"), MediaId::from("med_2"));
        let unclear = Unclear { file: file.clone(), caption: "Our shop".to_owned() };
        let of = |file: &MediaId, caption| Attempt::of(file, caption, Some(&unclear));
        assert_eq!(Attempt::of(&file, "Our shop", None), Attempt::First);
        assert_eq!(of(&other, "Our shop"), Attempt::First);
        assert_eq!((of(&file, "Our shop"), Attempt::Again.client_id(&file)), (Attempt::Again, "med_1".to_owned()));
        assert_eq!(of(&file, "A later text"), Attempt::WithOtherText);
        assert_ne!(Attempt::WithOtherText.client_id(&file), "med_1");
    }
}
