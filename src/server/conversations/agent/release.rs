//! Release: the agent returns the conversation to the list of those that wait for an agent.

use crate::{
    domain::{
        conversation::{Command, Epoch},
        ids::ConversationId,
    },
    server::{
        accounts::Agent,
        conversations::{Conversations, Result},
    },
};

impl Conversations {
    /// Returns the epoch that the release leads to, with which it can be undone.
    pub async fn release(&self, agent: &Agent, id: &ConversationId) -> Result<Epoch> {
        self.transact_for(agent, move |mut work| async move {
            work.lock(id).await?;
            work.send_leaving(id, agent.id()).await?;
            work.run(id, agent.actor(), &Command::Release { agent: agent.id().clone() }, None)?;
            let epoch = work.get(id).map(|it| it.epoch).unwrap_or_default();
            work.done_with(epoch)
        })
        .await
    }
}
