//! Durable jobs other than sends: enqueued in the transaction of their cause, taken with a lease, finished in the
//! transaction of their result.

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

    /// A new lease of this node.
    pub fn lease(&self) -> Lease {
        Lease { owner: self.owner.clone(), token: hex::encode(self.entropy.bytes::<8>()) }
    }

    /// Takes up to `limit` due jobs of a kind with a lease for `span`.
    pub async fn take(
        &self,
        kind: JobKind,
        due: Selection,
        span: Span,
        limit: i64,
    ) -> store::Result<Vec<Leased<JobRow>>> {
        let now = self.clock.now();
        // A read transaction first, because most polls find nothing and need no write lock.
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

    /// Ends a job without a result.
    pub async fn finish(&self, job: &Leased<JobRow>) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::finish(&mut tx, job).await?;
        tx.commit().await
    }

    /// Puts a job back for another attempt after `wait`.
    pub async fn reschedule(&self, job: &Leased<JobRow>, wait: Span) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::reschedule(&mut tx, job, self.clock.now().plus(wait)).await?;
        tx.commit().await
    }
}
