//! Customers who wait for a reply while their window closes: they are asked to keep it open, the tenant's time before its end.
//! Nobody is asked unless an admin has chosen a time.
//!
//! Whom that concerns, and when, is `domain::conversation::window_wait`'s decision. The job of a wait is written in the
//! transaction of whatever begins it, and removed in that of whatever ends it. Here is what only the tables know: whether
//! the customer was asked in this window, is blocked, or wants no messages that they did not ask for.

use crate::{
    domain::{
        conversation::{Command, Conversation, WindowStep, WindowWait},
        event::{Actor, Event, EventKind, Skipped, SkippedText},
        ids::{ConversationId, MessageId, Seq},
        message::Author,
        template::TemplateCategory,
        window::keep_open,
    },
    server::store::{
        Leased,
        conversations::{self, ConversationRow},
        customers::{self, CustomerRow},
        entries,
        jobs::{self, JobKind, JobRow},
        to_json,
    },
};

use super::{Conversations, Result, UnitOfWork, jobs::read_payload, unit_of_work::digest};

impl Conversations {
    /// Asks the customer of a job whose time has come, in the transaction that also ends the job. A job whose wait is over
    /// changes nothing.
    pub async fn keep_window_open(&self, job: &Leased<JobRow>) -> Result<()> {
        let id = &ConversationId::from(job.key.as_str());
        self.transact(&job.tenant_id, move |mut work| async move {
            let (tenant, now, before) = (work.tenant_id(), work.now, work.tenant.settings.keep_open);
            // Not locked before it is certain: a lock without an entry would change the row's version unseen.
            let stored = conversations::load(&mut work.tx, &tenant, id).await?;
            let Some((it, wait)) = stored.map(|stored| stored.conversation).zip(read_payload::<WindowWait>(job)) else {
                jobs::finish(&mut work.tx, job).await?;
                return work.done();
            };
            match it.window_step(wait, before, now) {
                WindowStep::WaitUntil(at) => {
                    work.wait_until(job, &wait, at).await?;
                    return work.done();
                }
                WindowStep::Ask if work.whom_to_ask(&it, wait).await?.is_some() => {
                    // What the customer has written begins another window, even if it is still in the journal.
                    if work.hold_for_journal(job, &wait, &it.channel).await? {
                        return work.done();
                    }
                }
                WindowStep::Ask | WindowStep::Over => {
                    jobs::finish(&mut work.tx, job).await?;
                    return work.done();
                }
            }
            let it = work.lock(id).await?.conversation.clone();
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(());
            }
            // Somebody may have acted between the look and the lock.
            if it.window_step(wait, before, now) == WindowStep::Ask
                && let Some(customer) = work.whom_to_ask(&it, wait).await?
            {
                work.ask_to_keep_open(&it, wait, &customer).await?;
            }
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Enqueues the jobs of waits that begin, and removes those of waits that are over.
    pub(super) async fn save_window_waits(&mut self) -> Result<()> {
        let Some(before) = self.tenant.settings.keep_open.span() else { return Ok(()) };
        let changed = |stored: &ConversationRow| {
            let wait = stored.conversation.window_wait();
            (stored.stored_window_wait != wait)
                .then(|| (stored.conversation.id.clone(), stored.stored_window_wait, wait))
        };
        for (id, was, now) in self.conversations.values().filter_map(changed).collect::<Vec<_>>() {
            if was.is_some() {
                jobs::drop_all(&mut self.tx, JobKind::WindowEnd, id.as_str()).await?;
            }
            // An imported or late message may be older than its window.
            if let Some(wait) = now.filter(|wait| self.now < wait.closes) {
                let due = wait.closes.minus(before).max(self.now);
                self.enqueue(JobKind::WindowEnd, id.as_str(), to_json(&wait)?, due);
            }
        }
        Ok(())
    }

    /// The customer who may be asked in this window.
    async fn whom_to_ask(&mut self, it: &Conversation, wait: WindowWait) -> Result<Option<CustomerRow>> {
        let tenant = self.tenant_id();
        let customer = customers::find(&mut self.tx, &tenant, &it.customer).await?;
        let Some(customer) = customer.filter(|customer| !customer.blocked) else { return Ok(None) };
        if entries::has_opted_out(&mut self.tx, &tenant, &customer.id, TemplateCategory::Marketing).await? {
            return Ok(None);
        }
        let asked = entries::of_kind(&mut self.tx, &tenant, &it.id, EventKind::WindowAsked, Seq(0)).await?;
        let is_asked =
            asked.iter().any(|entry| matches!(entry.event, Event::WindowAsked { closes, .. } if closes == wait.closes));
        Ok(Some(customer).filter(|_| !is_asked))
    }

    /// Enqueues the message, or an entry that the customer's automatic messages of the day are used up.
    async fn ask_to_keep_open(&mut self, it: &Conversation, wait: WindowWait, customer: &CustomerRow) -> Result<()> {
        if !self.may_notify(&it.id).await? {
            self.skip_text(&it.id, SkippedText::KeepOpen, Skipped::DailyLimit);
            return Ok(());
        }
        let message: MessageId = self.entropy.id(self.now);
        let outgoing = keep_open::automatic(customer.language.as_deref());
        let record = self.record(&message, it, Author::System, outgoing);
        let command = Command::AskToKeepOpen {
            wait,
            message,
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
        };
        self.run(&it.id, Actor::System, &command, Some(record))?;
        Ok(())
    }
}
