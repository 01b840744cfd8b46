//! See: the owner of a conversation has the end of its thread on the screen.

use crate::{
    domain::{
        conversation::Command,
        ids::{ConversationId, Seq},
        settings::ReadPolicy,
    },
    server::{
        accounts::Agent,
        conversations::{Conversations, Result, UnitOfWork},
        store::{entries, jobs::JobKind, messages},
    },
};

impl Conversations {
    /// Marks everything up to the log position `seen` as read and, depending on the tenant's policy, the customer's
    /// messages as read in WhatsApp. What came later stays unread. A look of anybody but the owner changes nothing, and
    /// the customer sees no ticks of it.
    pub async fn see(&self, agent: &Agent, id: &ConversationId, seen: Seq) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
            let conversation = work.lock(id).await?.conversation.clone();
            if conversation.unread == 0 || conversation.agent() != Some(agent.id()) {
                return work.discard(());
            }
            let left = entries::news_after(&mut work.tx, agent.tenant(), id, seen).await?;
            let command = Command::See { agent: agent.id().clone(), left };
            if work.run(id, agent.actor(), &command, None)?.is_empty() {
                return work.discard(());
            }
            if work.tenant.settings.read_policy == ReadPolicy::OnOpen {
                work.enqueue_read(id, seen).await?;
            }
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Enqueues a read mark for the customer's newest message up to the log position `seen`.
    pub(in crate::server::conversations) async fn enqueue_read(
        &mut self,
        id: &ConversationId,
        seen: Seq,
    ) -> Result<()> {
        let tenant = self.tenant_id();
        if let Some(wamid) = messages::newest_inbound(&mut self.tx, &tenant, id, seen).await? {
            self.enqueue(JobKind::Read, id.as_str(), wamid.0, self.now);
        }
        Ok(())
    }
}
