//! Runs what tenants shape on blocking threads: a few pieces of work at once in the whole process, and one of each tenant,
//! so that the work of a busy one waits for itself and not before that of the others.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use tokio::{sync::Semaphore, task::JoinError};

use crate::domain::ids::TenantId;

/// Most tenants with a lane. Those at rest are removed when there are more.
const MAX_LANES: usize = 1_000;

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

    /// As [`Self::run`]; a panic is the caller's.
    pub async fn run_or_panic<T: Send + 'static>(
        &'static self,
        tenant: &TenantId,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        self.run(tenant, work).await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
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
}
