//! Reply: the agent sends a message to the customer.

use crate::{
    domain::{
        conversation::Command,
        ids::{ConversationId, MessageId, Seq},
        message::{Author, reply::ReplyKind},
        settings::ReadPolicy,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, unit_of_work::digest},
        store::messages,
    },
};

impl Conversations {
    /// Sends a text. See [`Self::reply_as`].
    pub async fn reply(
        &self,
        agent: &Agent,
        id: &ConversationId,
        client_id: &str,
        body: &str,
        quote: Option<&MessageId>,
    ) -> Result<()> {
        self.reply_as(agent, id, client_id, ReplyKind::Text, body, quote).await
    }

    /// Puts a reply into the outbox. A second call with the same `client_id` does nothing.
    pub async fn reply_as(
        &self,
        agent: &Agent,
        id: &ConversationId,
        client_id: &str,
        kind: ReplyKind,
        body: &str,
        quote: Option<&MessageId>,
    ) -> Result<()> {
        let body = body.replace('\0', "");
        let body = body.trim();
        if body.is_empty() {
            return Err(ConversationError::Invalid("Enter a message first.".to_owned()));
        }
        let (length, limit) = (body.chars().count(), kind.text_limit());
        if length > limit {
            let detail = format!("A reply can have up to {limit} characters; this one has {length}. Shorten it.");
            return Err(ConversationError::Invalid(detail));
        }
        if client_id.is_empty() || client_id.len() > 64 {
            return Err(ConversationError::Invalid(
                "This page is out of date. Reload it; your text is kept.".to_owned(),
            ));
        }
        // The agent's id is a prefix, because two agents' pages can choose the same client id.
        let client_id = &format!("{}:{client_id}", agent.id());
        self.transact(agent.tenant(), move |mut work| async move {
            let known = messages::by_client_id(&mut work.tx, agent.tenant(), client_id).await?;
            if known.is_some() {
                return work.discard(());
            }
            let conversation = work.lock(id).await?.conversation.clone();
            if !conversation.window.is_open(work.now) && conversation.agent() == Some(agent.id()) {
                let detail =
                    "The 24-hour reply window is closed. You can only send a template until the customer writes again.";
                return Err(ConversationError::Invalid(detail.to_owned()));
            }
            let quoted = match quote {
                Some(quote) => messages::find(&mut work.tx, agent.tenant(), quote).await?,
                None => None,
            };
            let message: MessageId = work.entropy.id(work.now);
            let author = Author::Agent(agent.id().clone());
            let mut record = work.record(&message, &conversation, author, kind.message(body.to_owned()));
            record.client_id = Some(client_id.clone());
            record.quote = quoted.filter(|quoted| quoted.conversation == *id).and_then(|quoted| quoted.wamid);
            let command = Command::Reply {
                agent: agent.id().clone(),
                message,
                kind: record.content.kind().to_owned(),
                digest: digest(agent.tenant().as_str(), &record.content),
            };
            work.run(id, agent.actor(), &command, Some(record))?;
            if work.tenant.settings.read_policy == ReadPolicy::OnReply {
                work.enqueue_read(id, Seq(i64::MAX)).await?;
            }
            work.done()
        })
        .await
    }
}
