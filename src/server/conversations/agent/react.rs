//! React: the agent reacts to a message of the customer, or takes the reaction back.
//!
//! It is shown on that message at once, with how far it is. What is sent is a hidden message of its own, so that it goes in
//! order with the replies and its outcome comes back. It is no reply: it ends no wait, cancels no ending and wakes nobody.

use crate::{
    domain::{
        event::{Actor, Amendment, Event},
        ids::{ConversationId, MessageId},
        message::{
            Author, Content,
            outgoing::OutgoingMessage,
            reaction::{self, NOT_AN_EMOJI, Reactable, ReactionRefusal, one_emoji},
        },
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork},
        store::messages::{self, MessageRow},
    },
};

impl Conversations {
    /// Reacts with one emoji; `None` takes the reaction of the business back. What is so already changes nothing.
    pub async fn react(
        &self,
        agent: &Agent,
        id: &ConversationId,
        message: &MessageId,
        emoji: Option<&str>,
    ) -> Result<()> {
        let emoji = match emoji.map(str::trim).filter(|typed| !typed.is_empty()) {
            Some(typed) => Some(one_emoji(typed).ok_or_else(|| ConversationError::Invalid(NOT_AN_EMOJI.to_owned()))?),
            None => None,
        };
        self.transact_for(agent, move |mut work| async move {
            let conversation = work.lock(id).await?.conversation.clone();
            let target = messages::find(&mut work.tx, agent.tenant(), message).await?;
            let mut target = target
                .filter(|target| target.conversation == *id && !target.hidden)
                .ok_or(ConversationError::NotFound)?;
            conversation.writable_by(agent.id())?;
            let reactable =
                Reactable { author: &target.author, revoked: target.revoked, written_at: target.written_at };
            let refusal = reactable.refusal(conversation.window, work.now);
            let Some(wamid) = target.wamid.clone().filter(|_| refusal.is_none()) else {
                let words = refusal.unwrap_or(ReactionRefusal::NotOfCustomer).words();
                return Err(ConversationError::Invalid(words.to_owned()));
            };
            let author = Author::Agent(agent.id().clone());
            if !reaction::react(&mut target.reactions, &author, emoji) {
                return work.discard(());
            }
            work.save_record(&target).await?;
            let own: MessageId = work.entropy.id(work.now);
            let outgoing = OutgoingMessage::Reaction { target: wamid, emoji: emoji.map(str::to_owned) };
            let record = MessageRow { hidden: true, ..work.record(&own, &conversation, author, outgoing) };
            work.append_reaction(id, agent.actor(), target.id, record);
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Records on the customer's message what became of the reaction that `sent` carried. Does nothing for other messages.
    pub(in crate::server::conversations) async fn reaction_settled(
        &mut self,
        sent: &MessageRow,
        outcome: std::result::Result<(), &str>,
    ) -> Result<()> {
        let Content::Reaction { target, emoji } = &sent.content else { return Ok(()) };
        self.lock(&sent.conversation).await?;
        let Some(mut target) = self.stored_by_wamid(&sent.channel, target).await? else { return Ok(()) };
        if !reaction::settle(&mut target.reactions, emoji.as_deref(), outcome) {
            return Ok(());
        }
        self.save_record(&target).await?;
        let event = Event::Amended { message: target.id, what: Amendment::Reacted };
        self.append(Some(&sent.conversation), Actor::Meta, event);
        Ok(())
    }
}
