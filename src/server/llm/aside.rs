//! Runs what tenants shape on blocking threads: a few pieces of work at once in the whole process, and one of each
//! tenant, so that the work of a busy one waits for itself and not before that of the others. Schemas and flows are
//! checked here, never within a transaction: a pattern takes milliseconds, a flow of them seconds, and SQLite has one
//! writer.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use tokio::{sync::Semaphore, task::JoinError};

use crate::domain::ids::TenantId;

/// Most tenants with a lane. Those at rest are removed when there are more.
const MAX_LANES: usize = 1_000;
/// Most work of one tenant in [`Aside::run_unless_busy`], with what waits: each piece holds what it works with.
const MOST: usize = 64;

/// Too much work of a tenant waits already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsideBusy;

/// Threads for one kind of work.
pub struct Aside {
    permits: Semaphore,
    /// One permit per tenant.
    lanes: LazyLock<Mutex<HashMap<TenantId, Arc<Semaphore>>>>,
}

impl Aside {
    /// For so many pieces of work at once.
    pub const fn new(at_once: usize) -> Self {
        Self { permits: Semaphore::const_new(at_once), lanes: LazyLock::new(Mutex::default) }
    }

    /// Runs the work when the tenant's lane and a permit are free.
    ///
    /// # Errors
    /// [`JoinError`] if the work panics.
    pub async fn run<T: Send + 'static>(
        &'static self,
        tenant: &TenantId,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        // The semaphores are never closed. The permits belong to the thread, which continues if the caller is dropped.
        let lane = self.lane(tenant).acquire_owned().await.ok();
        let permit = self.permits.acquire().await.ok();
        tokio::task::spawn_blocking(move || {
            let _held = (lane, permit);
            work()
        })
        .await
    }

    /// As [`Self::run`], unless too much of the tenant's work waits. A panic is the caller's.
    ///
    /// # Errors
    /// [`AsideBusy`].
    pub async fn run_unless_busy<T: Send + 'static>(
        &'static self,
        tenant: &TenantId,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AsideBusy> {
        // Besides each piece of work, the map holds the lane, and so does this line.
        if Arc::strong_count(&self.lane(tenant)) >= MOST + 2 {
            return Err(AsideBusy);
        }
        Ok(self.run(tenant, work).await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())))
    }

    pub(super) fn lane(&self, tenant: &TenantId) -> Arc<Semaphore> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() >= MAX_LANES {
            // A lane that is held or waited for is known to others, too.
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        lanes.entry(tenant.clone()).or_insert_with(|| Arc::new(Semaphore::new(1))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static WORK: Aside = Aside::new(2);

    #[tokio::test]
    async fn the_work_of_one_tenant_waits_for_itself_only() {
        // given a tenant with work under way
        let (busy, other) = (TenantId::from("tnt_busy"), TenantId::from("tnt_other"));
        let _held = WORK.lane(&busy).acquire_owned().await.expect("a permit");
        let waiting = WORK.run(&busy, || 1);
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        // then another one's is done
        assert_eq!(WORK.run(&other, || 2).await.expect("runs"), 2);
        assert!(futures::poll!(&mut waiting).is_pending());
    }

    #[tokio::test]
    async fn a_tenant_of_whom_much_waits_is_refused() {
        // given a tenant with as much work as may wait
        let tenant = TenantId::from("tnt_crowded");
        let _held = WORK.lane(&tenant).acquire_owned().await.expect("a permit");
        let mut waiting: Vec<_> = (1..MOST).map(|_| Box::pin(WORK.run_unless_busy(&tenant, || ()))).collect();
        for one in &mut waiting {
            assert!(futures::poll!(one).is_pending());
        }
        // then no more is taken until some of it is done
        assert_eq!(WORK.run_unless_busy(&tenant, || ()).await, Err(AsideBusy));
        drop(waiting.pop());
        assert!(futures::poll!(Box::pin(WORK.run_unless_busy(&tenant, || ()))).is_pending());
    }
}
