//! Durable jobs other than sends: enqueued in the transaction of their cause, taken with a lease, finished in the
//! transaction of their result.

use super::{Rotation, ShareLimit, TenantShares};
use crate::{
    domain::{
        ids::{NodeId, TenantId},
        time::{Span, Timestamp},
    },
    server::{
        clock::{Clock, Entropy},
        store::{
            self, Db, Lease, Leased,
            jobs::{self, JobKind, JobRow, Selection},
        },
    },
};

/// Most jobs that [`Jobs::take_places`] takes at once.
const BATCH: usize = 64;

/// The wait before the next attempt of a job that failed after `attempts` others. Beyond `most` attempts the job cannot
/// even be given up. It is never dropped, because its conversation still needs an agent, but set aside for longer and
/// longer, up to nine minutes, so that it neither fills the log nor delays its tenant.
pub fn retry_after(attempts: i64, most: i64) -> Span {
    let beyond = (attempts - most).clamp(0, 8);
    Span::seconds(2_i64 << beyond)
}

#[derive(Clone)]
pub struct Jobs {
    db: Db,
    clock: Clock,
    entropy: Entropy,
    owner: NodeId,
    rotation: Rotation,
}

impl Jobs {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, owner: NodeId) -> Self {
        Self { db, clock, entropy, owner, rotation: Rotation::default() }
    }

    /// A new lease of this node.
    pub fn lease(&self) -> Lease {
        Lease { owner: self.owner.clone(), token: hex::encode(self.entropy.bytes::<8>()) }
    }

    /// Takes up to `limit` due jobs of a kind with a lease for `span`: of the tenants in turn, oldest first of each.
    pub async fn take(
        &self,
        kind: JobKind,
        due: Selection,
        span: Span,
        limit: i64,
    ) -> store::Result<Vec<Leased<JobRow>>> {
        let share = match due {
            Selection::Any | Selection::OnePerKey => ShareLimit::None,
            Selection::FairShare(most) => ShareLimit::AtMost(most),
        };
        self.take_shares(kind, due, span, limit, share).await
    }

    /// As [`Self::take`], for a pool with `free` places whose jobs may take long: no tenant gets all places.
    pub async fn take_places(
        &self,
        kind: JobKind,
        due: Selection,
        span: Span,
        free: usize,
    ) -> store::Result<Vec<Leased<JobRow>>> {
        let places = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.take_shares(kind, due, span, places(free.min(BATCH)), ShareLimit::OfFree(places(free))).await
    }

    async fn take_shares(
        &self,
        kind: JobKind,
        due: Selection,
        span: Span,
        limit: i64,
        share_limit: ShareLimit,
    ) -> store::Result<Vec<Leased<JobRow>>> {
        let now = self.clock.now();
        // A read transaction first, because most polls find nothing and need no write lock.
        let mut look = self.db.begin_read().await?;
        let tenants = jobs::due_tenants(&mut look, kind, now).await?;
        drop(look);
        let mut shares = self.rotation.begin(kind.as_str(), tenants, limit, share_limit);
        let Some(first) = shares.next_share() else { return Ok(Vec::new()) };
        let lease = self.lease();
        let mut tx = self.db.begin_write().await?;
        let mut taken = Vec::new();
        let mut next = Some(first);
        while let Some(share) = next {
            let (tenant, most) = (&share.tenant, share.most);
            let rows = jobs::take(&mut tx, kind, due, tenant, now, &lease, now.plus(span), most).await?;
            shares.took(share, rows.len());
            taken.extend(rows);
            next = shares.next_share();
        }
        tx.commit().await?;
        Ok(taken)
    }

    /// A round of another queue of rows, of which each tenant gets its share: see [`Rotation::begin`].
    pub fn shares(&self, queue: &'static str, due: Vec<(TenantId, i64)>, most: i64, limit: ShareLimit) -> TenantShares {
        self.rotation.begin(queue, due, most, limit)
    }

    /// Ends a job without a result.
    pub async fn finish(&self, job: &Leased<JobRow>) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::finish(&mut tx, job).await?;
        tx.commit().await
    }

    /// Puts jobs back as they were, because there was no time for them.
    pub async fn put_back(&self, taken: &[&Leased<JobRow>]) -> store::Result<()> {
        if taken.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin_write().await?;
        for job in taken {
            jobs::release(&mut tx, job, Timestamp(job.due_at)).await?;
        }
        tx.commit().await
    }

    /// Puts a job back for another attempt after `wait`.
    pub async fn reschedule(&self, job: &Leased<JobRow>, wait: Span) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::reschedule(&mut tx, job, self.clock.now().plus(wait)).await?;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_cannot_be_given_up_waits_longer_and_longer() {
        let waits: Vec<i64> = (0..7).map(|attempts| retry_after(attempts, 3).0 / 1_000).collect();
        assert_eq!(waits, [2, 2, 2, 2, 4, 8, 16]);
        assert_eq!(retry_after(i64::MAX, 3), Span::seconds(512));
    }
}
