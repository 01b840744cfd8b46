//! The worker of the search index: adds what was written before there was one, and moves new documents into SQLite's
//! full-text index by the hundreds.
//!
//! What customers write comes first: while webhooks wait, new documents are not merged before there are very many. They
//! are found all the same.
//!
//! What is searched, and how, does not belong here. The job's payload says how far it came; it is saved in the
//! transaction of what was added, so that a restart continues there.

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        ids::{CustomerId, TenantId},
        time::Span,
    },
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        store::{
            self, Db, Tx,
            index_progress::IndexProgress,
            jobs::{self, JobRow},
            journal,
            search::{self, Document, DocumentBatch},
            to_json,
        },
        workers::{JobKind, Jobs, Leased, Selection, WorkerPool},
    },
};

/// How long the job is leased before another worker takes it.
const LEASE: Span = Span::seconds(60);
/// Rows that one transaction adds. Other transactions wait for it, so it takes a few milliseconds.
const BATCH: i64 = 200;
/// The wait after a failed attempt.
const RETRY: Span = Span::seconds(5);
/// So many documents are moved into the full-text index at once, and no fewer: each time costs the same.
const MERGE: i64 = 500;
/// While webhooks wait to be processed, new documents wait, too, up to so many. A search compares those that wait one by
/// one, which takes about a microsecond each.
const MOST_PENDING: i64 = 50_000;

/// The worker. Cheap to clone.
#[derive(Clone)]
pub struct Indexer {
    db: Db,
    jobs: Jobs,
    bus: Bus,
    clock: Clock,
    entropy: Entropy,
}

impl Indexer {
    pub fn new(db: Db, jobs: Jobs, bus: Bus, clock: Clock, entropy: Entropy) -> Self {
        Self { db, jobs, bus, clock, entropy }
    }

    /// Adds one batch of what exists, and moves one batch of what is new. Returns how much was done.
    pub async fn run_once(&self) -> store::Result<usize> {
        let merged = self.merge().await?;
        let taken = self.jobs.take(JobKind::Index, Selection::Any, LEASE, 1).await?;
        for job in &taken {
            if let Err(error) = self.add_batch(job).await {
                tracing::error!(%error, attempts = job.attempts, "indexer: batch not added, will retry");
                self.jobs.reschedule(job, RETRY).await?;
            }
        }
        Ok(merged + taken.len())
    }

    async fn merge(&self) -> store::Result<usize> {
        if !self.is_merge_due().await? {
            return Ok(0);
        }
        let mut tx = self.db.begin_write().await?;
        let merged = search::merge_pending(&mut tx, MERGE).await?;
        tx.commit().await?;
        Ok(merged)
    }

    async fn is_merge_due(&self) -> store::Result<bool> {
        let mut tx = self.db.begin_read().await?;
        let least = if journal::unread_apps(&mut tx).await?.is_empty() { MERGE } else { MOST_PENDING };
        search::has_pending(&mut tx, least).await
    }

    /// Adds the next batch and saves the progress, or ends the job. If the lease was lost, another worker adds the same
    /// batch, which changes nothing.
    async fn add_batch(&self, job: &Leased<JobRow>) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        let next = match IndexProgress::of(&job.payload)? {
            IndexProgress::Customers { before } => {
                let before = before.map(CustomerId::from);
                let DocumentBatch { documents, reached } =
                    search::customers_before(&mut tx, before.as_ref(), BATCH).await?;
                add(&mut tx, documents).await?;
                Some(match reached {
                    Some((before, _)) => IndexProgress::Customers { before: Some(before) },
                    None => IndexProgress::Messages { before: None, back_to: None },
                })
            }
            IndexProgress::Messages { before, .. } => {
                let DocumentBatch { documents, reached } =
                    search::messages_before(&mut tx, before.as_deref(), BATCH).await?;
                add(&mut tx, documents).await?;
                Some(match reached {
                    Some((before, at)) => IndexProgress::Messages { before: Some(before), back_to: Some(at) },
                    None => IndexProgress::Notes { before: None },
                })
            }
            IndexProgress::Notes { before } => {
                let DocumentBatch { documents, reached } =
                    search::notes_before(&mut tx, before.as_deref(), BATCH).await?;
                add(&mut tx, documents).await?;
                reached.map(|(before, _)| IndexProgress::Notes { before: Some(before) })
            }
        };
        match next {
            Some(progress) => jobs::hold(&mut tx, job, &to_json(&progress)?, self.clock.now()).await?,
            None => {
                jobs::finish(&mut tx, job).await?;
            }
        }
        tx.commit().await
    }

    /// Runs until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let pool = WorkerPool::new("indexer", &self.bus.wakeups().index, &self.clock, &self.entropy, &stop);
        pool.run_rounds(|| self.run_once()).await;
    }
}

/// Adds documents tenant by tenant.
async fn add(tx: &mut Tx, mut documents: Vec<(TenantId, Document)>) -> store::Result<()> {
    documents.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut rest = documents.into_iter().peekable();
    while let Some((tenant, first)) = rest.next() {
        let mut of_tenant = vec![first];
        while let Some((_, next)) = rest.next_if(|(next, _)| *next == tenant) {
            of_tenant.push(next);
        }
        search::add(tx, &tenant, of_tenant).await?;
    }
    Ok(())
}
