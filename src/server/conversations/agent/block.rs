//! Block and unblock: a blocked customer starts no turn of the bot and requests nobody, and Meta is asked to block them
//! too.

use crate::{
    domain::{
        block::{BlockReason, BlockState},
        event::Event,
        ids::{ConversationId, CustomerId},
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, delivery::sending::GROUP},
        store::{
            blocks::{self, BlockRow},
            customers,
            jobs::JobKind,
        },
    },
};

/// What was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    Block(BlockReason),
    Unblock,
}

impl Conversations {
    /// Blocks the customer of a conversation, or asks Meta again if it has refused.
    ///
    /// # Errors
    /// [`ConversationError::Invalid`] if the conversation is a group's.
    pub async fn block(&self, agent: &Agent, id: &ConversationId, reason: BlockReason) -> Result<()> {
        self.press_block(agent, id, Press::Block(reason)).await
    }

    /// Undoes [`Self::block`].
    pub async fn unblock(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.press_block(agent, id, Press::Unblock).await
    }

    async fn press_block(&self, agent: &Agent, id: &ConversationId, press: Press) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
            let it = work.lock(id).await?.conversation.clone();
            let tenant = work.tenant_id();
            let customer = customers::find(&mut work.tx, &tenant, &it.customer).await?;
            let mut customer = customer.ok_or(ConversationError::NotFound)?;
            if customer.user_id.as_deref().is_some_and(|user| user.starts_with(GROUP)) {
                return Err(ConversationError::Invalid("A group can't be blocked.".to_owned()));
            }
            let before = blocks::find(&mut work.tx, &tenant, &customer.id).await?;
            let is_refused = before.as_ref().is_some_and(|row| row.state == BlockState::Refused);
            let is_on = matches!(press, Press::Block(_));
            if customer.blocked == is_on && !is_refused {
                return work.discard(());
            }
            let known = before.map(|row| row.reason);
            let (reason, event) = pressed(press, known, &customer.id);
            customer.blocked = is_on;
            customers::set_blocked(&mut work.tx, &tenant, &customer).await?;
            let row = BlockRow {
                customer: customer.id.clone(),
                channel: it.channel,
                conversation: id.clone(),
                is_on,
                reason,
                agent: agent.id().clone(),
                at: work.now,
                state: BlockState::Pending,
                detail: String::new(),
            };
            blocks::save(&mut work.tx, &tenant, &row).await?;
            work.append(Some(id), agent.actor(), event);
            work.enqueue(JobKind::Block, customer.id.as_str(), row.at.0.to_string(), work.now);
            work.done()
        })
        .await
    }
}

/// The reason that is stored, and the entry.
fn pressed(press: Press, known: Option<BlockReason>, customer: &CustomerId) -> (BlockReason, Event) {
    let customer = customer.clone();
    match press {
        Press::Block(reason) => (reason, Event::CustomerBlocked { customer, reason }),
        Press::Unblock => (known.unwrap_or(BlockReason::Other), Event::CustomerUnblocked { customer }),
    }
}
