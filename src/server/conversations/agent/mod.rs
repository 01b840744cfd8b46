//! The agents' operations, a file per verb. Every way to claim is the same guarded decision under the conversation's
//! lock (promise 2); the refusal of the others names the winner.
//!
//! Permissions do not belong here (see `domain::access` and `http`). To add a verb: a command in
//! `domain::conversation`, and a file here that locks the conversation and runs it.

mod begin;
mod block;
mod claim;
mod close;
mod compose;
mod draft;
mod ending;
mod note;
mod outcome;
mod react;
mod release;
mod reopen;
mod reply;
mod retry;
mod return_to_bot;
mod schedule;
mod schedule_template;
mod see;
mod snooze;
mod take_over;
mod template;
mod unanswered;
mod undo;

pub use begin::NewConversation;
pub use reply::NewReply;
pub(super) use reply::client_key;
pub use template::NewTemplate;

use crate::{
    domain::{
        conversation::{Command, Refusal, describe},
        ids::{AgentId, ConversationId, TenantId},
    },
    server::{
        accounts::Agent,
        store::{self, Tx, agents, conversations, customers},
    },
};

use super::{Conversations, Result};

impl Conversations {
    /// Runs one command of an agent.
    pub async fn command(&self, agent: &Agent, id: &ConversationId, command: Command) -> Result<()> {
        let command = &command;
        self.transact_for(agent, move |mut work| async move {
            work.lock(id).await?;
            work.run(id, agent.actor(), command, None)?;
            work.done()
        })
        .await
    }

    /// The sentence that an agent reads for a refusal.
    pub async fn describe(&self, tenant: &TenantId, id: &ConversationId, refusal: &Refusal) -> store::Result<String> {
        let Some(agent) = refusal.named_agent() else { return Ok(describe::refused(refusal, "", "")) };
        let mut tx = self.db.begin_read().await?;
        let agent = name_of(&mut tx, tenant, agent).await?;
        let customer = customer_of(&mut tx, tenant, id).await?;
        Ok(describe::refused(refusal, &agent, &customer))
    }
}

async fn name_of(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> store::Result<String> {
    let record = agents::find(tx, tenant, agent).await?;
    Ok(record.map_or_else(|| "Someone else".to_owned(), |record| record.name))
}

async fn customer_of(tx: &mut Tx, tenant: &TenantId, id: &ConversationId) -> store::Result<String> {
    let customer = match conversations::load(tx, tenant, id).await? {
        Some(stored) => customers::find(tx, tenant, &stored.conversation.customer).await?,
        None => None,
    };
    Ok(customer.map_or_else(|| "this conversation".to_owned(), |customer| customer.name))
}
