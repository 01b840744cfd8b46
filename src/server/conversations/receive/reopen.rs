//! A message soon after a close reopens the conversation for the agent who closed it, if that agent is online.
//! Otherwise the bot begins a new one: an agent who is away would leave the message unanswered. Keywords come first:
//! they request an agent as in every new conversation.

use crate::{
    domain::{
        conversation::{Command, Conversation},
        event::Actor,
        ids::{ChannelId, ConversationId},
        inbound::{InboundOrigin, Incoming},
        message::TurnEffect,
    },
    server::{
        conversations::{Result, UnitOfWork},
        store::{agents, conversations, customers::CustomerRow},
    },
};

impl UnitOfWork {
    /// Reopens the conversation that the message belongs to; `None` if there is none. To be called if the customer has
    /// no open conversation, for messages that are neither late nor quiet.
    pub(super) async fn reopen_for_closer(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerRow,
        incoming: &Incoming,
    ) -> Result<Option<ConversationId>> {
        if !goes_on(incoming) || self.is_new_customer(&customer.id) {
            return Ok(None);
        }
        let tenant = self.tenant_id();
        let last = conversations::last_closed_of(&mut self.tx, &tenant, channel, &customer.id).await?;
        let Some(id) = last else { return Ok(None) };
        // Not locked before it is certain: a lock without an entry would change the row's version unseen.
        let Some(known) = self.known_conversation(&id).await? else { return Ok(None) };
        let is_possible = self.reopening(&known).is_some_and(|command| known.decide(&command, self.now).is_ok());
        if !is_possible || self.is_heard(channel, customer, &incoming.content).await? {
            return Ok(None);
        }
        if let Some(agent) = known.reopens_for(self.now, self.tenant.settings.grace_time)
            && agents::hold(&mut self.tx, &tenant, agent).await?.is_none_or(|record| !record.active)
        {
            return Ok(None);
        }
        let it = self.lock(&id).await?.conversation.clone();
        let Some(command) = self.reopening(&it) else { return Ok(None) };
        Ok(self.try_run(&id, Actor::Customer, &command, None)?.is_ok().then_some(id))
    }

    /// The command that reopens a conversation for the agent who closed it, if that agent is online.
    fn reopening(&self, it: &Conversation) -> Option<Command> {
        let agent = it.reopens_for(self.now, self.tenant.settings.grace_time)?;
        let is_online = self.presence.online(&self.tenant.id, self.now).contains(agent);
        is_online.then(|| Command::Reopen {
            agent: agent.clone(),
            handoff: self.entropy.id(self.now),
            target: self.tenant.settings.waiting_target,
            open: None,
        })
    }

    /// A conversation as this unit of work sees it, without a lock.
    pub(super) async fn known_conversation(&mut self, id: &ConversationId) -> Result<Option<Conversation>> {
        if let Some(known) = self.get(id) {
            return Ok(Some(known.clone()));
        }
        let tenant = self.tenant_id();
        Ok(conversations::load(&mut self.tx, &tenant, id).await?.map(|stored| stored.conversation))
    }
}

/// Whether the message goes on with what was closed. One that comes with an ad begins something else.
fn goes_on(incoming: &Incoming) -> bool {
    let is_shown = match incoming.content.turn() {
        TurnEffect::Customer | TurnEffect::Notice => true,
        TurnEffect::Quiet | TurnEffect::Rating | TurnEffect::Blocked | TurnEffect::Silent => false,
    };
    is_shown && incoming.origin == InboundOrigin::Live && incoming.group.is_none() && incoming.referral.is_none()
}
