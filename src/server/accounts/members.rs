//! What admins change about members: role, deactivation and reactivation. `domain::member` decides; whoever changes a
//! team locks its people first, so that of two changes at once the second is decided on the result of the first.
//!
//! A deactivation also releases conversations, so `conversations` carries it out with [`deactivate`].

use super::{Accounts, Reauthenticated, links};
use crate::{
    domain::{
        access::{Action, Role, may},
        event::{Actor, Event, MemberChange},
        ids::{AgentId, TenantId},
        member::{self, Member, MemberAct, MemberRefusal},
    },
    server::store::{
        StoreError, Tx,
        agents::{self, AgentRow},
        devices, pending_sign_ins, sessions, tenants,
    },
};

/// Why a member was not invited or changed.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// There is no such member or link, or it belongs to another tenant.
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] MemberRefusal),
    /// The sentence is for the person who tried.
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A tenant's people, locked until the commit.
pub(super) struct LockedTeam {
    people: Vec<AgentRow>,
    members: Vec<Member>,
}

/// Locks a tenant's people for a change by `by`. It comes before every other lock of the transaction.
///
/// # Errors
/// [`MemberRefusal::NotAdmin`] if the caller is no active admin any more; [`MemberError::NotFound`] without a tenant.
pub(super) async fn lock(tx: &mut Tx, tenant: &TenantId, by: &Actor) -> Result<LockedTeam, MemberError> {
    if !tenants::lock_people(tx, tenant).await? {
        return Err(MemberError::NotFound);
    }
    let people = agents::list(tx, tenant).await?;
    let as_member = |person: &AgentRow| Member { id: person.id.clone(), role: person.role, active: person.active };
    let members: Vec<Member> = people.iter().map(as_member).collect();
    member::check_admin(&members, by)?;
    Ok(LockedTeam { people, members })
}

impl LockedTeam {
    pub fn find(&self, id: &AgentId) -> Option<&AgentRow> {
        self.people.iter().find(|person| person.id == *id)
    }

    /// What an act changes about a member; `None` if it is so already.
    fn decide(&self, by: &Actor, id: &AgentId, act: MemberAct) -> Result<Option<MemberChange>, MemberError> {
        let subject = self.members.iter().find(|member| member.id == *id).ok_or(MemberError::NotFound)?;
        Ok(member::decide(&self.members, by, subject, act)?)
    }
}

/// Deactivates a member in `tx`: they cannot sign in, their sessions and begun sign-ins end, and so do the links that they
/// made or could use; their devices are strangers again. Returns the entries for the log, none if they were deactivated
/// already. To be called before any conversation is locked.
///
/// # Errors
/// As [`MemberError`] says; the transaction must then not be committed.
pub async fn deactivate(
    tx: &mut Tx,
    tenant: &TenantId,
    by: &Actor,
    member: &AgentId,
) -> Result<Vec<Event>, MemberError> {
    let team = lock(tx, tenant, by).await?;
    let Some(change) = team.decide(by, member, MemberAct::Deactivate)? else { return Ok(Vec::new()) };
    agents::deactivate(tx, tenant, member).await?;
    sessions::remove_of(tx, member).await?;
    devices::remove_of(tx, member).await?;
    pending_sign_ins::remove_of(tx, tenant, member).await?;
    let mut events = vec![Event::MemberChanged { agent: member.clone(), change }];
    events.extend(links::revoke_all_of(tx, tenant, member).await?);
    Ok(events)
}

impl Accounts {
    /// Changes a member's role and ends their sessions. The same role changes nothing.
    pub async fn set_role(
        &self,
        tenant: &TenantId,
        by: Reauthenticated,
        member: &AgentId,
        role: Role,
    ) -> Result<(), MemberError> {
        let by = &by.into_initiator();
        self.db
            .transact(move |mut tx| async move {
                let team = lock(&mut tx, tenant, &by.actor).await?;
                let Some(change) = team.decide(&by.actor, member, MemberAct::SetRole(role))? else {
                    return Ok(tx.rollback().await?);
                };
                agents::set_role(&mut tx, tenant, member, role).await?;
                sessions::remove_of(&mut tx, member).await?;
                let mut events = vec![Event::MemberChanged { agent: member.clone(), change }];
                if !may(role, Action::Administer) {
                    // Who is no admin any more must not get another admin's account by a link of before.
                    events.extend(links::revoke_made_by(&mut tx, tenant, member).await?);
                }
                self.log.commit_all(tx, tenant, self.clock.now(), by.clone(), events).await?;
                self.presence.leave(tenant, member);
                Ok(())
            })
            .await
    }

    /// Lets a deactivated member sign in again, with their old password.
    pub async fn reactivate(
        &self,
        tenant: &TenantId,
        by: Reauthenticated,
        member: &AgentId,
    ) -> Result<(), MemberError> {
        let by = &by.into_initiator();
        self.db
            .transact(move |mut tx| async move {
                let team = lock(&mut tx, tenant, &by.actor).await?;
                let Some(change) = team.decide(&by.actor, member, MemberAct::Reactivate)? else {
                    return Ok(tx.rollback().await?);
                };
                agents::reactivate(&mut tx, tenant, member).await?;
                let event = Event::MemberChanged { agent: member.clone(), change };
                self.log.commit(tx, tenant, self.clock.now(), by.clone(), event).await?;
                Ok(())
            })
            .await
    }
}
