//! Reopen: the agent takes a closed conversation up again.

use crate::{
    domain::{
        conversation::{Command, Refusal},
        ids::ConversationId,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result},
        store::customers,
    },
};

impl Conversations {
    /// Gives a closed conversation to the agent, within WhatsApp's window. A refusal names the customer's open
    /// conversation, if there is one.
    pub async fn reopen(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
            let it = work.lock(id).await?.conversation.clone();
            let tenant = work.tenant_id();
            if customers::find(&mut work.tx, &tenant, &it.customer).await?.is_none() {
                return Err(ConversationError::Refused(Refusal::CustomerErased));
            }
            let open = match it.is_open() {
                true => None,
                false => work.open_of(&it.channel, &it.customer).await?,
            };
            let command = Command::Reopen {
                agent: agent.id().clone(),
                handoff: work.entropy.id(work.now),
                target: work.tenant.settings.waiting_target,
                open,
            };
            work.run(id, agent.actor(), &command, None)?;
            work.done()
        })
        .await
    }
}
