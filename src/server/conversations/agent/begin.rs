//! Begin: an agent writes first, by template, to a customer or a number. Customer, conversation, handoff and message are
//! written in one transaction, so a refusal leaves nothing behind.

use crate::{
    domain::{
        conversation::{Command, Refusal},
        handoff::Brief,
        ids::{ChannelId, ConversationId, CustomerId, HandoffId},
        inbound::Identity,
        message::outgoing::OutgoingMessage,
        outbound::{FirstRecipient, NotWritable, OptIn},
        phone_number::{digits, is_same, typed},
        template::MessageTemplate,
    },
    server::{
        accounts::Agent,
        conversations::{
            ConversationError, Conversations, Result, UnitOfWork, delivery::sending::GROUP, unit_of_work::AgentMessage,
        },
        store::{
            channels::{self, ChannelRow},
            customers::{self, CustomerRow},
            entries, messages, templates,
        },
    },
};

use super::{
    reply::client_key,
    template::{NewTemplate, check_recipient, filled, uploaded},
};

/// A file of a template needs a conversation to be uploaded to.
const NO_UPLOAD: &str = "A file can't be attached to a first message. Enter its web address instead.";

/// A first message as the page sends it.
#[derive(Clone, Copy, Debug)]
pub struct NewConversation<'a> {
    pub channel: &'a ChannelId,
    pub to: &'a FirstRecipient,
    pub opt_in: &'a OptIn,
    pub template: NewTemplate<'a>,
}

/// To whom, after the checks that need no lock.
enum Addressee {
    Customer(CustomerId),
    /// In digits.
    Number(String),
}

impl Conversations {
    /// Begins a conversation that the agent has, with a template as its first message. A second press finds the first one's
    /// conversation.
    ///
    /// # Errors
    /// [`Refusal::ContinuedIn`] if the customer has an open conversation on the number, [`ConversationError::Invalid`] if
    /// they may not be written to or the number is none, and what [`Conversations::send_template`] refuses.
    pub async fn begin(&self, agent: &Agent, new: NewConversation<'_>) -> Result<ConversationId> {
        let client_id = &client_key(agent, new.template.client_id)?;
        let brief = &new.opt_in.brief().map_err(ConversationError::Invalid)?;
        let to = &addressee(new.to)?;
        self.transact_for(agent, move |mut work| async move {
            if let Some(known) = messages::by_client_id(&mut work.tx, agent.tenant(), client_id).await? {
                return work.discard(known.conversation);
            }
            let channel = channels::find(&mut work.tx, agent.tenant(), new.channel).await?;
            let channel = channel.ok_or(ConversationError::NotFound)?;
            let template = work.chosen_template(&channel, &new.template).await?;
            let filled = filled(&template, new.template.values)?;
            if uploaded(&filled).is_some() {
                return Err(ConversationError::Invalid(NO_UPLOAD.to_owned()));
            }
            let customer = work.addressed(to).await?;
            if let Some(open) = work.open_of(&channel.id, &customer.id).await? {
                return Err(ConversationError::Refused(Refusal::ContinuedIn(open)));
            }
            work.check_writable(agent, &customer, &template).await?;
            let id = work.begin_by(agent, &channel, &customer, brief).await?;
            let message = AgentMessage {
                id: work.entropy.id(work.now),
                author: agent.id(),
                client_id,
                outgoing: OutgoingMessage::Template(Box::new(filled)),
                quote: None,
            };
            work.send_agent_message(&id, message).await?;
            templates::used(&mut work.tx, agent.tenant(), new.template.template, agent.id(), work.now).await?;
            work.done_with(id)
        })
        .await
    }
}

fn addressee(to: &FirstRecipient) -> Result<Addressee> {
    Ok(match to {
        FirstRecipient::Customer(id) => Addressee::Customer(id.clone()),
        FirstRecipient::Number(text) => {
            let number = typed::number(text);
            Addressee::Number(number.map_err(|fault| ConversationError::Invalid(fault.words().to_owned()))?)
        }
    })
}

impl UnitOfWork {
    /// The customer, who is new if nobody has the number.
    async fn addressed(&mut self, to: &Addressee) -> Result<CustomerRow> {
        let tenant = self.tenant_id();
        match to {
            Addressee::Customer(id) => {
                customers::current(&mut self.tx, &tenant, id).await?.ok_or(ConversationError::NotFound)
            }
            Addressee::Number(number) => {
                let own = channels::list(&mut self.tx, &tenant).await?;
                if let Some(own) = own.into_iter().find(|own| is_same(&digits(&own.display_phone), number)) {
                    return Err(ConversationError::Invalid(NotWritable::Own(own.name).words()));
                }
                self.customer(&Identity { wa_id: Some(number.clone()), ..Identity::default() }).await
            }
        }
    }

    /// Checks that this person may get this template from this agent.
    async fn check_writable(
        &mut self,
        agent: &Agent,
        customer: &CustomerRow,
        template: &MessageTemplate,
    ) -> Result<()> {
        let refused = |why: NotWritable| Err(ConversationError::Invalid(why.words()));
        if customer.user_id.as_deref().is_some_and(|user| user.starts_with(GROUP)) {
            return refused(NotWritable::Group);
        }
        if customer.blocked {
            return refused(NotWritable::Blocked(customer.name.clone()));
        }
        check_recipient(agent, template, customer)?;
        // What a person turns off at WhatsApp is marketing; news about their order still reaches them.
        let tenant = self.tenant_id();
        if entries::has_opted_out(&mut self.tx, &tenant, &customer.id, template.category).await? {
            return refused(NotWritable::OptedOut(customer.name.clone()));
        }
        Ok(())
    }

    /// A conversation that the agent has from the beginning.
    async fn begin_by(
        &mut self,
        agent: &Agent,
        channel: &ChannelRow,
        customer: &CustomerRow,
        brief: &Brief,
    ) -> Result<ConversationId> {
        let id = self.begin_conversation(&channel.id, &customer.id, self.now, agent.actor()).await?;
        let handoff: HandoffId = self.entropy.id(self.now);
        let target = self.tenant.settings.waiting_target;
        let command = Command::Begin { agent: agent.id().clone(), handoff: handoff.clone(), target };
        self.run(&id, agent.actor(), &command, None)?;
        self.describe_handoff(handoff, brief.clone());
        Ok(id)
    }
}
