//! Templates in the place of automatic texts for customers whose 24-hour window has closed.
//!
//! Which one an admin has chosen, and whether it can be sent, is `domain::window::closed`'s decision. Here is what only the
//! tables know.

use crate::{
    domain::{
        conversation::{Command, Conversation},
        event::{Actor, Event, Skipped, SkippedText},
        ids::{ConversationId, MessageId},
        message::{Author, outgoing::OutgoingMessage},
        settings::TextName,
        template::message::TemplateMessage,
        window::closed::WindowTemplate,
    },
    server::store::{
        channels, customers,
        templates::{self, WindowCustomer},
    },
};

use super::{ConversationError, Result, UnitOfWork, unit_of_work::digest};

impl UnitOfWork {
    /// The template that goes to this customer in the place of a text; `None` while the window is open, or if no admin has
    /// chosen one for the number.
    pub fn window_template(&self, it: &Conversation, text: TextName) -> Option<WindowTemplate> {
        let chosen = self.tenant.settings.window_templates.of(text, &it.channel)?;
        (!it.window.is_open(self.now)).then(|| chosen.clone())
    }

    /// Enqueues it, or an entry that says why it is not sent. A blocked customer gets neither.
    pub async fn send_window_template(
        &mut self,
        id: &ConversationId,
        chosen: &WindowTemplate,
        agent_name: Option<&str>,
    ) -> Result<()> {
        let message = self.window_message(id, chosen, agent_name).await?;
        self.enqueue_template(id, chosen, message)
    }

    /// As [`Self::send_window_template`], if nobody has decided to send it: it is left out if the customer's automatic
    /// messages of the day are used up.
    pub(super) async fn notify_by_template(
        &mut self,
        id: &ConversationId,
        chosen: &WindowTemplate,
        agent_name: Option<&str>,
    ) -> Result<()> {
        let mut message = self.window_message(id, chosen, agent_name).await?;
        if let Some(Ok(_)) = message
            && !self.may_notify(id).await?
        {
            message = Some(Err(Skipped::DailyLimit));
        }
        self.enqueue_template(id, chosen, message)
    }

    /// `message` is as [`Self::window_message`] gives it.
    fn enqueue_template(
        &mut self,
        id: &ConversationId,
        chosen: &WindowTemplate,
        message: Option<std::result::Result<TemplateMessage, Skipped>>,
    ) -> Result<()> {
        match message {
            None => Ok(()),
            Some(Err(why)) => {
                self.skip_text(id, chosen.text, why);
                Ok(())
            }
            Some(Ok(message)) => {
                let it = self.get(id).ok_or(ConversationError::NotFound)?.clone();
                let outgoing = OutgoingMessage::Template(Box::new(message));
                let message: MessageId = self.entropy.id(self.now);
                let record = self.record(&message, &it, Author::System, outgoing);
                let command = Command::SystemSay {
                    message,
                    kind: record.content.kind().to_owned(),
                    digest: digest(self.tenant.id.as_str(), &record.content),
                };
                self.run(id, Actor::System, &command, Some(record))?;
                Ok(())
            }
        }
    }

    /// The entry about a text that was not sent.
    pub fn skip_text(&mut self, id: &ConversationId, text: impl Into<SkippedText>, why: Skipped) {
        self.append(Some(id), Actor::System, Event::TextSkipped { text: text.into(), why });
    }

    /// The filled template, or why it is not sent; `None` for a blocked customer.
    async fn window_message(
        &mut self,
        id: &ConversationId,
        chosen: &WindowTemplate,
        agent_name: Option<&str>,
    ) -> Result<Option<std::result::Result<TemplateMessage, Skipped>>> {
        let it = self.get(id).ok_or(ConversationError::NotFound)?.clone();
        let tenant = self.tenant_id();
        let customer = customers::find(&mut self.tx, &tenant, &it.customer).await?;
        let customer = customer.ok_or(ConversationError::NotFound)?;
        if customer.blocked {
            return Ok(None);
        }
        if !it.control.may_send() {
            return Ok(Some(Err(Skipped::WithOtherApp)));
        }
        let channel = channels::find(&mut self.tx, &tenant, &it.channel).await?.ok_or(ConversationError::NotFound)?;
        let tenant_name = self.tenant.name.clone();
        let to = WindowCustomer {
            conversation: &it.id,
            customer: &customer,
            channel: &channel,
            agent_name,
            tenant_name: &tenant_name,
        };
        let message = templates::window_message(&mut self.tx, &tenant, chosen, to).await?;
        Ok(Some(message.map(|(_, message)| message)))
    }
}
