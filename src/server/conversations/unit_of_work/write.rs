//! What a transaction writes beside the state of a conversation: messages of ours, facts, and what is told with a handoff.

use super::UnitOfWork;
use crate::{
    domain::{
        conversation::{Command, Conversation},
        event::{Actor, Event},
        handoff::Brief,
        ids::{ConversationId, HandoffId, MessageId, Seq},
        message::{Author, Delivery, Forwarded, MessageContext, outgoing::OutgoingMessage},
    },
    server::{
        conversations::{ConversationError, Result, unit_of_work::digest},
        store::{facts::Fact, messages::MessageRow},
    },
};

impl UnitOfWork {
    /// A fresh message of ours.
    pub fn record(
        &self,
        id: &MessageId,
        conversation: &Conversation,
        author: Author,
        message: OutgoingMessage,
    ) -> MessageRow {
        MessageRow {
            id: id.clone(),
            conversation: conversation.id.clone(),
            channel: conversation.channel.clone(),
            wamid: None,
            client_id: None,
            author,
            content: message.into(),
            at: self.now,
            seq: Seq(0),
            written_at: self.now,
            delivery: Some(Delivery::Queued),
            fault: None,
            quote: None,
            forwarded: Forwarded::No,
            reactions: Vec::new(),
            revoked: false,
            edited: false,
            late: false,
            resent: false,
            referral: None,
            hidden: false,
            beside: MessageContext::default(),
        }
    }

    /// Enqueues a text of the tenant; an empty one is silence, and outside the window nothing can be sent.
    pub fn system_say(&mut self, conversation: &ConversationId, words: &str) -> Result<()> {
        let it = self.get(conversation).ok_or(ConversationError::NotFound)?.clone();
        if words.trim().is_empty() || !it.window.is_open(self.now) {
            return Ok(());
        }
        let id: MessageId = self.entropy.id(self.now);
        let record = self.record(&id, &it, Author::System, OutgoingMessage::text(words.trim()));
        let command = Command::SystemSay {
            message: id,
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
        };
        self.run(conversation, Actor::System, &command, Some(record))?;
        Ok(())
    }

    /// Appends the bot's entry about a fact; both get their place together.
    pub fn append_fact(&mut self, conversation: &ConversationId, event: Event, fact: Fact) {
        self.append(Some(conversation), Actor::Bot, event);
        if let Some(pending) = self.pending.last_mut() {
            pending.fact = Some(fact);
        }
    }

    /// Keeps what is told to people with a handoff of this work.
    pub fn describe_handoff(&mut self, handoff: HandoffId, brief: Brief) {
        self.briefs.push((handoff, brief));
    }

    /// How many entries wait for the commit: a mark for [`Self::outlive_turn`].
    pub fn mark(&self) -> usize {
        self.pending.len()
    }

    /// What the bot said since `mark` is sent also when its turn is over: it was said together with the change of hands.
    pub fn outlive_turn(&mut self, mark: usize) {
        for pending in &mut self.pending[mark..] {
            pending.epoch = None;
        }
    }
}
