//! A tenant's configuration, a file or folder per noun: keywords, texts, templates for closed windows, targets, times for
//! silent customers and for those who wait while the reply window closes, outcomes, the question for a rating, saved
//! replies, opening hours, prices, flows, the bot's model with its tools and secrets, and the checklist of a new company.
//! Every change is in one transaction with its audit entry; a call that changes nothing writes nothing.
//!
//! A method has the name of the server function that calls it. To add a setting: its value and bounds in
//! `domain::settings`, a variant of `domain::event::Setting` with its sentence in `domain::conversation::describe`, and
//! a method in the file of its noun that locks the tenant, compares, writes and ends in `commit`.

pub mod audit;
mod automation;
pub mod bot;
pub mod flows;
pub mod gone_agents;
pub mod hours;
mod joined_texts;
mod keep_open;
pub mod keywords;
pub mod model;
pub mod outcomes;
pub mod prices;
pub mod rating;
pub mod saved_replies;
pub mod secret_hosts;
pub mod secrets;
pub mod setup;
pub mod silence;
pub mod targets;
pub mod texts;
pub mod tools;
pub mod window_templates;

#[cfg(test)]
mod tests;

use crate::{
    domain::{
        event::{Change, Event, Initiator, Setting},
        ids::TenantId,
        time::Timestamp,
    },
    server::{
        bus::Presence,
        clock::{Clock, Entropy},
        log::Log,
        seal::{Seal, SealError},
        store::{Db, StoreError, Tx, tenants},
    },
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Settings {
    db: Db,
    clock: Clock,
    entropy: Entropy,
    presence: Presence,
    log: Log,
    seal: Seal,
    matchers: keywords::Matchers,
}

/// Why a setting was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It does not exist, or belongs to another tenant.
    #[error("not found")]
    NotFound,
    /// Invalid input. The sentence is for the person who entered it.
    #[error("{0}")]
    Invalid(String),
    /// The name or number is in use; the sentence says which.
    #[error("{0}")]
    Taken(String),
    /// Another change came first; the sentence says whose.
    #[error("{0}")]
    Stale(String),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub type Result<T> = std::result::Result<T, SettingsError>;

impl Settings {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, presence: Presence, log: Log, seal: Seal) -> Self {
        Self { db, clock, entropy, presence, log, seal, matchers: keywords::Matchers::default() }
    }

    /// The compiled keywords, for the bot.
    pub fn matchers(&self) -> keywords::Matchers {
        self.matchers.clone()
    }

    /// The tenant with its settings.
    pub async fn tenant(&self, tenant: &TenantId) -> Result<tenants::Tenant> {
        let mut tx = self.db.begin_read().await?;
        tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)
    }

    /// A transaction that locks the tenant's configuration, and the tenant.
    async fn begin(&self, tenant: &TenantId) -> Result<(Tx, tenants::Tenant)> {
        let mut tx = self.db.begin_write().await?;
        let record = tenants::lock(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)?;
        Ok((tx, record))
    }

    /// Commits the transaction with one entry per change, in order.
    async fn commit(
        &self,
        tx: Tx,
        tenant: &TenantId,
        at: Timestamp,
        initiator: Initiator,
        changes: Vec<Event>,
    ) -> Result<()> {
        Ok(self.log.commit_all(tx, tenant, at, initiator, changes).await?)
    }
}

/// The event for a change. `subject` is an id or a plain name, never text of a person.
fn configured(what: Setting, subject: Option<&str>, change: Change) -> Event {
    Event::Configured { what, subject: subject.map(str::to_owned), change }
}
