//! Enqueues the jobs that a change of a conversation leads to.
//!
//! Workers do not belong here. To add a kind: a variant of [`JobKind`], and in [`UnitOfWork::enqueue`] the worker that
//! it wakes after the commit.

use crate::{
    domain::time::{Span, Timestamp},
    server::store::jobs::{JobKind, JobRow},
};

use super::UnitOfWork;

/// After this time a read mark is pointless and its job is dropped.
pub const READ_LIFE: Span = Span::hours(1);

impl UnitOfWork {
    /// Enqueues a job. After the commit, any worker of its kind may take it.
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
            JobKind::Turn | JobKind::Reread | JobKind::Resume => self.enqueued.turns = true,
            JobKind::Call => self.enqueued.calls = true,
            JobKind::Fetch => self.enqueued.media = true,
            JobKind::Read | JobKind::Typing => self.enqueued.marks = true,
            // These are due later, when their workers poll.
            JobKind::Model
            | JobKind::QuestionTimeout
            | JobKind::Ending
            | JobKind::Snooze
            | JobKind::Silence
            | JobKind::Unattended
            | JobKind::Index
            | JobKind::CustomerIds => {}
        }
    }

    /// Wakes all workers of the bot after the commit.
    pub(super) fn wake_bot(&mut self) {
        self.enqueued.turns = true;
        self.enqueued.calls = true;
        self.enqueued.models = true;
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
