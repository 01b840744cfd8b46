//! How much is counted at once. A report counts all rows of its period, which takes seconds where there are many or where days
//! are not packed yet: the desk's reads need connections and cores meanwhile, and a tenant with many rows must not keep the
//! others waiting.
//!
//! A report, a list or a replay takes a [`CountSlot`] before it takes a connection. Long files take none: each page waits
//! for its turn.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
    task::JoinError,
};

use crate::{
    domain::{ids::TenantId, time::Span},
    server::clock::Clock,
};

/// So many count at once in this process: half of the connections that read SQLite.
const AT_ONCE: usize = 2;
/// How many of a tenant wait at most, and for how long. Afterwards people have given up, or try again.
const WAITING: usize = 16;
const LONGEST_WAIT: Span = Span::seconds(20);
/// The most rows of one source that are read from tables: about five seconds. A period with more has no numbers,
/// because values are in memory and SQLite has four readers for everything. So has one with more values than
/// [`MOST_VALUES`].
pub(super) const MOST_ROWS: usize = 1_000_000;
/// The most values that are kept for percentiles: 160 MB of memory. A handoff has about fifteen.
pub(super) const MOST_VALUES: usize = 20_000_000;

/// Who counts, and who waits. Cheap to clone.
#[derive(Clone)]
pub(super) struct Counting {
    all: Arc<Semaphore>,
    tenants: Arc<Mutex<HashMap<TenantId, TenantTurns>>>,
    clock: Clock,
}

/// Those of a tenant count one after the other.
#[derive(Clone)]
struct TenantTurns {
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// The right to count, until it is dropped.
#[derive(Debug)]
pub(super) struct CountSlot {
    _of_all: OwnedSemaphorePermit,
    _of_tenant: OwnedSemaphorePermit,
}

/// Too many count at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CountingBusy;

impl Counting {
    pub fn new(clock: Clock) -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), tenants: Arc::default(), clock }
    }

    /// Waits for a slot.
    ///
    /// # Errors
    /// [`CountingBusy`] if too many of the tenant wait, or after [`LONGEST_WAIT`].
    pub async fn slot(&self, tenant: &TenantId) -> Result<CountSlot, CountingBusy> {
        let TenantTurns { running, places } = self.turns(tenant);
        let _place = places.try_acquire_owned().map_err(|_full| CountingBusy)?;
        let permits = async {
            let of_tenant = running.acquire_owned().await?;
            let of_all = Arc::clone(&self.all).acquire_owned().await?;
            Ok::<_, AcquireError>(CountSlot { _of_all: of_all, _of_tenant: of_tenant })
        };
        tokio::select! {
            biased;
            slot = permits => slot.map_err(|_closed| CountingBusy),
            () = self.clock.sleep(LONGEST_WAIT) => Err(CountingBusy),
        }
    }

    /// Waits until a page of a file may be read. The permit is for this page.
    pub async fn page(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        Arc::clone(&self.all).acquire_owned().await.ok()
    }

    fn turns(&self, tenant: &TenantId) -> TenantTurns {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || TenantTurns { running: Arc::new(Semaphore::new(1)), places: Arc::new(Semaphore::new(WAITING)) };
        tenants.entry(tenant.clone()).or_insert_with(new).clone()
    }
}

/// Runs what takes long and reads nothing on a blocking thread.
///
/// # Errors
/// [`JoinError`] if it panics.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    tokio::task::spawn_blocking(work).await
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::{domain::time::Timestamp, server::clock::ManualClock};

    fn counting() -> (Counting, ManualClock) {
        let manual_clock = ManualClock::at(Timestamp(1_000_000));
        (Counting::new(Clock::manual(manual_clock.clone())), manual_clock)
    }

    #[tokio::test]
    async fn a_tenant_counts_once_at_a_time_and_leaves_the_others_a_slot() {
        let (counting, manual_clock) = counting();
        let tenants = ["tnt_1", "tnt_2", "tnt_3"].map(TenantId::from);
        // given a tenant that counts, and as many of it who wait as may
        let held = counting.slot(&tenants[0]).await.expect("a slot");
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(counting.slot(&tenants[0]))).collect();
        for one in &mut waiting {
            assert!(futures::poll!(one).is_pending());
        }
        // then one more of it is refused, and another tenant counts
        assert!(matches!(counting.slot(&tenants[0]).now_or_never(), Some(Err(CountingBusy))));
        let other = counting.slot(&tenants[1]).now_or_never().expect("at once").expect("a slot");
        // and nobody else does, not even a page of a file
        assert!(counting.slot(&tenants[2]).now_or_never().is_none());
        assert!(counting.page().now_or_never().is_none());
        // when both end, the first who waits has a slot, and a page may be read
        drop((held, other));
        let next = waiting.remove(0).await.expect("has a slot");
        assert!(counting.page().now_or_never().flatten().is_some());
        // and whoever has waited for too long is told so
        manual_clock.advance(LONGEST_WAIT);
        assert!(matches!(waiting.remove(0).await, Err(CountingBusy)));
        drop(next);
    }
}
