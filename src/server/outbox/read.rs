//! Read marks and typing indicators: jobs that mark messages as read at Meta when an agent has seen them or the bot is
//! writing. Best effort: an old job is dropped, and retries are few. Blocks of customers (`block.rs`) and thread control
//! (`thread_control.rs`) share the workers.

use crate::{
    domain::{
        ids::{ConversationId, Wamid},
        time::{Span, Timestamp},
    },
    server::{
        conversations::{ConversationError, jobs::READ_LIFE},
        gateway::{SendError, Typing},
        store::{channels, conversations, jobs::JobRow},
        workers::{JobKind, Leased, Selection},
    },
};

use super::{LEASE, Outbox};

/// A job that this worker has taken.
pub(super) struct Mark {
    job: Leased<JobRow>,
    typing: Typing,
}

/// Most attempts of a job.
const MAX_ATTEMPTS: i64 = 5;

impl Outbox {
    /// Thread control, for which agents wait, then read marks, typing indicators, and blocks of customers.
    pub(super) async fn take_marks(&self, capacity: usize) -> Result<Vec<Mark>, ConversationError> {
        let mut marks: Vec<Mark> = Vec::new();
        let kinds = [
            // A pass that arrives at Meta after the take that follows it would give the customer away.
            (JobKind::ThreadControl, Selection::OnePerKey, Typing::No),
            (JobKind::Read, Selection::Any, Typing::No),
            (JobKind::Typing, Selection::Any, Typing::Show),
            (JobKind::Block, Selection::Any, Typing::No),
        ];
        for (kind, due, typing) in kinds {
            let free = capacity.saturating_sub(marks.len());
            let jobs = self.jobs.take_places(kind, due, LEASE, free).await?;
            marks.extend(jobs.into_iter().map(|job| Mark { job, typing }));
        }
        self.rate_limits.sweep();
        Ok(marks)
    }

    pub(super) async fn mark(&self, mark: Mark) {
        let Mark { job, typing } = mark;
        // A job that could not be settled keeps its lease. When that expires, it is taken again.
        if job.kind == JobKind::Block {
            if let Err(error) = self.block(&job).await {
                tracing::error!(%error, job = %job.id, "outbox: block not settled");
            }
            return;
        }
        if job.kind == JobKind::ThreadControl {
            if let Err(error) = self.thread_control(&job).await {
                tracing::error!(%error, job = %job.id, "outbox: thread control not settled");
            }
            return;
        }
        let Err(error) = self.read_mark(&job, typing).await else { return };
        tracing::error!(%error, job = %job.id, "outbox: read receipt failed");
        if job.attempts >= MAX_ATTEMPTS
            && let Err(error) = self.jobs.finish(&job).await
        {
            tracing::error!(%error, job = %job.id, "outbox: read receipt job not removed");
        }
    }

    async fn read_mark(&self, job: &Leased<JobRow>, typing: Typing) -> Result<(), ConversationError> {
        let mut tx = self.db.begin_read().await?;
        let id = ConversationId::from(job.key.as_str());
        let stored = conversations::load(&mut tx, &job.tenant_id, &id).await?;
        let channel = match &stored {
            Some(stored) => channels::find(&mut tx, &job.tenant_id, &stored.conversation.channel).await?,
            None => None,
        };
        drop(tx);
        let Some(channel) = channel else { return Ok(self.jobs.finish(job).await?) };
        let Some(credentials) = self.credentials(&channel).await? else {
            return Ok(self.jobs.finish(job).await?);
        };
        let wamid = Wamid(job.payload.clone());
        match self.gateway.mark_read(&credentials, &wamid, typing).await {
            Ok(()) => self.jobs.finish(job).await?,
            Err(SendError::Refused { code, .. }) => {
                tracing::info!(code, "outbox: read receipt rejected");
                self.jobs.finish(job).await?;
            }
            Err(SendError::SecretRefused) => {
                tracing::info!("outbox: read receipt rejected with the app secret");
                self.jobs.finish(job).await?;
            }
            Err(error) if self.clock.now().since(Timestamp(job.due_at)) > READ_LIFE || job.attempts >= MAX_ATTEMPTS => {
                tracing::info!(%error, "outbox: read receipt given up");
                self.jobs.finish(job).await?;
            }
            Err(_) => self.jobs.reschedule(job, Span::seconds(5)).await?,
        }
        Ok(())
    }
}
