//! Close: the agent ends the conversation, and the tenant's closing text is sent.

use crate::{
    domain::{
        conversation::{Command, Goodbye, GoodbyeFault},
        event::{Actor, Event, Skipped},
        ids::{ConversationId, MessageId},
        interpolation::ClosingValues,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork},
        store::customers,
    },
};

impl Conversations {
    /// Closes the conversation without an outcome, and enqueues the closing text, which is sent within the 24-hour
    /// window only.
    pub async fn close(&self, agent: &Agent, id: &ConversationId, seen: Option<MessageId>) -> Result<()> {
        let seen = &seen;
        self.transact(agent.tenant(), move |mut work| async move {
            work.lock(id).await?;
            let command = Command::Close { agent: agent.id().clone(), seen: seen.clone() };
            work.run(id, agent.actor(), &command, None)?;
            work.check_outcome(None).await?;
            work.send_goodbye(id, agent.name(), &Goodbye::Standard).await?;
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Sends the text that goes with a close. Outside the window, and to the customer of another app, nothing is sent, and
    /// an entry says so.
    pub(in crate::server::conversations) async fn send_goodbye(
        &mut self,
        id: &ConversationId,
        agent_name: &str,
        goodbye: &Goodbye,
    ) -> Result<()> {
        let conversation = self.get(id).ok_or(ConversationError::NotFound)?.clone();
        let tenant = self.tenant_id();
        let customer = customers::find(&mut self.tx, &tenant, &conversation.customer).await?;
        if customer.as_ref().is_some_and(|customer| customer.blocked) {
            return Ok(());
        }
        let values = ClosingValues {
            customer_name: customer.as_ref().map_or("", |customer| &customer.name),
            agent_name,
            tenant_name: &self.tenant.name,
        };
        match goodbye.message(&self.tenant.settings.texts.closing, conversation.window, self.now, &values) {
            Ok(Some(_)) if !conversation.control.may_send() => {
                self.append(Some(id), Actor::System, Event::ClosingSkipped { why: Skipped::WithOtherApp });
                Ok(())
            }
            Ok(Some(text)) => self.send_system_text(id, &text),
            Ok(None) => Ok(()),
            Err(fault) => {
                if let GoodbyeFault::Template(fault) = &fault {
                    tracing::warn!(%tenant, %fault, "conversations: closing message template invalid");
                }
                self.append(Some(id), Actor::System, Event::ClosingSkipped { why: Skipped::from(&fault) });
                Ok(())
            }
        }
    }
}
