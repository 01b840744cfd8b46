//! A cache of parsed flow versions and their compiled start phrases. A published version never changes, so entries stay valid while the server runs.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{
        bot::LiveFlow,
        flow::definition::Flow,
        ids::{FlowId, TenantId},
    },
    server::store::{self, StoreError, Tx, flows},
};

/// The cached versions. Cheap to clone.
#[derive(Clone, Default)]
pub struct FlowCache {
    flows: Arc<Mutex<Versions>>,
}

/// `None` marks a version that cannot be read. The error is logged once and affects only conversations in that version,
/// whose customers get an agent: one damaged row must not break every turn of its tenant.
type Versions = HashMap<(FlowId, i64), Option<LiveFlow>>;

/// The most cached versions. The cache is cleared when it is full.
const MAX_VERSIONS: usize = 4_096;

impl FlowCache {
    /// A published version; `None` if it does not exist or this build cannot read it.
    pub async fn version(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        id: &FlowId,
        version: i64,
    ) -> store::Result<Option<Arc<Flow>>> {
        Ok(self.live(tx, tenant, id, version).await?.map(|live| live.flow))
    }

    /// As [`Self::version`], ready to be started by new conversations.
    pub async fn live(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        id: &FlowId,
        version: i64,
    ) -> store::Result<Option<LiveFlow>> {
        let key = (id.clone(), version);
        let known = self.flows.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let flow = match flows::version(tx, tenant, id, version).await {
            Ok(None) => return Ok(None),
            Ok(Some(flow)) => Some(LiveFlow::new(id.clone(), version, Arc::new(flow))),
            Err(error @ StoreError::Unreadable { .. }) => {
                tracing::error!(%tenant, flow = %id, version, %error, "bot: published flow unreadable");
                None
            }
            Err(error) => return Err(error),
        };
        let mut flows = self.flows.lock().unwrap_or_else(PoisonError::into_inner);
        if flows.len() >= MAX_VERSIONS {
            flows.clear();
        }
        flows.insert(key, flow.clone());
        Ok(flow)
    }
}
