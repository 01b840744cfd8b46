//! The one door for conversations. Whatever happens to one, happens here: decide, append, save, owe, commit, nudge.
//!
//! `work.rs` is the heart (one transaction), `receive.rs`, `statuses.rs` and `elsewhere.rs` what Meta says, `desk.rs` and
//! `again.rs` what agents do, `bot.rs` what the engine does, `sending.rs` and `settle_send.rs` what the outbox asks and
//! reports. It never calls Meta and never asks a model. To add something that can happen: a command in `domain::conversation`, a verb here.

mod again;
mod ahead;
mod amend;
pub mod bot;
pub mod desk;
mod elsewhere;
mod enqueue;
pub mod files;
mod finish;
mod import;
mod language;
mod people;
pub mod receive;
pub mod sending;
mod settle_send;
mod statuses;
pub mod unit_of_work;

use futures::future::BoxFuture;

use crate::{
    domain::{conversation::Refusal, ids::TenantId},
    server::{
        bus::{Bus, Presence},
        clock::{Clock, Entropy},
        store::{Db, StoreError, tenants},
    },
};

pub use unit_of_work::UnitOfWork;

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) bus: Bus,
    pub(crate) presence: Presence,
    flow_cache: bot::FlowCache,
}

/// Why nothing happened.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
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

pub type Result<T> = std::result::Result<T, InboxError>;

impl InboxError {
    /// Another transaction was quicker: the same work, begun anew, may succeed or find it done.
    fn is_race(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_retryable() || error.is_taken())
    }
}

/// How often work that lost a race begins anew.
const TRIES: usize = 5;

impl Inbox {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, bus: Bus, presence: Presence) -> Self {
        Self { db, clock, entropy, bus, presence, flow_cache: bot::FlowCache::default() }
    }

    /// Begins one transaction of a tenant.
    pub async fn begin(&self, tenant: &TenantId) -> Result<UnitOfWork> {
        let mut tx = self.db.begin_write().await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(InboxError::NotFound)?;
        Ok(UnitOfWork::new(tx, record, self.clock.now(), self.entropy.clone()))
    }

    /// Commits and tells whoever listens.
    pub async fn commit(&self, work: UnitOfWork) -> Result<()> {
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

    /// Runs `work` until it does not lose a race.
    async fn settled<'a, T>(&self, work: impl Fn() -> BoxFuture<'a, Result<T>> + Send + Sync) -> Result<T> {
        for _ in 1..TRIES {
            match work().await {
                Err(error) if error.is_race() => {}
                other => return other,
            }
        }
        work().await
    }
}
