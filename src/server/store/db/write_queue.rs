//! The queue of SQLite's ordinary write transactions. Only the first of them asks for the writing connection, so that
//! an urgent transaction, which asks at once, waits for one of them at most.
//!
//! Transactions wait in lanes, which have their turns one after the other, so that a tenant with a thousand transactions
//! delays those of another by one each time. What has arrived from Meta has every second turn, because all that follows
//! waits for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{Mutex as Queue, OwnedMutexGuard};

use super::Result;
use crate::domain::ids::TenantId;

/// How long a transaction waits in the queue. As long as sqlx waits for the connection, and by the real clock as sqlx
/// does.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Lanes that nobody waits in are removed when there are more.
const MOST_LANES: usize = 256;

/// Transactions that wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WriteLane {
    /// What has arrived from Meta, of all tenants in turn.
    Arrivals,
    /// What a tenant's agents do.
    People(TenantId),
    /// What the server does for a tenant: its bot's turns, its sending.
    Tenant(TenantId),
    /// Everything else.
    Common,
}

#[derive(Clone, Default)]
pub(super) struct WriteQueue {
    lanes: Arc<Mutex<HashMap<WriteLane, Arc<Queue<()>>>>>,
    /// Where the first of each lane waits, except of what has arrived.
    others: Arc<Queue<()>>,
    /// Where the first of those waits, and the first of what has arrived.
    first: Arc<Queue<()>>,
}

/// The turn of one transaction. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct QueueTurn {
    /// Fields are dropped in order: who waits at the front comes before who waits in the lane.
    _first: OwnedMutexGuard<()>,
    _others: Option<OwnedMutexGuard<()>>,
    _lane: OwnedMutexGuard<()>,
}

impl WriteQueue {
    /// Waits until all earlier transactions of the lane have ended, and meanwhile for one of each other lane at a time.
    ///
    /// # Errors
    /// [`sqlx::Error::PoolTimedOut`], an outage, after [`TIMEOUT`].
    pub(super) async fn acquire(&self, lane: WriteLane) -> Result<QueueTurn> {
        self.acquire_within(TIMEOUT, lane).await
    }

    async fn acquire_within(&self, timeout: Duration, lane: WriteLane) -> Result<QueueTurn> {
        let turn = tokio::time::timeout(timeout, async {
            let has_arrived = lane == WriteLane::Arrivals;
            let lane = self.lane(lane).lock_owned().await;
            let others = if has_arrived { None } else { Some(self.others.clone().lock_owned().await) };
            QueueTurn { _first: self.first.clone().lock_owned().await, _others: others, _lane: lane }
        });
        turn.await.map_err(|_elapsed| sqlx::Error::PoolTimedOut.into())
    }

    fn lane(&self, lane: WriteLane) -> Arc<Queue<()>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() > MOST_LANES {
            // One that is held or waited for is cloned elsewhere.
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        Arc::clone(lanes.entry(lane).or_default())
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn tenant(id: &str) -> WriteLane {
        WriteLane::Tenant(id.into())
    }

    #[tokio::test]
    async fn a_transaction_that_waits_too_long_reports_an_outage() {
        let queue = WriteQueue::default();
        let first = queue.acquire_within(Duration::ZERO, tenant("a")).await.expect("the queue is empty");
        for lane in [tenant("a"), tenant("b"), WriteLane::Common] {
            let error = queue.acquire_within(Duration::ZERO, lane).await.expect_err("the first still has its turn");
            assert!(error.is_outage(), "{error}");
        }
        drop(first);
        assert!(queue.acquire_within(Duration::ZERO, tenant("b")).await.is_ok(), "the first one is done");
    }

    #[tokio::test]
    async fn lanes_have_their_turns_one_after_the_other() {
        // given a lane with one transaction at work and others that wait
        let queue = WriteQueue::default();
        let at_work = queue.acquire(tenant("a")).await.expect("the queue is empty");
        let mut second = Box::pin(queue.acquire(tenant("a")));
        let mut third = Box::pin(queue.acquire(tenant("a")));
        assert!(second.as_mut().now_or_never().is_none() && third.as_mut().now_or_never().is_none());
        // when one of another lane comes
        let mut other = Box::pin(queue.acquire(tenant("b")));
        assert!(other.as_mut().now_or_never().is_none());
        drop(at_work);
        // then it comes before those that already waited in the first lane
        assert!(second.as_mut().now_or_never().is_none());
        let other = other.as_mut().now_or_never().expect("its turn").expect("in time");
        assert!(third.as_mut().now_or_never().is_none());
        drop(other);
        assert!(second.as_mut().now_or_never().is_some(), "and the first lane goes on");
    }

    #[tokio::test]
    async fn what_has_arrived_has_every_second_turn() {
        // given a transaction at work, and one of another lane that waits
        let queue = WriteQueue::default();
        let at_work = queue.acquire(tenant("a")).await.expect("the queue is empty");
        let mut second = Box::pin(queue.acquire(tenant("b")));
        assert!(second.as_mut().now_or_never().is_none());
        // when something arrives, then it is next
        let mut arrived = Box::pin(queue.acquire(WriteLane::Arrivals));
        assert!(arrived.as_mut().now_or_never().is_none());
        drop(at_work);
        assert!(second.as_mut().now_or_never().is_none());
        let arrived = arrived.as_mut().now_or_never().expect("its turn").expect("in time");
        // and when more arrives meanwhile, then that comes after the other lane
        let mut more = Box::pin(queue.acquire(WriteLane::Arrivals));
        assert!(more.as_mut().now_or_never().is_none());
        drop(arrived);
        assert!(more.as_mut().now_or_never().is_none());
        assert!(second.as_mut().now_or_never().is_some());
        assert!(more.as_mut().now_or_never().is_some());
    }

    #[tokio::test]
    async fn lanes_that_nobody_waits_in_are_removed() {
        let queue = WriteQueue::default();
        let held = queue.acquire(tenant("held")).await.expect("the queue is empty");
        for nth in 0..2 * MOST_LANES {
            drop(queue.lane(tenant(&nth.to_string())));
        }
        let lanes = queue.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(lanes.len() <= MOST_LANES + 1 && lanes.contains_key(&tenant("held")));
        drop(held);
    }
}
