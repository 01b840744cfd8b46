//! Durable work besides sending: taken with a lease, fenced by a token. Enqueued by `conversations::UnitOfWork` in the transaction of
//! the fact that owes it, and finished in the transaction of its result.

mod worker_pool;

use crate::{
    domain::time::Span,
    server::{
        clock::Clock,
        store::{
            self, Db,
            jobs::{self, JobRow},
        },
    },
};

pub use self::worker_pool::WorkerPool;
pub use crate::server::store::jobs::{JobKind, Selection};

#[derive(Clone)]
pub struct Jobs {
    db: Db,
    clock: Clock,
}

impl Jobs {
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }

    /// Takes up to `limit` due jobs of a kind for `lease`.
    pub async fn take(
        &self,
        kind: JobKind,
        due: Selection,
        lease: Span,
        token: &str,
        limit: i64,
    ) -> store::Result<Vec<JobRow>> {
        let now = self.clock.now();
        // Looking costs no writer's turn; most looks find nothing.
        let mut look = self.db.begin_read().await?;
        let is_due = jobs::is_due(&mut look, kind, now).await?;
        drop(look);
        if !is_due {
            return Ok(Vec::new());
        }
        let mut tx = self.db.begin_write().await?;
        let taken = jobs::take(&mut tx, kind, due, now, now.plus(lease), token, limit).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Ends a job that left nothing behind.
    pub async fn finish(&self, job: &JobRow, token: &str) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::finish(&mut tx, &job.id, token).await?;
        tx.commit().await
    }

    /// Lets go of every lease of a kind: whoever held one died with the last server.
    pub async fn release(&self, kind: JobKind) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::release(&mut tx, kind).await?;
        tx.commit().await
    }

    /// Gives a job back, to be tried again after `wait`.
    pub async fn reschedule(&self, job: &JobRow, token: &str, wait: Span) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::reschedule(&mut tx, &job.id, token, self.clock.now().plus(wait)).await?;
        tx.commit().await
    }
}
