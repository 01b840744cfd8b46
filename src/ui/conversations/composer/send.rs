//! Sending what was typed. It is part of the draft until the server has accepted it, and returns to the field when the
//! server refuses it.

use leptos::{prelude::*, task::spawn_local};

use super::{draft, hand_over::hand_over, lock::Locking, saving::Saving};
use crate::{
    contract::{ApiError, conversation::LaterReply},
    domain::{message::reply::ReplyKind, scheduled::SendChoice},
    ui::{
        browser::random_id,
        conversations::thread::{
            items::to_end,
            outgoing::{Quoting, Sending},
            state::ThreadState,
        },
        state::InFlight,
    },
};

/// `choice` says when the server sends it.
pub fn send(open: ThreadState, saving: Saving, unclear: StoredValue<Option<InFlight>>, choice: SendChoice) {
    let (text, kind) = (open.text, ReplyKind::Text);
    let body = text.with_untracked(|text| text.trim().to_owned());
    let is_sendable = (1..=kind.text_limit()).contains(&body.chars().count());
    // A colleague may have taken over. Then the text stays in the field, which is read-only.
    if !is_sendable || !Locking::is_writable(&open) {
        return;
    }
    let quoting = open.quote.get_untracked();
    let quote = quoting.as_ref().map(|quoting| quoting.message.clone());
    let mut known = None;
    unclear.update_value(|unclear| known = unclear.take());
    let known = known
        .filter(|known| known.kind == kind && known.body == body && (quote.is_none() || known.quote == quote))
        .map(|known| known.client_id);
    let is_repeated = known.is_some();
    let client_id = known.unwrap_or_else(random_id);

    // The field is emptied at once, so that a second press has nothing to send.
    text.set(String::new());
    let draft = saving.send();
    open.quote.set(None);
    open.just_wrote.set(None);
    open.sending.update(|all| all.push(Sending { client_id: client_id.clone(), body: body.clone(), accepted: false }));
    saving.keep();
    to_end(open);

    let (me, id) = (open.me(), open.id());
    let leaving = InFlight { conversation: id.clone(), client_id: client_id.clone(), kind, body: body.clone(), quote };
    let in_flight = open.app.in_flight;
    in_flight.update(|all| all.push(leaving.clone()));
    spawn_local(async move {
        let later = LaterReply {
            client_id: client_id.clone(),
            kind,
            body: body.clone(),
            quote: leaving.quote.clone(),
            draft,
            file: None,
            choice,
        };
        let done = hand_over(open.app, id.clone(), later).await;
        let arrived = || {
            let _gone = in_flight.try_update(|all| all.retain(|one| *one != leaving));
        };
        if text.is_disposed() {
            // The pane was left meanwhile. The draft still contains the reply, as it should after a failure.
            match done {
                Ok(_) => open.app.note_draft(&id, &draft::remove_sent(&me, &id, &body)),
                Err(error) => open.app.show_error(&error),
            }
            arrived();
            return;
        }
        arrived();
        match done {
            Ok(waiting) => {
                match waiting {
                    Some(message) => {
                        open.sending.update(|all| all.retain(|sending| sending.client_id != client_id));
                        open.scheduled.add(message);
                    }
                    None => open.accepted(&client_id),
                }
                saving.keep();
                // The server leaves the draft alone when it has accepted this reply before.
                if is_repeated {
                    saving.changed();
                }
            }
            Err(error) => {
                open.sending.update(|all| all.retain(|sending| sending.client_id != client_id));
                restore_reply(open, saving, &body, quoting);
                if matches!(error, ApiError::Offline | ApiError::Internal) {
                    unclear.set_value(Some(leaving));
                }
                open.app.show_error(&error);
                if matches!(error, ApiError::Conflict(_)) {
                    open.reread();
                }
            }
        }
    });
}

/// Puts a refused reply back into the field, before what was typed since.
fn restore_reply(open: ThreadState, saving: Saving, body: &str, quoting: Option<Quoting>) {
    open.text.update(|text| *text = draft::joined(vec![body.to_owned(), std::mem::take(text)]));
    if open.quote.with_untracked(Option::is_none) {
        open.quote.set(quoting);
    }
    saving.changed();
}
