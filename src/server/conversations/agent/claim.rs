//! Claim: the agent takes a conversation that waits for a person. Losers of a race are told who won.

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
