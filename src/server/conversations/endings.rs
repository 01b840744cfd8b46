//! Pending endings and snoozes without an agent's act: carried out when due, or cancelled because their agent or their
//! customer's record is gone. The press and its undo are in `agent::ending`, the snooze is in `agent::snooze`; what
//! cancels them is `domain::conversation`'s decision.

use crate::{
    domain::{
        conversation::{CancelCause, Command, Conversation, EndingKind, PendingEnding},
        event::Actor,
        ids::{ChannelId, ConversationId, EndingId},
        time::{Span, Timestamp},
    },
    server::store::{
        Leased, agents, channels,
        jobs::{self, JobRow},
        journal, pending_endings,
    },
};

use super::{ConversationError, Conversations, Result, UnitOfWork};

/// How long a due ending, or a due message, waits for messages that are received and not read yet.
pub(super) const UNREAD_WAIT: Span = Span::of_millis(500);

impl Conversations {
    /// Carries out the ending of a job, in the transaction that also ends the job. An ending whose ordinary command is
    /// refused is cancelled, and the entry tells the agent. A job whose ending is over changes nothing.
    pub async fn carry_out_ending(&self, job: &Leased<JobRow>) -> Result<()> {
        let id = &ConversationId::from(job.key.as_str());
        self.transact(&job.tenant_id, move |mut work| async move {
            let it = work.lock(id).await?.conversation.clone();
            let Some(pending) = pending_of(job, it.ending) else {
                jobs::finish(&mut work.tx, job).await?;
                return work.done();
            };
            // What the customer wrote before this ending was due counts, even if it is still in the journal.
            if work.has_unread(&it.channel, pending.due_at).await? {
                jobs::release(&mut work.tx, job, work.now.plus(UNREAD_WAIT)).await?;
                return work.done();
            }
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(());
            }
            work.end_conversation(id, &pending).await?;
            work.done()
        })
        .await
    }

    /// Cancels the ending of a job that fails again and again.
    pub async fn give_up_ending(&self, job: &Leased<JobRow>) -> Result<()> {
        let id = &ConversationId::from(job.key.as_str());
        self.transact(&job.tenant_id, move |mut work| async move {
            let it = work.lock(id).await?.conversation.clone();
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(());
            }
            if pending_of(job, it.ending).is_some() {
                work.run(id, Actor::System, &Command::CancelEnding { cause: CancelCause::Failed }, None)?;
            }
            work.done()
        })
        .await
    }

    /// Ends the snooze of a job that is due, in the transaction that also ends the job. A job whose snooze was replaced
    /// changes nothing.
    pub async fn end_snooze(&self, job: &Leased<JobRow>) -> Result<()> {
        let id = &ConversationId::from(job.key.as_str());
        self.transact(&job.tenant_id, move |mut work| async move {
            work.lock(id).await?;
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(());
            }
            if let Ok(until) = job.payload.parse().map(Timestamp) {
                work.run(id, Actor::System, &Command::EndSnooze { until }, None)?;
            }
            work.done()
        })
        .await
    }
}

/// The pending ending that a job is about. The job of an earlier one has lost it.
fn pending_of(job: &JobRow, pending: Option<PendingEnding>) -> Option<PendingEnding> {
    pending.filter(|pending| pending.id == EndingId::from(job.payload.as_str()))
}

impl UnitOfWork {
    /// Decides the ordinary command of a pending ending anew, and does what goes with it.
    async fn end_conversation(&mut self, id: &ConversationId, pending: &PendingEnding) -> Result<()> {
        let tenant = self.tenant_id();
        let agent = agents::find(&mut self.tx, &tenant, &pending.agent).await?.filter(|agent| agent.active);
        let Some(agent) = agent else {
            let command = Command::CancelEnding { cause: CancelCause::AgentDeactivated };
            self.run(id, Actor::System, &command, None)?;
            return Ok(());
        };
        if pending.kind == EndingKind::Close && self.lacks_outcome(pending.outcome.as_ref()).await? {
            let command = Command::CancelEnding { cause: CancelCause::OutcomeMissing };
            self.run(id, Actor::System, &command, None)?;
            return Ok(());
        }
        let rated = self.get(id).and_then(Conversation::to_rate);
        let command = Command::CarryOutEnding { ending: pending.id.clone() };
        match self.try_run(id, Actor::Agent(agent.id), &command, None)? {
            Ok(_) => match pending.kind {
                EndingKind::Close => {
                    let row = pending_endings::find(&mut self.tx, &tenant, id).await?;
                    let row = row.ok_or(ConversationError::NotFound)?;
                    self.send_goodbye(id, &agent.name, &row.goodbye, rated).await
                }
                EndingKind::ReturnToBot => self.continue_as_bot(id).await,
            },
            Err(refusal) => {
                let command = Command::CancelEnding { cause: CancelCause::from(&refusal) };
                self.run(id, Actor::System, &command, None)?;
                Ok(())
            }
        }
    }

    /// Whether a webhook body that the number's app received up to `at` is unread.
    pub(super) async fn has_unread(&mut self, channel: &ChannelId, at: Timestamp) -> Result<bool> {
        let tenant = self.tenant_id();
        let Some(channel) = channels::find(&mut self.tx, &tenant, channel).await? else { return Ok(false) };
        Ok(journal::has_unread(&mut self.tx, &channel.app_id, at).await?)
    }

    /// Cancels the endings of conversations whose customer's record is merged with another.
    pub(super) async fn cancel_merged_endings<'a>(
        &mut self,
        ids: impl Iterator<Item = &'a ConversationId>,
    ) -> Result<()> {
        let ids: Vec<&ConversationId> = ids.collect();
        self.lock_all(ids.iter().copied().collect()).await?;
        for id in ids {
            self.run(id, Actor::System, &Command::CancelEnding { cause: CancelCause::Merged }, None)?;
        }
        Ok(())
    }
}
