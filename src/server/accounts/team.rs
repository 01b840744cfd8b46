//! The team as admins see it: its members, who is online, how many open conversations each has, and the links that can
//! still be used.

use super::Accounts;
use crate::{
    contract::team::{Invitation, PasswordLink, Team, TeamMember},
    domain::{account_link::Invited, conversation::describe::AgentNames, ids::TenantId},
    server::store::{
        self,
        account_links::{self, AccountLinkRow, LinkPurpose},
        agents, counters,
    },
};

impl Accounts {
    pub async fn team(&self, tenant: &TenantId) -> store::Result<Team> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let people = agents::list(&mut tx, tenant).await?;
        let counts = counters::read(&mut tx, tenant).await?;
        let links = account_links::open(&mut tx, tenant).await?;
        let online = self.presence.online(tenant, now);
        let names: AgentNames = people.iter().map(|person| (person.id.clone(), person.name.clone())).collect();
        let members = people.into_iter().map(|person| TeamMember {
            online: online.contains(&person.id),
            open: counts.claimed.get(&person.id).copied().unwrap_or(0),
            password_link: links
                .iter()
                .find(|link| {
                    link.purpose == LinkPurpose::NewPassword && link.agent == person.id && now < link.expires_at
                })
                .map(|link| PasswordLink { id: link.id.clone(), expires_at: link.expires_at }),
            agent: person.id,
            name: person.name,
            email: person.email,
            role: person.role,
            active: person.active,
            away: person.away,
        });
        let members = members.collect();
        Ok(Team { members, invitations: links.iter().filter_map(|link| invitation(link, &names)).collect() })
    }
}

fn invitation(link: &AccountLinkRow, names: &AgentNames) -> Option<Invitation> {
    let LinkPurpose::Join(Invited { email, name, role }) = &link.purpose else { return None };
    Some(Invitation {
        id: link.id.clone(),
        name: name.clone(),
        email: email.clone(),
        role: *role,
        made_by: link.made_by.as_ref().map(|admin| names.of(admin)),
        expires_at: link.expires_at,
    })
}
