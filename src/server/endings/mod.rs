//! The worker of what waits for a time: takes messages, pending endings, snoozes, silences, ends of reply windows and waits
//! for absent agents that are due and lets `conversations` carry them out. So does the upgrade of customers' ids, which is
//! due at once.
//!
//! What each of them does, and what cancels it, does not belong here. Another kind of work that waits for a
//! time gets its own kind of job and, if it writes conversations, a verb there.

use tokio_util::sync::CancellationToken;

use crate::{
    domain::time::Span,
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        conversations::{Conversations, Result},
        store::jobs::JobRow,
        workers::{JobKind, Jobs, Leased, Selection, WorkerPool, catch_panic, retry_after},
    },
};

/// How long a job is leased before another worker takes it.
const LEASE: Span = Span::seconds(60);
/// Most jobs of a kind that are taken at once.
const BATCH: i64 = 64;
/// Failed attempts after which an ending is cancelled, a message asks its author, and a silence or the end of a
/// window is forgotten.
const MAX_ATTEMPTS: i64 = 5;

/// The worker. Cheap to clone.
#[derive(Clone)]
pub struct Endings {
    conversations: Conversations,
    jobs: Jobs,
    bus: Bus,
    clock: Clock,
    entropy: Entropy,
}

impl Endings {
    pub fn new(conversations: Conversations, jobs: Jobs, bus: Bus, clock: Clock, entropy: Entropy) -> Self {
        Self { conversations, jobs, bus, clock, entropy }
    }

    /// Carries out what is due. Returns how many there were.
    pub async fn run_once(&self) -> Result<usize> {
        let mut taken = 0;
        let kinds = [
            JobKind::Scheduled,
            JobKind::Ending,
            JobKind::Snooze,
            JobKind::Silence,
            JobKind::Unattended,
            JobKind::WindowEnd,
            JobKind::CustomerIds,
        ];
        for kind in kinds {
            let due = self.jobs.take(kind, Selection::Any, LEASE, BATCH).await?;
            for job in &due {
                let fault = match catch_panic(self.carry_out(job)).await {
                    Ok(Ok(())) => continue,
                    Ok(Err(error)) => error.to_string(),
                    Err(panic) => panic.to_string(),
                };
                let (id, attempts) = (&job.id, job.attempts);
                tracing::error!(%fault, job = %id, attempts, "endings: not carried out, will retry");
                self.jobs.reschedule(job, retry_after(attempts, MAX_ATTEMPTS)).await?;
            }
            taken += due.len();
        }
        Ok(taken)
    }

    async fn carry_out(&self, job: &Leased<JobRow>) -> Result<()> {
        if job.kind == JobKind::Scheduled {
            return match job.attempts >= MAX_ATTEMPTS {
                true => self.conversations.give_up_scheduled(job).await,
                false => self.conversations.carry_out_scheduled(job).await,
            };
        }
        if job.kind == JobKind::Snooze {
            // Tried until it succeeds: a conversation must not stay put aside.
            return self.conversations.end_snooze(job).await;
        }
        if job.kind == JobKind::CustomerIds {
            // Tried until it succeeds: it ends by itself.
            return self.conversations.correct_customer_ids(job).await;
        }
        if job.kind == JobKind::Unattended {
            // Tried until it succeeds: nobody else would answer the customer.
            return self.conversations.end_unattended(job).await;
        }
        if job.kind == JobKind::Silence {
            if job.attempts < MAX_ATTEMPTS {
                return self.conversations.end_silence(job).await;
            }
            // The conversation stays open with its agent.
            self.jobs.finish(job).await?;
            return Ok(());
        }
        if job.kind == JobKind::WindowEnd {
            if job.attempts < MAX_ATTEMPTS {
                return self.conversations.keep_window_open(job).await;
            }
            // The window closes, as it does without the setting.
            self.jobs.finish(job).await?;
            return Ok(());
        }
        match job.attempts >= MAX_ATTEMPTS {
            true => self.conversations.give_up_ending(job).await,
            false => self.conversations.carry_out_ending(job).await,
        }
    }

    /// Runs until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let pool = WorkerPool::new("endings", &self.bus.wakeups().endings, &self.clock, &self.entropy, &stop);
        pool.run_rounds(|| self.run_once()).await;
    }
}
