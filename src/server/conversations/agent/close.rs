//! Close: the agent ends the conversation, and the tenant's closing text is sent.

use crate::{
    domain::{
        conversation::{Command, Goodbye},
        event::{Actor, Event, Skipped},
        ids::{ConversationId, MessageId},
        interpolation::{ClosingValues, closing_message},
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork},
        store::customers,
    },
};

impl Conversations {
    /// Closes the conversation and enqueues the closing text, which is sent within the 24-hour window only.
    pub async fn close(&self, agent: &Agent, id: &ConversationId, seen: Option<MessageId>) -> Result<()> {
        let seen = &seen;
        self.transact(agent.tenant(), move |mut work| async move {
            work.lock(id).await?;
            let command = Command::Close { agent: agent.id().clone(), seen: seen.clone() };
            work.run(id, agent.actor(), &command, None)?;
            work.send_goodbye(id, agent.name(), &Goodbye::Standard).await?;
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Sends the text that goes with a close. Outside the window nothing is sent, and an entry says so.
    pub(in crate::server::conversations) async fn send_goodbye(
        &mut self,
        id: &ConversationId,
        agent_name: &str,
        goodbye: &Goodbye,
    ) -> Result<()> {
        let text = match goodbye {
            Goodbye::Standard => self.tenant.settings.texts.closing.clone(),
            Goodbye::Edited(text) => text.clone(),
            Goodbye::Off => String::new(),
        };
        if text.trim().is_empty() {
            return Ok(());
        }
        let conversation = self.get(id).ok_or(ConversationError::NotFound)?.clone();
        if !conversation.window.is_open(self.now) {
            self.append(Some(id), Actor::System, Event::ClosingSkipped { why: Skipped::WindowClosed });
            return Ok(());
        }
        if let Goodbye::Edited(text) = goodbye {
            return self.send_system_text(id, text);
        }
        let tenant = self.tenant_id();
        let customer = customers::find(&mut self.tx, &tenant, &conversation.customer).await?;
        let values = ClosingValues {
            customer_name: customer.as_ref().map_or("", |customer| &customer.name),
            agent_name,
            tenant_name: &self.tenant.name,
        };
        match closing_message(&text, &values) {
            Ok(text) => self.send_system_text(id, &text),
            Err(fault) => {
                tracing::warn!(%tenant, %fault, "conversations: closing message template invalid");
                self.append(Some(id), Actor::System, Event::ClosingSkipped { why: Skipped::TemplateFault });
                Ok(())
            }
        }
    }
}
