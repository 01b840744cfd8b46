//! Close: the agent ends the conversation. The tenant's closing text is sent, and the customer is asked for a rating,
//! in one message, because each may cost the tenant. A closing text that leaves no room for the question goes alone: it
//! is what the customer expects.

use crate::{
    domain::{
        conversation::{Command, Conversation, Goodbye, GoodbyeFault, RatedHandoff},
        event::{Actor, Skipped, SkippedText},
        ids::{ConversationId, MessageId},
        interpolation::ClosingValues,
        message::{Author, interactive::InteractiveMessage, outgoing::OutgoingMessage},
        settings::TextName,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork, unit_of_work::digest},
        store::customers,
    },
};

impl Conversations {
    /// Closes the conversation without an outcome, and enqueues the closing text and the question for a rating, which are
    /// sent within the 24-hour window only.
    pub async fn close(&self, agent: &Agent, id: &ConversationId, seen: Option<MessageId>) -> Result<()> {
        let seen = &seen;
        self.transact_for(agent, move |mut work| async move {
            work.lock(id).await?;
            work.send_leaving(id, agent.id()).await?;
            let rated = work.get(id).and_then(Conversation::to_rate);
            let command = Command::Close { agent: agent.id().clone(), seen: seen.clone() };
            work.run(id, agent.actor(), &command, None)?;
            work.check_outcome(None).await?;
            work.send_goodbye(id, agent.name(), &Goodbye::Standard, rated).await?;
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Sends the text that goes with a close, and the question about what it ends. Outside the window the tenant's text is
    /// replaced by the template that an admin has chosen for it. Without one, and to the customer of another app, nothing is
    /// sent, and an entry says so if there is a text.
    pub(in crate::server::conversations) async fn send_goodbye(
        &mut self,
        id: &ConversationId,
        agent_name: &str,
        goodbye: &Goodbye,
        rated: Option<RatedHandoff>,
    ) -> Result<()> {
        let conversation = self.get(id).ok_or(ConversationError::NotFound)?.clone();
        let tenant = self.tenant_id();
        let customer = customers::find(&mut self.tx, &tenant, &conversation.customer).await?;
        if customer.as_ref().is_some_and(|customer| customer.blocked) {
            return Ok(());
        }
        // An agent has seen it with the close, and could switch it off.
        let by_template = self.window_template(&conversation, TextName::Closing);
        if let Some(chosen) = by_template.filter(|_| *goodbye == Goodbye::Standard) {
            return self.send_window_template(id, &chosen, Some(agent_name)).await;
        }
        let tenant_name = self.tenant.name.clone();
        let values = ClosingValues {
            customer_name: customer.as_ref().map_or("", |customer| &customer.name),
            agent_name,
            tenant_name: &tenant_name,
        };
        let text = match goodbye.message(&self.tenant.settings.texts.closing, conversation.window, self.now, &values) {
            Ok(Some(_)) if !conversation.control.may_send() => {
                self.skip_text(id, TextName::Closing, Skipped::WithOtherApp);
                return Ok(());
            }
            Ok(text) => text,
            Err(fault) => {
                if let GoodbyeFault::Template(fault) = &fault {
                    tracing::warn!(%tenant, %fault, "conversations: closing message template invalid");
                }
                self.skip_text(id, TextName::Closing, Skipped::from(&fault));
                return Ok(());
            }
        };
        // What the agent has written is no automatic message, and is always sent.
        let is_automatic = !matches!(goodbye, Goodbye::Edited(_)) || text.is_none();
        let is_left_out = is_automatic && !self.may_notify(id).await?;
        if is_left_out && text.is_some() {
            self.skip_text(id, TextName::Closing, Skipped::DailyLimit);
            return Ok(());
        }
        let question = rated.and_then(|rated| {
            let message = self.rating_question(&conversation, &rated, text.as_deref(), &values)?;
            Some((rated, message))
        });
        match (question, text) {
            (Some(_), None) if is_left_out => {
                self.skip_text(id, SkippedText::Rating, Skipped::DailyLimit);
                Ok(())
            }
            (Some((rated, question)), _) => self.ask_rating(&conversation, rated, question),
            (None, Some(text)) => self.send_system_text(id, &text),
            (None, None) => Ok(()),
        }
    }

    /// The question with the goodbye as its beginning; `None` if nothing is asked.
    fn rating_question(
        &self,
        it: &Conversation,
        rated: &RatedHandoff,
        goodbye: Option<&str>,
        values: &ClosingValues<'_>,
    ) -> Option<InteractiveMessage> {
        match it.rating_question(rated, &self.tenant.settings.rating, goodbye, self.now, values) {
            Ok(question) => question,
            Err(fault) => {
                tracing::warn!(tenant = %self.tenant.id, %fault, "conversations: rating question template invalid");
                None
            }
        }
    }

    fn ask_rating(&mut self, it: &Conversation, rated: RatedHandoff, question: InteractiveMessage) -> Result<()> {
        let message: MessageId = self.entropy.id(self.now);
        let record = self.record(&message, it, Author::System, OutgoingMessage::Interactive(question));
        let command = Command::AskRating {
            message,
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
            rated,
        };
        self.run(&it.id, Actor::System, &command, Some(record))?;
        Ok(())
    }
}
