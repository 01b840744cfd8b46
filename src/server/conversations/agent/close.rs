//! Close: the agent ends the conversation, and the tenant's closing text is sent.

use crate::{
    domain::{
        conversation::{Command, Goodbye, GoodbyeFault, Refusal},
        event::{Actor, Event, Skipped},
        ids::{ConversationId, MessageId},
        interpolation::ClosingValues,
        message::TurnEffect,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork},
        store::{customers, messages},
    },
};

/// How many of the newest messages are searched for the customer's newest one.
const SEARCH_LIMIT: i64 = 8;

impl Conversations {
    /// Closes the conversation and enqueues the closing text, which is sent within the 24-hour window only.
    pub async fn close(&self, agent: &Agent, id: &ConversationId, seen: Option<MessageId>) -> Result<()> {
        let seen = &seen;
        self.transact(agent.tenant(), move |mut work| async move {
            work.lock(id).await?;
            if work.has_unseen_notice(id).await? {
                return Err(ConversationError::Refused(Refusal::CustomerJustWrote));
            }
            let command = Command::Close { agent: agent.id().clone(), seen: seen.clone() };
            work.run(id, agent.actor(), &command, None)?;
            work.send_goodbye(id, agent.name(), &Goodbye::Standard).await?;
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Whether the customer's newest message is a notice about something that WhatsApp did not pass on, and is unread.
    /// It is not a turn of the customer, but the conversation must not be closed before an agent has seen it.
    pub(in crate::server::conversations) async fn has_unseen_notice(&mut self, id: &ConversationId) -> Result<bool> {
        if self.get(id).is_none_or(|it| it.unread == 0) {
            return Ok(false);
        }
        let tenant = self.tenant_id();
        let newest = messages::page(&mut self.tx, &tenant, id, None, SEARCH_LIMIT).await?;
        let newest = newest.iter().find(|record| record.author.is_customer());
        Ok(newest.is_some_and(|record| record.content.turn() == TurnEffect::Notice))
    }

    /// Sends the text that goes with a close. Outside the window nothing is sent, and an entry says so.
    pub(in crate::server::conversations) async fn send_goodbye(
        &mut self,
        id: &ConversationId,
        agent_name: &str,
        goodbye: &Goodbye,
    ) -> Result<()> {
        let conversation = self.get(id).ok_or(ConversationError::NotFound)?.clone();
        let tenant = self.tenant_id();
        let customer = customers::find(&mut self.tx, &tenant, &conversation.customer).await?;
        let values = ClosingValues {
            customer_name: customer.as_ref().map_or("", |customer| &customer.name),
            agent_name,
            tenant_name: &self.tenant.name,
        };
        match goodbye.message(&self.tenant.settings.texts.closing, conversation.window, self.now, &values) {
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
