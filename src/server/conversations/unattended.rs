//! Customers who wait for an agent who is gone: their conversation goes back to Unassigned, and the agent is told on
//! return. When that is due is `domain::conversation::unattended`'s decision. Each wait has a job, written in the
//! transaction of whatever begins the wait.

use crate::{
    domain::{
        conversation::{Attendance, Command, GONE_AFTER, UnattendedStep, UnattendedWait},
        event::Actor,
        ids::{AgentId, ConversationId},
        time::Span,
    },
    server::{
        accounts::Agent,
        store::{
            Leased, conversations,
            jobs::{self, JobKind, JobRow},
            messages, presence, returned_conversations, to_json,
        },
    },
};

use super::{Conversations, Result, UnitOfWork, jobs::read_payload};

/// The earliest look at a wait that has begun.
const FIRST_LOOK: Span = Span::minutes(1);

impl Conversations {
    /// Releases the conversation of a job if its agent is gone, in the transaction that also ends the job. A job whose
    /// wait is over changes nothing.
    pub async fn end_unattended(&self, job: &Leased<JobRow>) -> Result<()> {
        let id = &ConversationId::from(job.key.as_str());
        self.transact(&job.tenant_id, move |mut work| async move {
            let (tenant, now) = (work.tenant_id(), work.now);
            // Not locked before it is certain: a lock without an entry would change the row's version unseen.
            let stored = conversations::load(&mut work.tx, &tenant, id).await?;
            let Some((it, wait)) = stored.map(|stored| stored.conversation).zip(read_payload::<UnattendedWait>(job))
            else {
                jobs::finish(&mut work.tx, job).await?;
                return work.done();
            };
            let attendance = work.attendance(&wait.agent).await?;
            match it.unattended_step(&wait, attendance, &work.tenant.settings, now) {
                UnattendedStep::Over => {
                    jobs::finish(&mut work.tx, job).await?;
                    return work.done();
                }
                UnattendedStep::WaitUntil(at) => {
                    work.wait_until(job, &wait, at).await?;
                    return work.done();
                }
                // An unread message may be an answer on the phone.
                UnattendedStep::Release => {
                    if work.hold_for_journal(job, &wait, &it.channel).await? {
                        return work.done();
                    }
                }
            }
            work.lock(id).await?;
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(());
            }
            let command = Command::ReleaseUnattended { wait: wait.clone() };
            // The customer may have been answered between the look and the lock.
            if !work.run(id, Actor::System, &command, None)?.is_empty() {
                returned_conversations::insert(&mut work.tx, &tenant, &wait.agent, id, now).await?;
            }
            work.done()
        })
        .await
    }

    /// The agent has read that these conversations were returned.
    pub async fn dismiss_returned(&self, agent: &Agent, conversations: &[ConversationId]) -> Result<()> {
        let mut tx = self.db.begin_write().await?;
        returned_conversations::remove(&mut tx, agent.tenant(), agent.id(), conversations).await?;
        Ok(tx.commit().await?)
    }

    /// Releases all conversations of an agent who leaves. Returns how many there were.
    pub async fn release_all(&self, agent: &Agent) -> Result<usize> {
        self.transact_for(agent, move |mut work| async move {
            let owned = conversations::owned_by(&mut work.tx, agent.tenant(), agent.id()).await?;
            work.lock_all(owned.iter().collect()).await?;
            let command = Command::Release { agent: agent.id().clone() };
            let mut released = 0;
            for id in &owned {
                // One that was taken over meanwhile is not the agent's any more.
                released += usize::from(work.try_run(id, agent.actor(), &command, None)?.is_ok());
            }
            work.done_with(released)
        })
        .await
    }
}

impl UnitOfWork {
    /// Looks after the customers who begin to wait for a reply of an owner. A wait that is over ends its job by itself.
    pub(super) fn enqueue_unattended(&mut self) -> Result<()> {
        let begun = self.conversations.values().filter_map(|stored| {
            let wait = stored.conversation.unattended_wait()?;
            (stored.stored_wait.as_ref() != Some(&wait)).then(|| (stored.conversation.id.clone(), wait))
        });
        for (id, wait) in begun.collect::<Vec<_>>() {
            // A customer who was claimed just now may have been waiting for long already.
            let due = wait.since.plus(GONE_AFTER).max(self.now.plus(FIRST_LOOK));
            self.enqueue(JobKind::Unattended, id.as_str(), to_json(&wait)?, due);
        }
        Ok(())
    }

    /// What all nodes know about an agent's presence.
    async fn attendance(&mut self, agent: &AgentId) -> Result<Attendance> {
        let (tenant, now) = (self.tenant_id(), self.now);
        let (expires, recorded) = presence::last_seen(&mut self.tx, &tenant, agent).await?;
        let on_phone = messages::answered_by_phone(&mut self.tx, &tenant, agent, now.minus(GONE_AFTER)).await?;
        let (is_here, here) = self.presence.last_seen(&tenant, agent, now);
        Ok(Attendance {
            is_connected: is_here || expires.is_some_and(|until| now < until),
            last_seen: recorded.max(on_phone).max(here),
            accepting_since: self.presence.accepting_since(now),
        })
    }
}
