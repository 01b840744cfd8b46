//! Durable work besides sending: enqueued in the transaction of the fact that calls for it, taken with a lease, finished
//! in the transaction of its result.

use crate::{
    domain::{ids::NodeId, time::Span},
    server::{
        clock::{Clock, Entropy},
        store::{
            self, Db, Lease, Leased,
            jobs::{self, JobKind, JobRow, Selection},
        },
    },
};

#[derive(Clone)]
pub struct Jobs {
    db: Db,
    clock: Clock,
    entropy: Entropy,
    owner: NodeId,
}

impl Jobs {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, owner: NodeId) -> Self {
        Self { db, clock, entropy, owner }
    }

    /// A new lease of this node's.
    pub fn lease(&self) -> Lease {
        Lease { owner: self.owner.clone(), token: hex::encode(self.entropy.bytes::<8>()) }
    }

    /// Takes up to `limit` due jobs of a kind for the time `span`.
    pub async fn take(
        &self,
        kind: JobKind,
        due: Selection,
        span: Span,
        limit: i64,
    ) -> store::Result<Vec<Leased<JobRow>>> {
        let now = self.clock.now();
        // Looking costs no writer's turn; most looks find nothing.
        let mut look = self.db.begin_read().await?;
        let is_due = jobs::is_due(&mut look, kind, now).await?;
        drop(look);
        if !is_due {
            return Ok(Vec::new());
        }
        let mut tx = self.db.begin_write().await?;
        let taken = jobs::take(&mut tx, kind, due, now, &self.lease(), now.plus(span), limit).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Ends a job that left nothing behind.
    pub async fn finish(&self, job: &Leased<JobRow>) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::finish(&mut tx, job).await?;
        tx.commit().await
    }

    /// Gives a job back, to be tried again after `wait`.
    pub async fn reschedule(&self, job: &Leased<JobRow>, wait: Span) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::reschedule(&mut tx, job, self.clock.now().plus(wait)).await?;
        tx.commit().await
    }
}
