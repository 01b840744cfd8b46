//! Creates agents and sets passwords, for the command line and the demo.

use super::{Accounts, links, password};
use crate::{
    domain::{
        access::Role,
        alert::SilencedAlerts,
        conversation::UNDO_SECONDS,
        event::{Change, Event, Initiator, Setting},
        ids::{AgentId, TeamId, TenantId},
        member::{email_fault, name_fault, normal_email},
        scheduled::SEND_DELAYS,
    },
    server::store::{
        self,
        agents::{self, AgentRow},
        devices, pending_sign_ins, sessions, tenants,
    },
};

/// Why an agent could not be created or changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Hash(#[from] password::HashError),
}

/// A person who becomes a member.
pub(super) struct NewMember {
    pub id: AgentId,
    /// Trimmed and in lower case.
    pub email: String,
    pub name: String,
    pub role: Role,
    pub password_hash: String,
}

impl NewMember {
    /// The row of somebody who has chosen nothing for their desk yet.
    pub(super) fn into_row(self, tenant: &TenantId, team: TeamId) -> AgentRow {
        AgentRow {
            id: self.id,
            tenant: tenant.clone(),
            team,
            email: self.email,
            name: self.name,
            role: self.role,
            password_hash: self.password_hash,
            away: false,
            muted: false,
            undo_seconds: UNDO_SECONDS[0],
            typing_keys: true,
            send_delay_seconds: SEND_DELAYS[0],
            compact_list: false,
            silenced_alerts: SilencedAlerts::default(),
            active: true,
        }
    }
}

impl Accounts {
    /// Adds an agent to a tenant's default team.
    pub async fn create(
        &self,
        tenant: &TenantId,
        email: &str,
        name: &str,
        role: Role,
        password: String,
    ) -> Result<AgentId, PeopleError> {
        let email = normal_email(email);
        if let Some(fault) = email_fault(&email).or_else(|| name_fault(name)) {
            return Err(PeopleError::Invalid(fault));
        }
        let own = self.own_words(tenant, name, &email).await?;
        if let Some(reason) = self.hasher.fault(password.clone(), own).await? {
            return Err(PeopleError::Invalid(reason));
        }
        let hash = &self.hasher.hash(password, self.entropy.bytes()).await?;
        let email = &email;
        self.db
            .transact(move |mut tx| async move {
                let now = self.clock.now();
                if agents::by_email(&mut tx, email).await?.is_some() {
                    return Err(PeopleError::Invalid(format!("{email} is already in use on this server")));
                }
                let team = tenants::default_team(&mut tx, tenant).await?;
                let team = team.ok_or_else(|| PeopleError::Invalid("no such tenant".to_owned()))?;
                let id: AgentId = self.entropy.id(now);
                let member = NewMember {
                    id: id.clone(),
                    email: email.clone(),
                    name: name.trim().to_owned(),
                    role,
                    password_hash: hash.clone(),
                };
                agents::insert(&mut tx, &member.into_row(tenant, team), now).await?;
                let subject = Some(id.as_str().to_owned());
                let event = Event::Configured { what: Setting::Agent, subject, change: Change::Added };
                self.log.commit(tx, tenant, now, Initiator::SYSTEM, event).await?;
                Ok(id)
            })
            .await
    }

    /// Sets a new password. All sessions of the agent end, and so do the links that they made or could use; their devices
    /// are strangers again.
    pub async fn reset_password(&self, email: &str, password: String) -> Result<(), PeopleError> {
        let email = normal_email(email);
        let mut tx = self.db.begin_read().await?;
        let record = agents::by_email(&mut tx, &email)
            .await?
            .ok_or_else(|| PeopleError::Invalid(format!("there is no user with the email {email}")))?;
        drop(tx);
        let own = self.own_words(&record.tenant, &record.name, &record.email).await?;
        if let Some(reason) = self.hasher.fault(password.clone(), own).await? {
            return Err(PeopleError::Invalid(reason));
        }
        let hash = &self.hasher.hash(password, self.entropy.bytes()).await?;
        let (tenant, id) = (&record.tenant, &record.id);
        self.db
            .transact(move |mut tx| async move {
                tenants::lock_people(&mut tx, tenant).await?;
                agents::set_password(&mut tx, tenant, id, hash).await?;
                sessions::remove_of(&mut tx, id).await?;
                devices::remove_of(&mut tx, id).await?;
                pending_sign_ins::remove_of(&mut tx, tenant, id).await?;
                let subject = Some(id.as_str().to_owned());
                let event = Event::Configured { what: Setting::Password, subject, change: Change::Changed };
                let mut events = links::revoke_all_of(&mut tx, tenant, id).await?;
                events.push(event);
                Ok(self.log.commit_all(tx, tenant, self.clock.now(), Initiator::SYSTEM, events).await?)
            })
            .await
    }
}
