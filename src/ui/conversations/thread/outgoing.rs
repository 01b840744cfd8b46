//! The replies of this page: what is being written and what is being sent, until its message arrives.

use leptos::prelude::*;

use super::{bubble::author_words, state::ThreadState};
use crate::{
    domain::{
        desk::ItemBody,
        ids::MessageId,
        message::{Content, Message, split_text},
    },
    ui::state::Connection,
};

/// A reply that is being sent, shown dimmed until its message arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    pub client_id: String,
    pub body: String,
    /// The server has accepted it; its frame has not arrived yet.
    pub accepted: bool,
}

/// The message that the next reply answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoting {
    pub message: MessageId,
    pub who: String,
    pub preview: String,
}

impl Quoting {
    /// A message of the open conversation.
    pub fn of(message: &Message, open: ThreadState) -> Self {
        let name = open.row.with_untracked(|row| row.name.clone());
        let who = author_words(&message.author, message.author_name.as_deref(), &open.me()).unwrap_or(name);
        Self { message: message.id.clone(), who, preview: message.content.preview() }
    }
}

impl ThreadState {
    /// Quotes again what a message quoted that was taken back, unless the next reply has a quote already.
    pub(super) fn restore_quote(&self, message: MessageId) {
        if self.quote.with_untracked(Option::is_some) {
            return;
        }
        let slot = self.slots.with_untracked(|slots| slots.iter().find(|slot| slot.key == message.as_str()).cloned());
        let quoting = match slot.map(|slot| slot.item.get_untracked().body) {
            Some(ItemBody::Message(message)) => Quoting::of(&message, *self),
            // It is further up than what is loaded.
            Some(ItemBody::Line(_) | ItemBody::Note(_)) | None => {
                Quoting { message, who: "Quote".to_owned(), preview: "an earlier message".to_owned() }
            }
        };
        self.quote.set(Some(quoting));
    }

    /// Whether the composer has text or files that were not sent. Does not track.
    pub fn has_draft(&self) -> bool {
        self.text.with_untracked(|text| !text.trim().is_empty()) || !self.files.is_empty_untracked()
    }

    /// Removes the dimmed bubble whose message arrived. A long reply arrives in pieces, of which the first counts. If
    /// no text matches, because the server changed it, the oldest bubble is removed: replies are accepted in order.
    pub(super) fn settle(&self, arrived: &Content) {
        let body = if let Content::Text { body } = arrived {
            body.as_str()
        } else if let Content::InteractiveSent(message) = arrived {
            message.body()
        } else {
            return;
        };
        let is_it = |sending: &Sending| split_text(&sending.body).first().is_some_and(|first| first == body);
        let arrived = self.sending.with_untracked(|all| {
            let oldest = (!all.is_empty()).then_some(0);
            all.iter().position(is_it).or(oldest)
        });
        if let Some(at) = arrived {
            self.sending.update(|all| {
                all.remove(at);
            });
        }
    }

    /// Marks a reply as accepted. Without a stream, which would bring its message, the conversation is read again.
    pub fn accepted(&self, client_id: &str) {
        self.sending.update(|all| {
            if let Some(sending) = all.iter_mut().find(|sending| sending.client_id == client_id) {
                sending.accepted = true;
            }
        });
        if self.app.connection.get_untracked() != Connection::Live {
            self.reread();
        }
    }
}
