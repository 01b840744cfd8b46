//! Take over: the agent takes a conversation from the bot or from another agent.

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
    /// Returns the epoch that the take-over leads to, with which it can be undone.
    pub async fn take_over(&self, agent: &Agent, id: &ConversationId) -> Result<Epoch> {
        self.transact_for(agent, move |mut work| async move {
            work.lock(id).await?;
            // The one who has it until now pressed Send before.
            work.send_joined(id).await?;
            let command = Command::TakeOver {
                agent: agent.id().clone(),
                handoff: work.entropy.id(work.now),
                target: work.tenant.settings.waiting_target,
            };
            work.run(id, agent.actor(), &command, None)?;
            let epoch = work.get(id).map(|it| it.epoch).unwrap_or_default();
            work.done_with(epoch)
        })
        .await
    }
}
