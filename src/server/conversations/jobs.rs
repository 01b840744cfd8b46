//! The kinds of jobs that a change of a conversation leads to, and how a transaction enqueues one.
//!
//! Never here: carrying a job out. To add a kind: its name, and in [`UnitOfWork::enqueue`] the worker it wakes after the
//! commit.

use crate::{
    domain::time::{Span, Timestamp},
    server::store::jobs::JobRow,
};

use super::UnitOfWork;

/// A turn of the bot; the key is the conversation, the payload the message's id.
pub const TURN: &str = "turn";
/// An answer of the language model; the key is the conversation, the payload the first moment.
pub const MODEL: &str = "model";
/// A request to another system; the key is the conversation, the payload the call's id.
pub const CALL: &str = "call";
/// The end of the wait for an answer to a question; the key is the conversation, the payload the run's revision.
pub const PATIENCE: &str = "patience";
/// A flow goes on after an agent returned the conversation; the key is the conversation, the payload the run's revision.
pub const RESUME: &str = "resume";
/// The download of a file; the key is the media id.
pub const FETCH: &str = "fetch";
/// Blue ticks; the key is the conversation, the payload the message's wamid.
pub const READ: &str = "read";
/// The typing indicator; the key is the conversation, the payload the message's wamid. It shows blue ticks, too: Meta has
/// no indicator without them.
pub const TYPING: &str = "typing";

/// How long a blue-tick job may wait for its turn before it is pointless.
pub const READ_LIFE: Span = Span::hours(1);

impl UnitOfWork {
    /// Enqueues a job; after the commit it is done by whoever takes it first.
    pub fn enqueue(&mut self, kind: &'static str, key: &str, payload: String, due: Timestamp) {
        self.jobs.push(JobRow {
            id: self.entropy.id(self.now),
            tenant_id: self.tenant.id.clone(),
            kind: kind.to_owned(),
            key: key.to_owned(),
            payload,
            due_at: due.0,
            attempts: 0,
        });
        match kind {
            TURN | RESUME => self.enqueued.turns = true,
            CALL => self.enqueued.calls = true,
            FETCH => self.enqueued.media = true,
            READ | TYPING => self.enqueued.marks = true,
            _ => {}
        }
    }

    /// Wakes the model's workers after the commit.
    pub fn wake_models(&mut self) {
        self.enqueued.models = true;
    }

    /// Wakes the outbox after the commit.
    pub fn wake_outbox(&mut self) {
        self.enqueued.outbox = true;
    }
}
