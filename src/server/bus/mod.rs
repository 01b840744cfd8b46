//! Hints between modules of one node: "tenant T reached seq N", "there is work of kind K", and who is at the desk.
//!
//! A hint may be lost and costs a poll; the truth is in the tables. Nothing here is ever waited for by a customer.

mod presence;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

pub use presence::{Presence, StreamGuard};

use crate::{
    domain::ids::{Seq, TenantId},
    server::workers::Wakeups,
};

/// The heads of the tenants' logs, and the workers' wake-ups.
#[derive(Clone, Default)]
pub struct Bus {
    heads: Arc<Mutex<HashMap<TenantId, watch::Sender<Seq>>>>,
    wakeups: Arc<Wakeups>,
}

impl Bus {
    /// Says that a tenant's log reached `seq`. Older news changes nothing.
    pub fn nudge(&self, tenant: &TenantId, seq: Seq) {
        self.sender(tenant).send_if_modified(|head| {
            let newer = seq > *head;
            if newer {
                *head = seq;
            }
            newer
        });
    }

    /// The head of a tenant's log as far as this node was told.
    pub fn watch(&self, tenant: &TenantId) -> watch::Receiver<Seq> {
        self.sender(tenant).subscribe()
    }

    pub fn wakeups(&self) -> &Arc<Wakeups> {
        &self.wakeups
    }

    fn sender(&self, tenant: &TenantId) -> watch::Sender<Seq> {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        heads.entry(tenant.clone()).or_insert_with(|| watch::Sender::new(Seq(0))).clone()
    }
}
