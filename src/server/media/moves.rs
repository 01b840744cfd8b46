//! One change at a time of a tenant's bytes together with the rows that name them.
//!
//! Files with the same content share their bytes. Between the question whether a row still names them and their removal, a
//! new row could begin to name them, and would be left without bytes; so both are done while the tenant's moves are held.
//! Paths begin with the tenant, so tenants need not wait for each other: a bucket copies 100 MB meanwhile.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::domain::ids::TenantId;

/// A lock per tenant. They are few and stay. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Moves(Arc<Mutex<HashMap<TenantId, Arc<AsyncMutex<()>>>>>);

impl Moves {
    /// Waits until nobody else moves bytes of the tenant. They may be moved as long as what it returns lives.
    pub(super) async fn begin(&self, tenant: &TenantId) -> OwnedMutexGuard<()> {
        let of_tenant = self.of(tenant);
        of_tenant.lock_owned().await
    }

    fn of(&self, tenant: &TenantId) -> Arc<AsyncMutex<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(tenant.clone()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn a_tenants_moves_wait_for_each_other_and_for_no_other_tenants() {
        // given bytes of one tenant that are being moved
        let (moves, busy, other) = (Moves::default(), TenantId::from("ten_1"), TenantId::from("ten_2"));
        let held = moves.begin(&busy).now_or_never().expect("nobody moves");
        // then another tenant's are moved at once
        assert!(moves.begin(&other).now_or_never().is_some());
        // and the next ones of this tenant after these
        assert!(moves.clone().begin(&busy).now_or_never().is_none());
        drop(held);
        assert!(moves.begin(&busy).now_or_never().is_some());
    }
}
