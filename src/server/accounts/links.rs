//! One-time links, made and revoked by admins and the command line: invitations, and links for a new password. Nothing
//! is mailed: whoever makes a link passes it on, and it is shown once, because only its token's hash is stored.
//!
//! What happens when a link is opened is in `join.rs`.

use super::{Accounts, Reauthenticated, members, members::MemberError, session};
use crate::{
    contract::account_link::NewLink,
    domain::{
        account_link::{Invited, LinkKind, LinkState},
        event::{Actor, Event, Initiator, MemberChange},
        ids::{AccountLinkId, AgentId, TenantId},
        member::{MemberRefusal, email_fault, name_fault, normal_email},
        time::Timestamp,
    },
    server::store::{
        self, Tx,
        account_links::{self, AccountLinkRow, LinkPurpose},
        agents,
    },
};

const OVER: &str = "This link was used or revoked meanwhile. Make a new one.";

impl Accounts {
    /// Invites a person to a tenant's team.
    ///
    /// # Errors
    /// [`MemberError::Invalid`] if the address or the name is no good, or somebody has the address already.
    pub async fn invite(
        &self,
        tenant: &TenantId,
        by: Reauthenticated,
        invited: Invited,
    ) -> Result<NewLink, MemberError> {
        let by = &by.into_initiator();
        let invited =
            &Invited { email: normal_email(&invited.email), name: invited.name.trim().to_owned(), role: invited.role };
        if let Some(fault) = email_fault(&invited.email).or_else(|| name_fault(&invited.name)) {
            return Err(MemberError::Invalid(fault));
        }
        self.db
            .transact(move |mut tx| async move {
                let now = self.clock.now();
                members::lock(&mut tx, tenant, &by.actor).await?;
                if let Some(taken) = taken(&mut tx, tenant, &invited.email).await? {
                    return Err(MemberError::Invalid(taken));
                }
                let events = revoke_expired(&mut tx, tenant, &invited.email, now).await?;
                let purpose = LinkPurpose::Join(invited.clone());
                let link = self.link(tenant, &by.actor, self.entropy.id(now), purpose, now);
                self.commit_link(tx, by, link, events).await
            })
            .await
    }

    /// Replaces an invitation by a new link for the same person. It may have expired.
    ///
    /// # Errors
    /// [`MemberError::Invalid`] if it was used or revoked, or somebody has the address by now.
    pub async fn renew_invitation(
        &self,
        tenant: &TenantId,
        by: Reauthenticated,
        id: &AccountLinkId,
    ) -> Result<NewLink, MemberError> {
        let by = &by.into_initiator();
        self.db
            .transact(move |mut tx| async move {
                members::lock(&mut tx, tenant, &by.actor).await?;
                let old = account_links::find(&mut tx, tenant, id).await?.ok_or(MemberError::NotFound)?;
                let LinkPurpose::Join(invited) = &old.purpose else { return Err(MemberError::NotFound) };
                if let Some(taken) = taken(&mut tx, tenant, &invited.email).await? {
                    return Err(MemberError::Invalid(taken));
                }
                let events: Vec<Event> = revoke(&mut tx, &old).await?.into_iter().collect();
                if events.is_empty() {
                    return Err(MemberError::Invalid(OVER.to_owned()));
                }
                let link = self.link(tenant, &by.actor, old.agent, old.purpose, self.clock.now());
                self.commit_link(tx, by, link, events).await
            })
            .await
    }

    /// Makes a link with which a member sets a new password; the old one is valid until then. An earlier link of the
    /// member is revoked.
    ///
    /// # Errors
    /// A refusal for a deactivated member, and for the caller's own account.
    pub async fn make_password_link(
        &self,
        tenant: &TenantId,
        by: Reauthenticated,
        member: &AgentId,
    ) -> Result<NewLink, MemberError> {
        let by = &by.into_initiator();
        self.db
            .transact(move |mut tx| async move {
                let team = members::lock(&mut tx, tenant, &by.actor).await?;
                let person = team.find(member).ok_or(MemberError::NotFound)?;
                if by.actor == Actor::Agent(member.clone()) {
                    return Err(MemberError::Refused(MemberRefusal::OwnPassword));
                }
                if !person.active {
                    return Err(MemberError::Refused(MemberRefusal::Deactivated));
                }
                let events = revoke_password_links(&mut tx, tenant, member).await?;
                let purpose = LinkPurpose::NewPassword;
                let link = self.link(tenant, &by.actor, member.clone(), purpose, self.clock.now());
                self.commit_link(tx, by, link, events).await
            })
            .await
    }

    /// Revokes a link that is open, or has expired.
    ///
    /// # Errors
    /// [`MemberError::Invalid`] if it was used or revoked already.
    pub async fn revoke_link(&self, tenant: &TenantId, by: Initiator, id: &AccountLinkId) -> Result<(), MemberError> {
        let by = &by;
        self.db
            .transact(move |mut tx| async move {
                members::lock(&mut tx, tenant, &by.actor).await?;
                let link = account_links::find(&mut tx, tenant, id).await?.ok_or(MemberError::NotFound)?;
                let event = revoke(&mut tx, &link).await?.ok_or_else(|| MemberError::Invalid(OVER.to_owned()))?;
                self.log.commit(tx, tenant, self.clock.now(), by.clone(), event).await?;
                Ok(())
            })
            .await
    }

