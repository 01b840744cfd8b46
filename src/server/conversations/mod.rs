//! The one write path of conversations. Whatever happens to one happens here: decide, append, save, enqueue, commit, nudge.
//!
//! `unit_of_work/` is one transaction; `receive/` what Meta reports; `agent/` what agents do, a file per verb; `delivery/`
//! what becomes of sends; `customers.rs` who writes; `media.rs` what became of a file; `requests.rs` calls of other systems
//! that end; `jobs.rs` enqueues the work that a change leads to. Never here: calls to Meta, the language model, and what
//! the bot answers (`bot`, which settles its turns through a unit of work). To add something that can happen: a command in
//! `domain::conversation`, a verb here.

pub mod agent;
mod customers;
pub mod delivery;
pub mod jobs;
pub mod media;
pub mod receive;
mod requests;
pub mod unit_of_work;

use crate::{
    domain::{conversation::Refusal, ids::TenantId},
    server::{
        bus::{Bus, Presence},
        clock::{Clock, Entropy},
        store::{Db, StoreError, tenants},
    },
};

pub use unit_of_work::{Finished, UnitOfWork};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Conversations {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) bus: Bus,
    pub(crate) presence: Presence,
}

/// Why nothing happened.
#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("not found")]
    NotFound,
    /// The input is wrong; the sentence is for the person who gave it.
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub type Result<T> = std::result::Result<T, ConversationError>;

impl ConversationError {
    /// Another transaction was quicker: the same work, begun anew, may succeed or find it done.
    fn is_race(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_retryable() || error.is_taken())
    }
}

/// How often a change is attempted that loses races.
const ATTEMPTS: usize = 5;

impl Conversations {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, bus: Bus, presence: Presence) -> Self {
        Self { db, clock, entropy, bus, presence }
    }

    /// Makes one change in a transaction of the tenant: `change` gets it begun and gives it back to be committed or not.
    /// One that loses a race against another transaction begins anew, so `change` may run several times.
    pub async fn transact<T, F>(&self, tenant: &TenantId, change: impl Fn(UnitOfWork) -> F) -> Result<T>
    where
        F: Future<Output = Result<Finished<T>>>,
    {
        for _ in 1..ATTEMPTS {
            match self.attempt(tenant, &change).await {
                Err(error) if error.is_race() => {}
                other => return other,
            }
        }
        self.attempt(tenant, &change).await
    }

    async fn attempt<T, F>(&self, tenant: &TenantId, change: &impl Fn(UnitOfWork) -> F) -> Result<T>
    where
        F: Future<Output = Result<Finished<T>>>,
    {
        let mut tx = self.db.begin_write().await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(ConversationError::NotFound)?;
        match change(UnitOfWork::new(tx, record, self.clock.now(), self.entropy.clone())).await? {
            Finished::Commit(work, value) => {
                self.commit(*work).await?;
                Ok(value)
            }
            Finished::Discard(value) => Ok(value),
        }
    }

    /// Commits and wakes whoever has something to do now.
    async fn commit(&self, work: UnitOfWork) -> Result<()> {
        let done = work.finish().await?;
        if let Some((tenant, seq)) = done.reached {
            self.bus.nudge(&tenant, seq);
        }
        let wakeups = self.bus.wakeups();
        if done.enqueued.outbox {
            wakeups.outbox.notify_one();
        }
        if done.enqueued.marks {
            wakeups.marks.notify_one();
        }
        if done.enqueued.turns {
            wakeups.turns.notify_one();
        }
        if done.enqueued.calls {
            wakeups.calls.notify_one();
        }
        if done.enqueued.models {
            wakeups.models.notify_one();
        }
        if done.enqueued.media {
            wakeups.media.notify_one();
        }
        Ok(())
    }
}
