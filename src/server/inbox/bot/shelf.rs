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
    server::store::{self, Tx, flows},
};

/// Versions at hand. Cheap to clone.
#[derive(Clone, Default)]
pub struct Shelf {
    flows: Arc<Mutex<Versions>>,
}

type Versions = HashMap<(FlowId, i64), Arc<Flow>>;

/// More than this many versions are not kept; the shelf is emptied and fills again.
const FULL: usize = 4_096;

impl Shelf {
    /// A published version; `None` when there is none.
    pub async fn version(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        id: &FlowId,
        version: i64,
    ) -> store::Result<Option<Arc<Flow>>> {
        let key = (id.clone(), version);
        let known = self.flows.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(flow) = flows::version(tx, tenant, id, version).await? else { return Ok(None) };
        let flow = Arc::new(flow);
        let mut flows = self.flows.lock().unwrap_or_else(PoisonError::into_inner);
        if flows.len() >= FULL {
            flows.clear();
        }
        flows.insert(key, flow.clone());
        Ok(Some(flow))
    }
}
