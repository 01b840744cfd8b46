//! The one write path of conversations. Every change is made here: decide, append, save, enqueue, commit, notify.
//!
//! - `unit_of_work/`: one transaction
//! - `receive/`: what Meta reports
//! - `agent/`: what agents do, a file per verb
//! - `delivery/`: outcomes of sends
//! - `scheduled.rs`: messages that wait to be sent, when they are due
//! - `endings.rs`: what becomes of pending endings without an agent's act; `silence.rs`: of silent customers;
//!   `unattended.rs`: of customers whose agent is gone; `window_keeper.rs`: of those who wait while their window closes
//! - `closed_window.rs`: templates in the place of automatic texts when the 24-hour window has closed
//! - `deactivate.rs`: a member who leaves, and what becomes of their conversations
//! - `automation.rs`: how many automatic messages a customer got; `block.rs`: what Meta answered to a block;
//!   `control.rs`: who answers a customer on a number that several apps use
//! - `customers.rs`: customer records; `customer_ids.rs`: their upgrade; `media.rs`: results of downloads;
//!   `uploads.rs`: files that agents send;
//!   `requests.rs`: ends of API calls; `jobs.rs`: the jobs that a change enqueues
//!
//! Calls to Meta, the language model and the bot's decisions do not belong here; `bot` settles its turns through a unit
//! of work. To add an operation: a command in `domain::conversation`, and a verb here.

pub mod agent;
mod automation;
pub mod block;
mod closed_window;
pub mod control;
mod customer_ids;
mod customers;
mod deactivate;
pub mod delivery;
mod endings;
pub mod jobs;
pub mod media;
pub mod receive;
mod requests;
mod scheduled;
mod silence;
mod unattended;
pub mod unit_of_work;
mod uploads;
mod window_keeper;

use crate::{
    domain::{conversation::Refusal, ids::TenantId},
    server::{
        accounts::Agent,
        bus::{Bus, Presence},
        clock::{Clock, Entropy},
        store::{Db, StoreError, WriteLane, tenants},
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

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("not found")]
    NotFound,
    /// Invalid input. The sentence is for the person who entered it.
    #[error("{0}")]
    Invalid(String),
    /// What the person has seen has changed; the sentence says what to do.
    #[error("{0}")]
    Stale(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub type Result<T> = std::result::Result<T, ConversationError>;

impl ConversationError {
    /// Another transaction was faster. A retry may succeed, or find the work done.
    fn is_race(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_retryable() || error.is_taken())
    }
}

/// How often a change that loses races is attempted.
const ATTEMPTS: usize = 5;

impl Conversations {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, bus: Bus, presence: Presence) -> Self {
        Self { db, clock, entropy, bus, presence }
    }

    /// Runs a change of the server's own in a transaction of the tenant. `change` gets the unit of work and returns it to
    /// be committed or discarded. It may run several times, because a transaction that loses a race is restarted.
    pub async fn transact<T, F>(&self, tenant: &TenantId, change: impl Fn(UnitOfWork) -> F) -> Result<T>
    where
        F: Future<Output = Result<Finished<T>>>,
    {
        self.transact_in(&WriteLane::Tenant(tenant.clone()), tenant, change).await
    }

    /// As [`Conversations::transact`], for what an agent does. It does not wait for all that the bot has to do.
    async fn transact_for<T, F>(&self, agent: &Agent, change: impl Fn(UnitOfWork) -> F) -> Result<T>
    where
        F: Future<Output = Result<Finished<T>>>,
    {
        self.transact_in(&WriteLane::People(agent.tenant().clone()), agent.tenant(), change).await
    }

    async fn transact_in<T, F>(
        &self,
        lane: &WriteLane,
        tenant: &TenantId,
        change: impl Fn(UnitOfWork) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<Finished<T>>>,
    {
        for _ in 1..ATTEMPTS {
            match self.attempt(lane, tenant, &change).await {
                Err(error) if error.is_race() => {}
                other => return other,
            }
        }
        self.attempt(lane, tenant, &change).await
    }

    async fn attempt<T, F>(&self, lane: &WriteLane, tenant: &TenantId, change: &impl Fn(UnitOfWork) -> F) -> Result<T>
    where
        F: Future<Output = Result<Finished<T>>>,
    {
        let mut tx = self.db.begin_write_in(lane.clone()).await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(ConversationError::NotFound)?;
        let (now, entropy) = (self.clock.now(), self.entropy.clone());
        match change(UnitOfWork::new(tx, record, now, entropy, self.presence.clone())).await? {
            Finished::Commit(work, value) => {
                self.commit(*work).await?;
                Ok(value)
            }
            Finished::Discard(value) => Ok(value),
        }
    }

    /// Commits, notifies the bus and wakes the workers that have work.
    async fn commit(&self, work: UnitOfWork) -> Result<()> {
        let done = work.finish().await?;
        if let Some((tenant, seq)) = done.reached {
            self.bus.publish(&tenant, seq);
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
