//! Notifications between modules of one node: "tenant T reached seq N", "there is work of kind K", and which agents are
//! online.
//!
//! A notification may be lost, which costs one poll; the tables hold the truth. Nothing that a customer waits for
//! depends on it.

mod presence;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

pub use presence::{LocalPresence, Presence, RecordedPresence, StreamGuard, StreamState};

use crate::{
    domain::ids::{Seq, TenantId},
    server::workers::Wakeups,
};

/// The newest sequence number of each tenant's log, and the workers' wake-ups.
#[derive(Clone, Default)]
pub struct Bus {
    heads: Arc<Mutex<HashMap<TenantId, watch::Sender<Seq>>>>,
    wakeups: Arc<Wakeups>,
}

impl Bus {
    /// Publishes that a tenant's log reached `seq`. Numbers that are not newer are ignored.
    pub fn publish(&self, tenant: &TenantId, seq: Seq) {
        let is_newer = self.sender(tenant).send_if_modified(|head| {
            let newer = seq > *head;
            if newer {
                *head = seq;
            }
            newer
        });
        if is_newer {
            self.wakeups.facts.notify_one();
        }
    }

    /// The newest sequence number of a tenant's log that this node knows.
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
