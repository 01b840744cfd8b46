//! The worker that keeps the facts of reports up to date: it reads each tenant's log after what it has read before, and
//! writes the facts and how far it came in one transaction.
//!
//! It appends nothing to the log and changes no entry. What an entry means is decided in `domain::report::facts`. An upgrade
//! leaves nothing read, so the worker fills the tables while the server runs; so does a rebuild, after it has deleted them.

mod batch;
mod clear;
mod pace;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        ids::{Seq, TenantId},
        time::{Span, Timestamp},
    },
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        store::{
            self, Db, entries, presence,
            report_progress::{self, ProgressRow, RecordedKind},
            tenants,
        },
        workers::{WorkerPool, catch_panic},
    },
};

use self::{batch::Batch, pace::Pace};

/// Most entries of one transaction. Other transactions wait for it, so it takes a few milliseconds.
const BATCH: i64 = 256;
/// What happens meanwhile is added together.
const WAKE_DELAY: Span = Span::of_millis(250);
/// How long a tenant waits whose entries could not be added.
const RETRY: Span = Span::minutes(1);

/// The worker. Cheap to clone.
#[derive(Clone)]
pub struct ReportFacts {
    db: Db,
    bus: Bus,
    clock: Clock,
    entropy: Entropy,
    /// Tenants whose entries could not be added, and when they are tried again.
    failed: Arc<Mutex<HashMap<TenantId, Timestamp>>>,
}

/// How much of a tenant's log the facts contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactsProgress {
    /// Until when the facts are complete; `None` if there are none yet.
    pub as_of: Option<Timestamp>,
    /// Entries that were read, and that there are.
    pub read: i64,
    pub entries: i64,
    /// The facts of before a rebuild are being deleted.
    pub clearing: bool,
}

/// What was done for a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Added {
    /// Entries that were added, or facts that were deleted.
    count: usize,
    /// There may be more.
    is_full: bool,
}

impl ReportFacts {
    pub fn new(db: Db, bus: Bus, clock: Clock, entropy: Entropy) -> Self {
        Self { db, bus, clock, entropy, failed: Arc::default() }
    }

    pub async fn progress(&self, tenant: &TenantId) -> store::Result<FactsProgress> {
        let mut tx = self.db.begin_read().await?;
        let Seq(entries) = tenants::head(&mut tx, tenant).await?;
        let ProgressRow { reached: Seq(read), at, clearing, .. } = report_progress::read(&mut tx, tenant).await?;
        let is_complete = read >= entries && !clearing;
        let as_of = if is_complete { Some(self.clock.now()) } else { at };
        Ok(FactsProgress { as_of, read, entries, clearing })
    }

    /// Deletes a tenant's facts and derives them from its log again. The worker does both, here or at the server that runs.
    pub async fn rebuild(&self, tenant: &TenantId) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        let rebuilds = report_progress::lock(&mut tx, tenant).await?.rebuilds + 1;
        let progress = ProgressRow { clearing: true, rebuilds, ..ProgressRow::default() };
        report_progress::save(&mut tx, tenant, progress).await?;
        tx.commit().await?;
        self.bus.wakeups().facts.notify_one();
        Ok(())
    }

    /// Adds a part of what is not read yet, at once. Returns how many entries were added and facts were deleted.
    pub async fn run_once(&self) -> store::Result<usize> {
        Ok(self.round(None).await?.count)
    }

    /// Runs until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let wakeup = &self.bus.wakeups().facts;
        let pace = Pace { clock: &self.clock, written: wakeup, stop: &stop };
        let pool = WorkerPool::new("facts", wakeup, &self.clock, &self.entropy, &stop).wake_delay(WAKE_DELAY);
        pool.run_rounds(|| self.run_while_full(&pace)).await;
    }

    /// As [`Self::run_once`], with rests. Returns 0 unless there may be more at once: entries that come singly would otherwise
    /// become a transaction each.
    async fn run_while_full(&self, pace: &Pace<'_>) -> store::Result<usize> {
        let added = self.round(Some(pace)).await?;
        Ok(if added.is_full { added.count } else { 0 })
    }

    /// A transaction for each tenant that is behind, so that nobody waits for what another one has left to read.
    async fn round(&self, pace: Option<&Pace<'_>>) -> store::Result<Added> {
        let mut look = self.db.begin_read().await?;
        let behind = report_progress::behind(&mut look).await?;
        drop(look);
        let mut round = Added { count: 0, is_full: false };
        for tenant in behind {
            let began = self.clock.now();
            if self.is_paused(&tenant, began) {
                continue;
            }
            let added = match catch_panic(self.add(&tenant)).await {
                Ok(Ok(added)) => added,
                Ok(Err(error)) => self.pause(&tenant, began, &error.to_string()),
                Err(panicked) => self.pause(&tenant, began, &panicked.to_string()),
            };
            round.count += added.count;
            round.is_full |= added.is_full;
            if let Some(pace) = pace {
                pace.rest(began).await;
                if pace.is_stopped() {
                    break;
                }
            }
        }
        Ok(round)
    }

    fn is_paused(&self, tenant: &TenantId, now: Timestamp) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get(tenant).is_some_and(|until| now < *until)
    }

    /// The other tenants go on.
    fn pause(&self, tenant: &TenantId, now: Timestamp, fault: &str) -> Added {
        tracing::error!(%tenant, fault, "reports: facts not updated, will retry");
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.insert(tenant.clone(), now.plus(RETRY));
        Added { count: 0, is_full: false }
    }

    /// Adds some entries of a tenant. What that needs is read before the transaction that writes, for which others wait.
    async fn add(&self, tenant: &TenantId) -> store::Result<Added> {
        let mut view = self.db.begin_read().await?;
        let known = report_progress::read(&mut view, tenant).await?;
        if known.clearing {
            drop(view);
            return self.clear(tenant).await;
        }
        let entries = entries::since(&mut view, tenant, known.reached, BATCH).await?;
        let Some(last) = entries.last() else { return Ok(Added { count: 0, is_full: false }) };
        let progress = ProgressRow { reached: last.seq, at: Some(last.at), ..known };
        let batch = Batch::load(&mut view, tenant, &entries).await?;
        let first_presence = match known.reached {
            Seq(0) => presence::first_interval(&mut view, tenant).await?,
            Seq(_) => None,
        };
        drop(view);
        let facts = batch.fold(&entries);

        let mut tx = self.db.begin_write().await?;
        if report_progress::lock(&mut tx, tenant).await? != known {
            // Another node was faster, or a rebuild has begun.
            tx.rollback().await?;
            return Ok(Added { count: 0, is_full: true });
        }
        facts.save(&mut tx, tenant, last.seq).await?;
        if known.reached == Seq(0) {
            let now = self.clock.now();
            let since = first_presence.unwrap_or(now);
            report_progress::record_once(&mut tx, tenant, RecordedKind::Presence, since).await?;
            report_progress::record_once(&mut tx, tenant, RecordedKind::Pricing, now).await?;
        }
        report_progress::save(&mut tx, tenant, progress).await?;
        tx.commit().await?;
        self.bus.wakeups().packing.notify_one();
        Ok(Added { count: entries.len(), is_full: i64::try_from(entries.len()).is_ok_and(|count| count >= BATCH) })
    }
}
