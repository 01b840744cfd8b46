//! Creates agents and sets passwords, for the command line and the demo.

use super::{Accounts, password};
use crate::{
    domain::{
        access::Role,
        alert::SilencedAlerts,
        conversation::UNDO_SECONDS,
        event::{Change, Event, Initiator, Setting},
        ids::{AgentId, TenantId},
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
        let email = email.trim().to_lowercase();
        if !email.contains('@') || email.len() > 254 || email.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(PeopleError::Invalid(format!("“{email}” isn't an email address")));
        }
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(PeopleError::Invalid("enter a name of 1 to 80 characters".to_owned()));
        }
        let own = self.own_words(tenant, name, &email).await?;
        if let Some(reason) = self.hasher.fault(password.clone(), own).await? {
            return Err(PeopleError::Invalid(reason));
        }
        let hash = self.hasher.hash(password, self.entropy.bytes()).await?;
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        if agents::by_email(&mut tx, &email).await?.is_some() {
            return Err(PeopleError::Invalid(format!("{email} is already in use on this server")));
        }
        let team = tenants::default_team(&mut tx, tenant)
            .await?
            .ok_or_else(|| PeopleError::Invalid("no such tenant".to_owned()))?;
        let id: AgentId = self.entropy.id(now);
        let record = AgentRow {
            id: id.clone(),
            tenant: tenant.clone(),
            team,
            email,
            name: name.to_owned(),
            role,
            password_hash: hash,
            away: false,
            muted: false,
            undo_seconds: UNDO_SECONDS[0],
            typing_keys: true,
            compact_list: false,
            silenced_alerts: SilencedAlerts::default(),
            active: true,
        };
        agents::insert(&mut tx, &record, now).await?;
        let event =
            Event::Configured { what: Setting::Agent, subject: Some(id.as_str().to_owned()), change: Change::Added };
        self.log.commit(tx, tenant, now, Initiator::SYSTEM, event).await?;
        Ok(id)
    }

    /// Sets a new password and ends all sessions of the agent, whose devices are strangers again.
    pub async fn reset_password(&self, email: &str, password: String) -> Result<(), PeopleError> {
        let email = email.trim().to_lowercase();
        let mut tx = self.db.begin_read().await?;
        let record = agents::by_email(&mut tx, &email)
            .await?
            .ok_or_else(|| PeopleError::Invalid(format!("there is no user with the email {email}")))?;
        drop(tx);
        let own = self.own_words(&record.tenant, &record.name, &record.email).await?;
        if let Some(reason) = self.hasher.fault(password.clone(), own).await? {
            return Err(PeopleError::Invalid(reason));
        }
        let hash = self.hasher.hash(password, self.entropy.bytes()).await?;
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        agents::set_password(&mut tx, &record.tenant, &record.id, &hash).await?;
        sessions::remove_of(&mut tx, &record.id).await?;
        devices::remove_of(&mut tx, &record.id).await?;
        pending_sign_ins::remove_of(&mut tx, &record.tenant, &record.id).await?;
        let event = Event::Configured {
            what: Setting::Password,
            subject: Some(record.id.as_str().to_owned()),
            change: Change::Changed,
        };
        self.log.commit(tx, &record.tenant, now, Initiator::SYSTEM, event).await?;
        Ok(())
    }
}
