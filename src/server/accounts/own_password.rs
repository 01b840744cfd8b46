//! An agent's own password: changing it, and entering it again for acts that need it.

use std::net::IpAddr;

use super::{
    Accounts, Admin, Agent, Reauthenticated,
    device::CallerDevice,
    factor::FactorPassed,
    links,
    login::AttemptScope,
    password::{HashError, HashQueue},
    refusal::log_refusal,
    sign_in::{NewSession, seconds},
};
use crate::{
    domain::{
        event::{Change, Event, Setting, SignInRefusal},
        ids::TenantId,
        password::{MAX_LENGTH, own_words},
        time::Span,
    },
    server::store::{
        self, StoreError,
        agents::{self, AgentRow},
        devices, pending_sign_ins, sessions, tenants,
    },
};

/// Why a password was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum OwnPasswordError {
    #[error("That isn't your password.")]
    Wrong,
    /// The sentence is for the agent.
    #[error("{0}")]
    Invalid(String),
    /// Milliseconds until the next attempt is accepted.
    #[error("Too many attempts. Wait {} and try again.", seconds(*.0))]
    TooManyAttempts(i64),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Accounts {
    /// The proof that the admin entered the password a short while ago; `None` if it was longer ago.
    pub fn reauthenticated(&self, admin: &Admin, address: Option<IpAddr>) -> Option<Reauthenticated> {
        Reauthenticated::of(admin, address, self.clock.now())
    }

    /// Takes the password again, for acts that need it.
    pub async fn password_confirm(
        &self,
        agent: &Agent,
        address: Option<IpAddr>,
        password: String,
    ) -> Result<(), OwnPasswordError> {
        self.check_own(agent, address, password).await?;
        self.db
            .transact(move |mut tx| async move {
                sessions::authenticate(&mut tx, agent.session(), self.clock.now()).await?;
                Ok(tx.commit().await?)
            })
            .await
    }

    /// Sets a new password. All sessions of the agent end, this one is replaced, other devices are strangers again, and a
    /// link for a new password is revoked, as are the links that the agent made.
    pub async fn password_change(
        &self,
        agent: &Agent,
        from: &CallerDevice,
        current: String,
        new: String,
    ) -> Result<NewSession, OwnPasswordError> {
        let is_same = current == new;
        let record = &self.check_own(agent, from.address, current).await?;
        if is_same {
            return Err(OwnPasswordError::Invalid("This is your current password. Enter another one.".to_owned()));
        }
        let own = self.own_words(&record.tenant, &record.name, &record.email).await?;
        if let Some(detail) = self.hasher.fault(new.clone(), own).await? {
            return Err(OwnPasswordError::Invalid(detail));
        }
        let hash = &self.hasher.hash(new, self.entropy.bytes()).await?;
        let (tenant, id) = (&record.tenant, &record.id);
        self.db
            .transact(move |mut tx| async move {
                let now = self.clock.now();
                tenants::lock_people(&mut tx, tenant).await?;
                // The account may have changed while the passwords were checked.
                let current = agents::find(&mut tx, tenant, id).await?;
                if current.is_none_or(|current| !current.active || current.password_hash != record.password_hash) {
                    return Err(OwnPasswordError::Wrong);
                }
                agents::set_password(&mut tx, tenant, id, hash).await?;
                sessions::remove_of(&mut tx, id).await?;
                devices::remove_of(&mut tx, id).await?;
                let passed = FactorPassed::by_session(agent);
                let token = self.open(&mut tx, &self.session_of(record, from, now), passed, now).await?;
                let device = self.remember_device(&mut tx, record, None, now).await?;
                pending_sign_ins::remove_of(&mut tx, tenant, id).await?;
                let subject = Some(id.as_str().to_owned());
                let event = Event::Configured { what: Setting::Password, subject, change: Change::Changed };
                let mut events = links::revoke_all_of(&mut tx, tenant, id).await?;
                events.push(event);
                self.log.commit_all(tx, tenant, now, agent.initiator(from.address), events).await?;
                Ok(NewSession { token, device })
            })
            .await
    }

    /// The words that everybody who knows a person tries first.
    pub(super) async fn own_words(&self, tenant: &TenantId, name: &str, email: &str) -> store::Result<Vec<String>> {
        let mut tx = self.db.begin_read().await?;
        let tenant = tenants::find(&mut tx, tenant).await?;
        Ok(own_words(&[name, email, tenant.as_ref().map_or("", |tenant| &tenant.name)]))
    }

    /// Checks the agent's own password. Failures are counted for this session, so that whoever stole it cannot lock the
    /// agent out.
    async fn check_own(
        &self,
        agent: &Agent,
        address: Option<IpAddr>,
        password: String,
    ) -> Result<AgentRow, OwnPasswordError> {
        if password.len() > MAX_LENGTH {
            return Err(OwnPasswordError::Wrong);
        }
        let scopes = [AttemptScope::Session(agent.session().to_owned())];
        let too_many = |wait: Span| OwnPasswordError::TooManyAttempts(wait.0);
        if let Some(wait) = self.limiter.wait(&scopes) {
            return Err(too_many(wait));
        }
        let slot = self.hasher.slot(HashQueue::Known).await?;
        self.limiter.take(&scopes).map_err(too_many)?;
        let mut tx = self.db.begin_read().await?;
        let found = agents::find(&mut tx, agent.tenant(), agent.id()).await?;
        drop(tx);
        let Some(record) = found else { return Err(OwnPasswordError::Wrong) };
        if !self.hasher.verify(slot, password, record.password_hash.clone()).await? {
            let why = SignInRefusal::Confirmation;
            log_refusal(agent.email(), address, why);
            let event = Event::SignInRefused { agent: agent.id().clone(), why };
            self.append(agent.tenant(), &agent.initiator(address), &event).await?;
            return Err(OwnPasswordError::Wrong);
        }
        self.limiter.give_back(&scopes);
        Ok(record)
    }
}
