//! Compose: the agent sends what they filled in a form for, as a location or a list. It follows the rules of a reply.

use crate::{
    domain::{
        ids::{ConversationId, MessageId},
        message::composed::ComposedMessage,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, unit_of_work::AgentMessage},
        store::messages,
    },
};

use super::reply::WINDOW_CLOSED;

/// How many faults of a form are told. The page shows each at its field before.
const MOST_FAULTS: usize = 8;

impl Conversations {
    /// Puts the message of a form into the outbox, after what the agent could still take back. A second call with the same
    /// `client_id`, which the page chooses, does nothing.
    pub async fn send_composed(
        &self,
        agent: &Agent,
        id: &ConversationId,
        client_id: &str,
        form: &ComposedMessage,
        quote: Option<&MessageId>,
    ) -> Result<()> {
        if client_id.is_empty() || client_id.len() > 64 {
            let detail = "This page is out of date. Reload it; what you entered is kept.";
            return Err(ConversationError::Invalid(detail.to_owned()));
        }
        let outgoing = form.message().map_err(|faults| {
            let words: Vec<String> = faults.into_iter().map(|(_, words)| words).take(MOST_FAULTS).collect();
            ConversationError::Invalid(words.join(" "))
        })?;
        // Both are prefixes of their own: a reply of the same page, or another agent's page, may choose the same id.
        let client_id = &format!("{}:form:{client_id}", agent.id());
        let outgoing = &outgoing;
        self.transact_for(agent, move |mut work| async move {
            if messages::by_client_id(&mut work.tx, agent.tenant(), client_id).await?.is_some() {
                return work.discard(());
            }
            let conversation = work.lock(id).await?.conversation.clone();
            if !conversation.window.is_open(work.now) && conversation.agent() == Some(agent.id()) {
                return Err(ConversationError::Invalid(WINDOW_CLOSED.to_owned()));
            }
            // What the agent wrote before goes before it.
            work.send_leaving(id, agent.id()).await?;
            let message = AgentMessage {
                id: work.entropy.id(work.now),
                author: agent.id(),
                client_id,
                outgoing: outgoing.clone(),
                quote,
            };
            work.send_agent_message(id, message).await?;
            work.done()
        })
        .await
    }
}
