//! Enqueues the jobs that a change of a conversation leads to.
//!
//! Workers do not belong here. To add a kind: a variant of [`JobKind`], and in [`UnitOfWork::enqueue`] the worker that
//! it wakes after the commit.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    domain::{
        ids::ChannelId,
        time::{Span, Timestamp},
    },
    server::store::{
        Leased,
        jobs::{self, JobKind, JobRow},
        to_json,
    },
};

use super::{Result, UnitOfWork};

/// After this time a read mark is pointless and its job is dropped.
pub const READ_LIFE: Span = Span::hours(1);
/// The wait before the next look at a journal that has to be read before a wait ends.
const UNREAD_WAIT: Span = Span::seconds(5);

/// A wait as a job stores it while the journal has to be read.
#[derive(Serialize)]
struct HeldWait<'a, T> {
    #[serde(flatten)]
    wait: &'a T,
    read_up_to: Timestamp,
}

/// What [`HeldWait`] adds to the wait. Read apart from it, because the job of a wait that is not held has none.
#[derive(Deserialize)]
struct JournalBound {
    #[serde(default)]
    read_up_to: Option<Timestamp>,
}

/// What a job stores. `None` if it cannot be read, which is logged: the caller then ends the job.
pub(super) fn read_payload<T: DeserializeOwned>(job: &JobRow) -> Option<T> {
    match serde_json::from_str(&job.payload) {
        Ok(payload) => Some(payload),
        Err(error) => {
            tracing::error!(%error, job = %job.id, kind = job.kind.as_str(), "conversations: job unreadable, dropped");
            None
        }
    }
}

impl UnitOfWork {
    /// Enqueues a job. After the commit, any worker of its kind may take it.
    pub fn enqueue(&mut self, kind: JobKind, key: &str, payload: String, due: Timestamp) {
        self.jobs.push(JobRow {
            id: self.entropy.id(self.now),
            tenant_id: self.tenant.id.clone(),
            kind,
            key: key.to_owned(),
            payload,
            due_at: due.0,
            attempts: 0,
        });
        match kind {
            JobKind::Turn | JobKind::Reread | JobKind::Resume => self.enqueued.turns = true,
            JobKind::Call => self.enqueued.calls = true,
            JobKind::Fetch => self.enqueued.media = true,
            JobKind::Read | JobKind::Typing | JobKind::Block | JobKind::ThreadControl => self.enqueued.marks = true,
            // These are due later, when their workers poll.
            JobKind::Model
            | JobKind::QuestionTimeout
            | JobKind::Ending
            | JobKind::Scheduled
            | JobKind::Snooze
            | JobKind::Silence
            | JobKind::Unattended
            | JobKind::WindowEnd
            | JobKind::Index
            | JobKind::CustomerIds => {}
        }
    }

    /// Puts the job of a wait back if the number's app has received bodies that are not read yet: one may end the wait.
    ///
    /// Only what was received up to the first look counts, so the job stores when that was: a busy journal always has
    /// unread bodies.
    pub(super) async fn hold_for_journal<T: Serialize>(
        &mut self,
        job: &Leased<JobRow>,
        wait: &T,
        channel: &ChannelId,
    ) -> Result<bool> {
        let bound = read_payload::<JournalBound>(job).and_then(|bound| bound.read_up_to);
        let read_up_to = bound.unwrap_or(self.now);
        if !self.has_unread(channel, read_up_to).await? {
            return Ok(false);
        }
        let payload = to_json(&HeldWait { wait, read_up_to })?;
        jobs::hold(&mut self.tx, job, &payload, self.now.plus(UNREAD_WAIT)).await?;
        Ok(true)
    }

    /// Puts the job of a wait back until `due`. What is received until then counts.
    pub(super) async fn wait_until<T: Serialize>(
        &mut self,
        job: &Leased<JobRow>,
        wait: &T,
        due: Timestamp,
    ) -> Result<()> {
        Ok(jobs::hold(&mut self.tx, job, &to_json(wait)?, due).await?)
    }

    /// Wakes all workers of the bot after the commit.
    pub(super) fn wake_bot(&mut self) {
        self.enqueued.turns = true;
        self.enqueued.calls = true;
        self.enqueued.models = true;
    }

    /// Wakes the model's workers after the commit.
    pub fn wake_models(&mut self) {
        self.enqueued.models = true;
    }

    /// Wakes the outbox after the commit.
    pub fn wake_outbox(&mut self) {
        self.enqueued.outbox = true;
    }
}
