//! Messages that wait to be sent, without their author's act: carried out when due, and what the customer's messages and
//! the end of a conversation mean for them. How they are sent is in `send.rs`, what their author does in `agent::schedule`;
//! when one is sent and when it asks is `domain::scheduled`'s decision.

mod send;

use std::collections::BTreeSet;

use crate::{
    domain::{
        conversation::Conversation,
        event::{Actor, Event},
        ids::{ConversationId, ScheduledId},
        scheduled::{NextSend, ScheduledAct, ScheduledState, ScheduledStep, SendDoubt, SendWait, ends_with_agent},
        time::Timestamp,
    },
    server::store::{
        Leased, agents, conversations,
        jobs::{self, JobKind, JobRow},
        scheduled_messages::{self, ScheduledRow},
    },
};

use super::{Conversations, Result, UnitOfWork, endings::UNREAD_WAIT};

impl Conversations {
    /// Sends the message of a job that is due, or asks its author, in the transaction that also ends the job. A job whose
    /// message is gone changes nothing.
    pub async fn carry_out_scheduled(&self, job: &Leased<JobRow>) -> Result<()> {
        let id = &ScheduledId::from(job.key.as_str());
        self.transact(&job.tenant_id, move |mut work| async move {
            let tenant = work.tenant_id();
            if let Some(row) = work.due_scheduled(id).await? {
                work.lock(&row.conversation).await?;
            }
            // Nobody else changes it from here on.
            let Some(row) = work.due_scheduled(id).await? else {
                match work.still_waits(id).await? {
                    // The clock was set back. Without its job it would wait forever.
                    Some(due) => jobs::release(&mut work.tx, job, due).await?,
                    None => {
                        jobs::finish(&mut work.tx, job).await?;
                    }
                }
                return work.done();
            };
            let it = work.lock(&row.conversation).await?.conversation.clone();
            // What the customer wrote before its time counts, even if it is still in the journal.
            if let ScheduledState::Waiting(SendWait::Time(at)) = row.state
                && work.has_unread(&it.channel, at).await?
            {
                jobs::release(&mut work.tx, job, work.now.plus(UNREAD_WAIT)).await?;
                return work.done();
            }
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(());
            }
            let author = agents::find(&mut work.tx, &tenant, &row.author).await?.filter(|agent| agent.active);
            let next = match author {
                Some(_) => next(&row, &it, work.now),
                None => NextSend::Ask(SendDoubt::AuthorGone),
            };
            let doubt = match next {
                NextSend::Wait | NextSend::Become(_) => None,
                NextSend::Ask(doubt) => Some(doubt),
                NextSend::Send => work.send_waiting(&row).await?,
            };
            if let Some(doubt) = doubt {
                work.ask_author(&row, doubt).await?;
            }
            work.done()
        })
        .await
    }

    /// Lets a message ask its author that could not be sent, whatever was tried.
    pub async fn give_up_scheduled(&self, job: &Leased<JobRow>) -> Result<()> {
        let id = &ScheduledId::from(job.key.as_str());
        self.transact(&job.tenant_id, move |mut work| async move {
            if let Some(row) = work.due_scheduled(id).await? {
                work.lock(&row.conversation).await?;
            }
            let row = work.due_scheduled(id).await?;
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(());
            }
            if let Some(row) = row {
                work.ask_author(&row, SendDoubt::Failed).await?;
            }
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// A message whose time has come. `None`: it is gone, or waits on. Its conversation is not locked, because a lock
    /// without an entry would change the row's version unseen.
    async fn due_scheduled(&mut self, id: &ScheduledId) -> Result<Option<ScheduledRow>> {
        let tenant = self.tenant_id();
        let Some(row) = scheduled_messages::find(&mut self.tx, &tenant, id).await? else { return Ok(None) };
        let stored = conversations::load(&mut self.tx, &tenant, &row.conversation).await?;
        let next = stored.map(|stored| next(&row, &stored.conversation, self.now));
        Ok(next.is_some_and(|next| next != NextSend::Wait).then_some(row))
    }

    /// Until when a message waits whose time has not come.
    async fn still_waits(&mut self, id: &ScheduledId) -> Result<Option<Timestamp>> {
        let tenant = self.tenant_id();
        let row = scheduled_messages::find(&mut self.tx, &tenant, id).await?;
        Ok(row.and_then(|row| match row.state {
            ScheduledState::Waiting(wait) => wait.due_at().filter(|due| self.now < *due),
            ScheduledState::Asking(_) => None,
        }))
    }

    /// Keeps a message that was not sent, for its author to decide.
    pub(super) async fn ask_author(&mut self, row: &ScheduledRow, doubt: SendDoubt) -> Result<()> {
        let tenant = self.tenant_id();
        scheduled_messages::set_state(&mut self.tx, &tenant, &row.id, ScheduledState::Asking(doubt)).await?;
        jobs::drop_all(&mut self.tx, JobKind::Scheduled, row.id.as_str()).await?;
        self.append(Some(&row.conversation), Actor::System, step(row, ScheduledAct::Asked, Some(doubt)));
        Ok(())
    }

    /// Lets a message wait for something else, or longer.
    pub(super) async fn wait_otherwise(&mut self, row: &ScheduledRow, wait: SendWait) -> Result<()> {
        let tenant = self.tenant_id();
        scheduled_messages::set_state(&mut self.tx, &tenant, &row.id, ScheduledState::Waiting(wait)).await?;
        jobs::drop_all(&mut self.tx, JobKind::Scheduled, row.id.as_str()).await?;
        if let Some(due) = wait.due_at() {
            self.enqueue(JobKind::Scheduled, row.id.as_str(), String::new(), due);
        }
        Ok(())
    }

    /// Removes the row and the job of a message that waits no more.
    pub(super) async fn forget_scheduled(&mut self, row: &ScheduledRow) -> Result<()> {
        let tenant = self.tenant_id();
        scheduled_messages::remove(&mut self.tx, &tenant, &row.id).await?;
        Ok(jobs::drop_all(&mut self.tx, JobKind::Scheduled, row.id.as_str()).await?)
    }

    /// Carries out what the events of this unit of work mean for messages that wait in their conversations.
    pub(super) async fn follow_scheduled(&mut self) -> Result<()> {
        let is_about = |event: &Event| matches!(event, Event::CustomerWrote { .. }) || ends_with_agent(event);
        let touched: BTreeSet<ConversationId> = self
            .pending
            .iter()
            .filter(|pending| is_about(&pending.event))
            .filter_map(|pending| pending.conversation.clone())
            .filter(|id| !self.new_conversations.contains(id) && self.may_have_scheduled(id))
            .collect();
        if touched.is_empty() {
            return Ok(());
        }
        let (tenant, touched) = (self.tenant_id(), touched.into_iter().collect::<Vec<_>>());
        for row in scheduled_messages::of_conversations(&mut self.tx, &tenant, &touched).await? {
            let of_row = self.pending.iter().filter(|pending| pending.conversation.as_ref() == Some(&row.conversation));
            let next = of_row.map(|pending| row.state.after(&pending.event)).find(|next| *next != NextSend::Wait);
            match next {
                None | Some(NextSend::Wait) => {}
                Some(NextSend::Become(wait)) => self.wait_otherwise(&row, wait).await?,
                Some(NextSend::Send) => {
                    self.enqueue(JobKind::Scheduled, row.id.as_str(), String::new(), self.now);
                }
                Some(NextSend::Ask(doubt)) => self.ask_author(&row, doubt).await?,
            }
        }
        Ok(())
    }

    /// What waits in a conversation waits in the older one with which it is merged. Both are locked. What waits for the customer
    /// asks if that one is not its author's: the customer's next message may be the bot's.
    pub(super) async fn merge_scheduled(&mut self, younger: &ConversationId, older: &ConversationId) -> Result<()> {
        let tenant = self.tenant_id();
        let rows = scheduled_messages::of_conversations(&mut self.tx, &tenant, std::slice::from_ref(younger)).await?;
        scheduled_messages::move_conversation(&mut self.tx, &tenant, younger, older).await?;
        for row in rows {
            let refusal = self.get(older).and_then(|it| it.writable_by(&row.author).err());
            if let (ScheduledState::Waiting(SendWait::Customer), Some(refusal)) = (row.state, refusal) {
                let row = ScheduledRow { conversation: older.clone(), ..row };
                self.ask_author(&row, SendDoubt::from(&refusal)).await?;
            }
        }
        Ok(())
    }

    /// Whether a conversation is not the bot's, or has ended with this unit of work. The many of the bot cost no query.
    fn may_have_scheduled(&self, id: &ConversationId) -> bool {
        let has_ended = |id: &ConversationId| {
            let mut of_it = self.pending.iter().filter(|pending| pending.conversation.as_ref() == Some(id));
            of_it.any(|pending| ends_with_agent(&pending.event))
        };
        self.get(id).is_some_and(|it| it.handoff().is_some()) || has_ended(id)
    }
}

/// What becomes of a message that waits.
fn next(row: &ScheduledRow, it: &Conversation, now: Timestamp) -> NextSend {
    let next = row.state.due(it, &row.author, now);
    if row.template.is_some() { next.of_template() } else { next }
}

/// The entry about a message that waits.
pub(super) fn step(row: &ScheduledRow, act: ScheduledAct, doubt: Option<SendDoubt>) -> Event {
    Event::Scheduled(ScheduledStep { scheduled: row.id.clone(), agent: row.author.clone(), act, doubt })
}
