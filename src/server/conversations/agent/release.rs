//! Release: the agent returns the conversation to the list of those that wait for an agent.

use crate::{
    domain::{conversation::Command, ids::ConversationId},
    server::{
        accounts::Agent,
        conversations::{Conversations, Result},
    },
};

impl Conversations {
    pub async fn release(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.command(agent, id, Command::Release { agent: agent.id().clone() }).await
    }
}
