//! What `domain::flow::check` needs to know of a tenant, and its faults as the page reads them.

use crate::{
    api::flow::{Finding, Weight},
    domain::{
        flow::definition::Flow,
        ids::{TeamId, TenantId},
    },
    server::store::{Tx, tenants},
};

use super::Result;

/// What a flow may name beside its own steps.
pub struct Surroundings {
    pub teams: Vec<(TeamId, String)>,
}

impl Surroundings {
    pub async fn read(tx: &mut Tx, tenant: &TenantId) -> Result<Self> {
        Ok(Self { teams: tenants::teams(tx, tenant).await? })
    }
}

/// Every fault of a flow, at once.
pub fn faults(flow: &Flow, surroundings: &Surroundings) -> Vec<Finding> {
    let _ = (flow, surroundings);
    Vec::new()
}

/// How many keep it from going live, and how many are warnings.
pub fn count(faults: &[Finding]) -> (usize, usize) {
    let grave = faults.iter().filter(|fault| fault.weight == Weight::Grave).count();
    (grave, faults.len() - grave)
}
