//! Claim: the agent takes a conversation that waits for an agent. If another was faster, the refusal names that agent.

use crate::{
    domain::{conversation::Command, ids::ConversationId},
    server::{
        accounts::Agent,
        conversations::{Conversations, Result},
    },
};

impl Conversations {
    pub async fn claim(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.command(agent, id, Command::Claim { agent: agent.id().clone() }).await
    }
}
