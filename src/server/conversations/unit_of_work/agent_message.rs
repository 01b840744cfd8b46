//! How a message of an agent is sent, whether it was typed, filled in, made from a template or written for later: it goes
//! into the outbox, and what the customer wrote before counts as read if the tenant wants that.

use super::{UnitOfWork, digest};
use crate::{
    domain::{
        conversation::Command,
        event::Actor,
        ids::{AgentId, ConversationId, MessageId, Seq},
        message::{Author, outgoing::OutgoingMessage},
        settings::ReadPolicy,
    },
    server::{
        conversations::{ConversationError, Result},
        store::messages,
    },
};

/// A message of an agent that is sent now.
#[derive(Debug)]
pub struct AgentMessage<'a> {
    pub id: MessageId,
    pub author: &'a AgentId,
    /// The id of the press, by which a second one is recognized.
    pub client_id: &'a str,
    pub outgoing: OutgoingMessage,
    /// A message of the same conversation; any other is not quoted.
    pub quote: Option<&'a MessageId>,
}

impl UnitOfWork {
    /// Puts it into the outbox of a conversation, which is locked.
    ///
    /// # Errors
    /// [`ConversationError::Refused`] if its author may not write there; nothing has changed then.
    pub async fn send_agent_message(&mut self, conversation: &ConversationId, message: AgentMessage<'_>) -> Result<()> {
        let AgentMessage { id, author, client_id, outgoing, quote } = message;
        let tenant = self.tenant_id();
        let quoted = match quote {
            Some(quote) => messages::find(&mut self.tx, &tenant, quote).await?,
            None => None,
        };
        let it = self.get(conversation).ok_or(ConversationError::NotFound)?.clone();
        let mut record = self.record(&id, &it, Author::Agent(author.clone()), outgoing);
        record.client_id = Some(client_id.to_owned());
        record.quote = quoted.filter(|quoted| quoted.conversation == *conversation).and_then(|quoted| quoted.wamid);
        let command = Command::Reply {
            agent: author.clone(),
            message: id,
            kind: record.content.kind().to_owned(),
            digest: digest(tenant.as_str(), &record.content),
        };
        self.run(conversation, Actor::Agent(author.clone()), &command, Some(record))?;
        if self.tenant.settings.read_policy == ReadPolicy::OnReply {
            self.enqueue_read(conversation, Seq(i64::MAX)).await?;
        }
        Ok(())
    }
}
