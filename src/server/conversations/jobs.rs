//! How a transaction enqueues the jobs that a change of a conversation leads to.
//!
//! Never here: carrying a job out. To add a kind: a variant of [`JobKind`], and in [`UnitOfWork::enqueue`] the worker it
//! wakes after the commit.

use crate::{
    domain::time::{Span, Timestamp},
    server::store::jobs::{JobKind, JobRow},
};

use super::UnitOfWork;

/// How long a blue-tick job may wait for its turn before it is pointless.
pub const READ_LIFE: Span = Span::hours(1);

impl UnitOfWork {
    /// Enqueues a job; after the commit it is done by whoever takes it first.
    pub fn enqueue(&mut self, kind: JobKind, key: &str, payload: String, due: Timestamp) {
        self.jobs.push(JobRow {
            id: self.entropy.id(self.now),
            tenant_id: self.tenant.id.clone(),
            kind,
            key: key.to_owned(),
            payload,
            due_at: due.0,
            attempts: 0,
        });
        match kind {
            JobKind::Turn | JobKind::Resume => self.enqueued.turns = true,
            JobKind::Call => self.enqueued.calls = true,
            JobKind::Fetch => self.enqueued.media = true,
            JobKind::Read | JobKind::Typing => self.enqueued.marks = true,
            // Due later: their workers find them by the clock.
            JobKind::Model | JobKind::Patience => {}
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