    /// A link that is not stored yet.
    fn link(
        &self,
        tenant: &TenantId,
        by: &Actor,
        agent: AgentId,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> AccountLinkRow {
        let made_by = match by {
            Actor::Agent(admin) => Some(admin.clone()),
            Actor::System | Actor::Customer | Actor::Bot | Actor::Meta => None,
        };
        AccountLinkRow {
            id: self.entropy.id(now),
            tenant: tenant.clone(),
            expires_at: now.plus(purpose.kind().lifetime()),
            purpose,
            agent,
            made_by,
            created_at: now,
            state: LinkState::Open,
        }
    }

    /// Stores a new link with its entry after `events`, commits, and returns its address.
    async fn commit_link(
        &self,
        mut tx: Tx,
        by: &Initiator,
        link: AccountLinkRow,
        mut events: Vec<Event>,
    ) -> Result<NewLink, MemberError> {
        let token = self.new_token();
        account_links::insert(&mut tx, &link, &session::hash(&token)).await?;
        let change = match &link.purpose {
            LinkPurpose::Join(invited) => MemberChange::Invited { role: invited.role },
            LinkPurpose::NewPassword => MemberChange::PasswordLinkMade,
        };
        events.push(Event::MemberChanged { agent: link.agent, change });
        self.log.commit_all(tx, &link.tenant, link.created_at, by.clone(), events).await?;
        let kind = link.purpose.kind();
        Ok(NewLink { url: format!("{}{}{token}", self.public_url, kind.path()), kind, expires_at: link.expires_at })
    }
}

/// Revokes the invitations of an address that have expired.
///
/// # Errors
/// [`MemberError::Invalid`] if there is one that has not.
async fn revoke_expired(
    tx: &mut Tx,
    tenant: &TenantId,
    email: &str,
    now: Timestamp,
) -> Result<Vec<Event>, MemberError> {
    let mut events = Vec::new();
    for link in account_links::open(tx, tenant).await? {
        if !matches!(&link.purpose, LinkPurpose::Join(known) if known.email == email) {
            continue;
        }
        if now < link.expires_at {
            return Err(MemberError::Invalid(format!(
                "{email} is invited already. Make a new link for that invitation, or revoke it."
            )));
        }
        events.extend(revoke(tx, &link).await?);
    }
    Ok(events)
}

/// Why an address cannot be invited: somebody has it already.
async fn taken(tx: &mut Tx, tenant: &TenantId, email: &str) -> store::Result<Option<String>> {
    let Some(known) = agents::by_email(tx, email).await? else { return Ok(None) };
    // The names of another tenant's people are not told.
    Ok(Some(match (known.tenant == *tenant, known.active) {
        (true, true) => format!("{email} is in your team already: {}.", known.name),
        (true, false) => format!("{email} belongs to {}, who is deactivated. Reactivate them instead.", known.name),
        (false, _) => format!("{email} is already in use on this server. Use another address."),
    }))
}

/// Revokes a link; the entry for the log, unless it was used or revoked already.
async fn revoke(tx: &mut Tx, link: &AccountLinkRow) -> store::Result<Option<Event>> {
    let change = match link.purpose.kind() {
        LinkKind::Join => MemberChange::InvitationRevoked,
        LinkKind::NewPassword => MemberChange::PasswordLinkRevoked,
    };
    let is_revoked = account_links::end(tx, &link.tenant, &link.id, LinkState::Revoked).await?;
    Ok(is_revoked.then(|| Event::MemberChanged { agent: link.agent.clone(), change }))
}

/// Revokes the links with which a member could set a new password.
async fn revoke_password_links(tx: &mut Tx, tenant: &TenantId, member: &AgentId) -> store::Result<Vec<Event>> {
    revoke_all(tx, tenant, |link| is_password_link_of(link, member)).await
}

/// Revokes the links that an admin made, who is one no more and still knows their tokens.
pub(super) async fn revoke_made_by(tx: &mut Tx, tenant: &TenantId, admin: &AgentId) -> store::Result<Vec<Event>> {
    revoke_all(tx, tenant, |link| is_made_by(link, admin)).await
}

/// Revokes the links with which a member could set a new password, and those that they made. To be called whenever the
/// password changes and whenever the member leaves: who knew the old password could have made links to come back with.
pub(super) async fn revoke_all_of(tx: &mut Tx, tenant: &TenantId, member: &AgentId) -> store::Result<Vec<Event>> {
    revoke_all(tx, tenant, |link| is_password_link_of(link, member) || is_made_by(link, member)).await
}

fn is_password_link_of(link: &AccountLinkRow, member: &AgentId) -> bool {
    link.purpose == LinkPurpose::NewPassword && link.agent == *member
}

fn is_made_by(link: &AccountLinkRow, admin: &AgentId) -> bool {
    link.made_by.as_ref() == Some(admin)
}

async fn revoke_all(
    tx: &mut Tx,
    tenant: &TenantId,
    is_meant: impl Fn(&AccountLinkRow) -> bool,
) -> store::Result<Vec<Event>> {
    let mut events = Vec::new();
    for link in account_links::open(tx, tenant).await? {
        if is_meant(&link) {
            events.extend(revoke(tx, &link).await?);
        }
    }
    Ok(events)
}
