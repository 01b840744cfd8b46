//! Take over: the agent takes a conversation from the bot or from another agent.

use crate::{
    domain::{conversation::Command, ids::ConversationId},
    server::{
        accounts::Agent,
        conversations::{Conversations, Result},
    },
};

impl Conversations {
    pub async fn take_over(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.transact(agent.tenant(), move |mut work| async move {
            work.lock(id).await?;
            let command = Command::TakeOver {
                agent: agent.id().clone(),
                handoff: work.entropy.id(work.now),
                target: work.tenant.settings.waiting_target,
            };
            work.run(id, agent.actor(), &command, None)?;
            work.done()
        })
        .await
    }
}
