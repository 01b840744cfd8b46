//! Published flows, read once: a version never changes, so what was parsed stays true for as long as the server runs.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{
        flow::definition::Flow,
        ids::{FlowId, TenantId},
    },
    server::store::{self, StoreError, Tx, flows},
};

/// Versions at hand. Cheap to clone.
#[derive(Clone, Default)]
pub struct FlowCache {
    flows: Arc<Mutex<Versions>>,
}

/// `None` is kept of what cannot be read: it is told once, and harms nobody but those who stand in it.
type Versions = HashMap<(FlowId, i64), Option<Arc<Flow>>>;

/// More than this many versions are not kept; the cache is cleared and fills again.
const FULL: usize = 4_096;

impl FlowCache {
    /// A published version; `None` when there is none, or none that this build can read.
    pub async fn version(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        id: &FlowId,
        version: i64,
    ) -> store::Result<Option<Arc<Flow>>> {
        let key = (id.clone(), version);
        let known = self.flows.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let flow = match flows::version(tx, tenant, id, version).await {
            Ok(None) => return Ok(None),
            Ok(Some(flow)) => Some(Arc::new(flow)),
            Err(error @ StoreError::Unreadable { .. }) => {
                tracing::error!(%tenant, flow = %id, version, %error, "bot: published flow unreadable");
                None
            }
            Err(error) => return Err(error),
        };
        let mut flows = self.flows.lock().unwrap_or_else(PoisonError::into_inner);
        if flows.len() >= FULL {
            flows.clear();
        }
        flows.insert(key, flow.clone());
        Ok(flow)
    }
}
