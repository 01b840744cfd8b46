//! What `domain::flow::check` needs to know of a tenant, and its faults as the page reads them.

use crate::{
    domain::{
        flow::{
            check::{Fault, Gravity, Known, check},
            definition::Flow,
        },
        ids::{TeamId, TenantId},
    },
    server::store::{Tx, secrets, tenants, tools},
};

use super::Result;

/// What a flow may name beside its own steps.
pub struct Surroundings {
    pub teams: Vec<(TeamId, String)>,
    known: Known,
}

impl Surroundings {
    pub async fn read(tx: &mut Tx, tenant: &TenantId) -> Result<Self> {
        let teams = tenants::teams(tx, tenant).await?;
        let known = Known {
            secrets: secrets::names(tx, tenant).await?.into_iter().map(|(name, _)| name).collect(),
            tools: tools::list(tx, tenant).await?.into_iter().map(|tool| tool.name).collect(),
            teams: teams.iter().map(|(id, _)| id.clone()).collect(),
        };
        Ok(Self { teams, known })
    }

    /// The name of a team; `None` is the default one, which stands first.
    pub fn team(&self, id: Option<&TeamId>) -> String {
        let found = match id {
            Some(id) => self.teams.iter().find(|(team, _)| team == id),
            None => self.teams.first(),
        };
        found.map(|(_, name)| name.clone()).unwrap_or_default()
    }
}

/// Every fault of a flow, at once.
pub fn faults(flow: &Flow, surroundings: &Surroundings) -> Vec<Fault> {
    check(flow, &surroundings.known)
}

/// How many keep it from going live, and how many are warnings.
pub fn count(faults: &[Fault]) -> (usize, usize) {
    let grave = faults.iter().filter(|fault| fault.grave == Gravity::Blocks).count();
    (grave, faults.len() - grave)
}
