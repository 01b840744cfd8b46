//! The queue of SQLite's ordinary write transactions. Only the first of them asks for the writing connection, so that
//! an urgent transaction, which asks at once, waits for one of them at most.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::Result;

/// How long a transaction waits in the queue. As long as sqlx waits for the connection, and by the real clock as sqlx
/// does.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone, Default)]
pub(super) struct WriteQueue(Arc<Mutex<()>>);

/// The turn of one transaction. It ends when it is dropped.
pub(super) type QueueTurn = OwnedMutexGuard<()>;

impl WriteQueue {
    /// Waits until all earlier transactions have ended.
    ///
    /// # Errors
    /// [`sqlx::Error::PoolTimedOut`], an outage, after [`TIMEOUT`].
    pub(super) async fn acquire(&self) -> Result<QueueTurn> {
        self.acquire_within(TIMEOUT).await
    }

    async fn acquire_within(&self, timeout: Duration) -> Result<QueueTurn> {
        let turn = tokio::time::timeout(timeout, self.0.clone().lock_owned());
        turn.await.map_err(|_elapsed| sqlx::Error::PoolTimedOut.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_transaction_that_waits_too_long_reports_an_outage() {
        let queue = WriteQueue::default();
        let first = queue.acquire_within(Duration::ZERO).await.expect("the queue is empty");
        let error = queue.acquire_within(Duration::ZERO).await.expect_err("the first one still has its turn");
        assert!(error.is_outage(), "{error}");
        drop(first);
        queue.acquire_within(Duration::ZERO).await.expect("the first one is done");
    }
}
