//! The team as admins see it: its members, who is online, and how many open conversations each has.

use super::Accounts;
use crate::{
    contract::team::TeamMember,
    domain::ids::TenantId,
    server::store::{self, agents, counters},
};

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
