//! See: the agent reads a conversation.

use crate::{
    domain::{conversation::Command, ids::ConversationId, settings::ReadPolicy},
    server::{
        accounts::Agent,
        conversations::{Conversations, Result, UnitOfWork},
        store::{jobs::JobKind, messages},
    },
};

impl Conversations {
    /// Sets the unread count to zero and, depending on the tenant's policy, marks the customer's messages as read in
    /// WhatsApp.
    pub async fn see(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.transact(agent.tenant(), move |mut work| async move {
            let conversation = work.lock(id).await?.conversation.clone();
            if conversation.unread == 0 || !conversation.is_open() {
                return work.discard(());
            }
            work.run(id, agent.actor(), &Command::See { agent: agent.id().clone() }, None)?;
            if work.tenant.settings.read_policy == ReadPolicy::OnOpen {
                work.enqueue_read(id).await?;
            }
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Enqueues a read mark for the customer's newest message.
    pub(in crate::server::conversations) async fn enqueue_read(&mut self, id: &ConversationId) -> Result<()> {
        let tenant = self.tenant_id();
        if let Some(wamid) = messages::newest_inbound(&mut self.tx, &tenant, id).await? {
            self.enqueue(JobKind::Read, id.as_str(), wamid.0, self.now);
        }
        Ok(())
    }
}
