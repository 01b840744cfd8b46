//! Blocks of customers: where their messages go, what the call to Meta needs, and what Meta answered.
//!
//! A block holds here from the moment it is pressed (`agent/block.rs`); the call to Meta is a job of the same
//! transaction, which the outbox makes.

use crate::{
    domain::{
        block::{BlockAct, BlockResult, BlockState},
        event::{Actor, Event},
        ids::{ChannelId, ConversationId, CustomerId},
        message::outgoing::Recipient,
    },
    server::store::{
        Leased,
        blocks::{self, BlockRow},
        channels::{self, ChannelRow},
        conversations,
        customers::{self, CustomerRow},
        jobs::{self, JobRow},
    },
};

use super::{Conversations, Result, UnitOfWork};

/// A block or unblock that Meta has to be told.
#[derive(Clone)]
pub struct BlockCall {
    pub channel: ChannelRow,
    pub user: Recipient,
    pub act: BlockAct,
}

/// What Meta answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockAnswer {
    Accepted,
    /// `code` is Meta's, if it gave one.
    Refused {
        code: Option<i64>,
        detail: String,
    },
    /// Meta could not be asked.
    Unanswered {
        detail: String,
    },
}

impl Conversations {
    /// The call of a job; `None` if the customer or the number is gone, or a later press has replaced it.
    pub async fn block_call(&self, job: &JobRow) -> Result<Option<BlockCall>> {
        let mut tx = self.db.begin_read().await?;
        let customer = CustomerId::from(job.key.as_str());
        let Some(row) = blocks::find(&mut tx, &job.tenant_id, &customer).await?.filter(|row| is_of(job, row)) else {
            return Ok(None);
        };
        let channel = channels::find(&mut tx, &job.tenant_id, &row.channel).await?;
        let customer = customers::find(&mut tx, &job.tenant_id, &customer).await?;
        let user = customer.and_then(|customer| Recipient::of(customer.wa_id, customer.user_id));
        Ok(channel.zip(user).map(|(channel, user)| BlockCall { channel, user, act: act(&row) }))
    }

    /// Ends the job and records what Meta answered, unless a later press has replaced it.
    pub async fn settle_block(&self, job: &Leased<JobRow>, answer: &BlockAnswer) -> Result<()> {
        self.transact(&job.tenant_id, move |mut work| async move {
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(());
            }
            let customer = CustomerId::from(job.key.as_str());
            let row = blocks::find(&mut work.tx, &job.tenant_id, &customer).await?;
            let Some(row) = row.filter(|row| is_of(job, row)) else { return work.done() };
            let (result, code, detail) = match answer {
                BlockAnswer::Accepted => (BlockResult::Accepted, None, String::new()),
                BlockAnswer::Refused { code, detail } => (BlockResult::Refused, *code, detail.clone()),
                BlockAnswer::Unanswered { detail } => (BlockResult::Unanswered, None, detail.clone()),
            };
            let state = match result {
                BlockResult::Accepted => BlockState::Done,
                BlockResult::Refused | BlockResult::Unanswered => BlockState::Refused,
            };
            let (act, conversation) = (act(&row), row.conversation.clone());
            blocks::save(&mut work.tx, &job.tenant_id, &BlockRow { state, detail, ..row }).await?;
            work.lock(&conversation).await?;
            let event = Event::BlockAnswered { customer, act, answer: result, code };
            work.append(Some(&conversation), Actor::System, event);
            work.done()
        })
        .await
    }
}

fn act(row: &BlockRow) -> BlockAct {
    if row.is_on { BlockAct::Block } else { BlockAct::Unblock }
}

/// Whether the job was enqueued with this press.
fn is_of(job: &JobRow, row: &BlockRow) -> bool {
    job.payload == row.at.0.to_string()
}

impl UnitOfWork {
    /// The conversation that stores a blocked customer's message, locked: the open one or the last closed one. `None`
    /// if there is none.
    pub(super) async fn blocked_place(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerRow,
    ) -> Result<Option<ConversationId>> {
        if let Some(open) = self.open_of(channel, &customer.id).await? {
            return Ok(Some(open));
        }
        let tenant = self.tenant_id();
        let closed = conversations::last_closed_of(&mut self.tx, &tenant, channel, &customer.id).await?;
        if let Some(closed) = &closed {
            self.lock(closed).await?;
        }
        Ok(closed)
    }

    /// Keeps the block of a customer whose record was merged into another one.
    pub(super) async fn keep_block(&mut self, given: &CustomerId, merged: &CustomerRow) -> Result<()> {
        let tenant = self.tenant_id();
        customers::set_blocked(&mut self.tx, &tenant, merged).await?;
        if let Some(row) = blocks::find(&mut self.tx, &tenant, given).await?.filter(|row| row.is_on) {
            blocks::save(&mut self.tx, &tenant, &BlockRow { customer: merged.id.clone(), ..row }).await?;
        }
        Ok(())
    }
}
