//! The team as an admin sees it: who works here, who is at the desk, how much each has open.

use crate::{
    api::{ApiError, admin::TeamMember},
    domain::ids::TenantId,
    server::{
        context::internal,
        store::{self, agents, counters},
    },
};

use super::{Accounts, Admin};

/// Everybody of the admin's tenant who may sign in, by name.
pub async fn list(admin: &Admin) -> Result<Vec<TeamMember>, ApiError> {
    admin.0.visit.service::<Accounts>()?.team(&admin.0.tenant).await.map_err(internal)
}

impl Accounts {
    pub async fn team(&self, tenant: &TenantId) -> store::Result<Vec<TeamMember>> {
        let mut tx = self.db.begin_read().await?;
        let people = agents::list(&mut tx, tenant).await?;
        let counts = counters::read(&mut tx, tenant).await?;
        let online = self.presence.online(tenant, self.clock.now());
        let members = people.into_iter().filter(|person| person.active).map(|person| TeamMember {
            online: online.contains(&person.id),
            open: counts.claimed.get(&person.id).copied().unwrap_or(0),
            agent: person.id,
            name: person.name,
            email: person.email,
            role: person.role,
            away: person.away,
        });
        Ok(members.collect())
    }
}
