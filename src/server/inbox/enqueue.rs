//! What a transaction owes besides messages: jobs, and the bells that wake their workers after the commit.

use crate::{domain::time::Timestamp, server::store::jobs::JobRow};

use super::{UnitOfWork, bot, desk, receive};

impl UnitOfWork {
    /// Owes a job; it is done after the commit, by whoever takes it first.
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
        self.wake(kind);
    }

    fn wake(&mut self, kind: &str) {
        match kind {
            receive::TURN | bot::RESUME => self.enqueued.turns = true,
            bot::CALL => self.enqueued.calls = true,
            receive::FETCH => self.enqueued.media = true,
            desk::READ | desk::TYPING => self.enqueued.marks = true,
            _ => {}
        }
    }

    /// Has the models' turns looked at after the commit.
    pub fn wake_models(&mut self) {
        self.enqueued.models = true;
    }

    /// Has the outbox looked at after the commit.
    pub fn wake_outbox(&mut self) {
        self.enqueued.outbox = true;
    }
}
