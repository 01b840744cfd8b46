//! Reply: the agent sends a message to the customer.

use crate::{
    domain::{
        ids::{ConversationId, MediaId, MessageId},
        message::{outgoing::OutgoingMessage, reply::ReplyKind},
        number::too_long,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork, unit_of_work::AgentMessage},
        store::media,
    },
};

/// Why a reply is refused outside the window, and why one is whose file was sent or removed.
pub(super) const WINDOW_CLOSED: &str =
    "The 24-hour reply window is closed. You can only send a template until the customer writes again.";
pub(super) const FILE_GONE: &str = "This file is no longer here. Attach it again; your text is kept.";

/// A reply as the composer sends it.
#[derive(Clone, Copy, Debug)]
pub struct NewReply<'a> {
    /// Chosen by the page: a second call with the same one does nothing.
    pub client_id: &'a str,
    pub kind: ReplyKind,
    pub body: &'a str,
    pub quote: Option<&'a MessageId>,
    /// The version of the draft that is sent, if the page keeps it on the server.
    pub draft: Option<i64>,
    /// A file that the agent uploaded. The text is its caption and may be empty.
    pub file: Option<&'a MediaId>,
}

impl NewReply<'_> {
    /// The text without what nobody sees, and the id of the press.
    ///
    /// # Errors
    /// [`ConversationError::Invalid`] if there is nothing to send or it is too long, or the `client_id` is none.
    pub(super) fn checked(&self, agent: &Agent) -> Result<(String, String)> {
        let body = self.body.replace('\0', "").trim().to_owned();
        if body.is_empty() && self.file.is_none() {
            return Err(ConversationError::Invalid("Enter a message first.".to_owned()));
        }
        let (length, limit) = (body.chars().count(), self.kind.text_limit());
        if length > limit {
            return Err(ConversationError::Invalid(too_long("reply", limit, length)));
        }
        Ok((body, client_key(agent, self.client_id)?))
    }
}

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

    /// Sends a text as this kind. See [`Self::send_reply`].
    pub async fn reply_as(
        &self,
        agent: &Agent,
        id: &ConversationId,
        client_id: &str,
        kind: ReplyKind,
        body: &str,
        quote: Option<&MessageId>,
    ) -> Result<()> {
        self.send_reply(agent, id, NewReply { client_id, kind, body, quote, draft: None, file: None }).await
    }

    /// Puts a reply into the outbox and removes its draft.
    pub async fn send_reply(&self, agent: &Agent, id: &ConversationId, reply: NewReply<'_>) -> Result<()> {
        let NewReply { kind, quote, draft, file, .. } = reply;
        let (body, client_id) = &reply.checked(agent)?;
        let body = body.as_str();
        self.transact_for(agent, move |mut work| async move {
            // A press that waits is sent in its time.
            if work.earlier_call(agent, client_id).await?.is_some() {
                return work.discard(());
            }
            let conversation = work.lock(id).await?.conversation.clone();
            if !conversation.window.is_open(work.now) && conversation.agent() == Some(agent.id()) {
                return Err(ConversationError::Invalid(WINDOW_CLOSED.to_owned()));
            }
            // From another page, or before the agent chose to send at once.
            work.send_leaving(id, agent.id()).await?;
            let message: MessageId = work.entropy.id(work.now);
            let outgoing = match file {
                Some(file) => {
                    conversation.owned_by(agent.id())?;
                    work.take_upload(agent, id, file, &message, body).await?
                }
                None => kind.message(body.to_owned()),
            };
            let message = AgentMessage { id: message, author: agent.id(), client_id, outgoing, quote };
            work.send_agent_message(id, message).await?;
            // The files after the first have no text, and leave the draft to what is typed meanwhile.
            if !body.is_empty() || draft.is_some() {
                work.remove_sent_draft(agent, id, draft, body).await?;
            }
            work.done()
        })
        .await
    }
}

/// The id by which a press of Send is known. The agent's id is a prefix, because two agents' pages can choose the same one.
pub(in crate::server::conversations) fn client_key(agent: &Agent, client_id: &str) -> Result<String> {
    if client_id.is_empty() || client_id.len() > 64 {
        let detail = "This page is out of date. Reload it; your text is kept.";
        return Err(ConversationError::Invalid(detail.to_owned()));
    }
    Ok(format!("{}:{client_id}", agent.id()))
}

impl UnitOfWork {
    /// The message of a file that the agent uploaded here and that waits for it.
    pub(super) async fn take_upload(
        &mut self,
        agent: &Agent,
        conversation: &ConversationId,
        file: &MediaId,
        message: &MessageId,
        caption: &str,
    ) -> Result<OutgoingMessage> {
        let tenant = self.tenant_id();
        let upload = media::upload(&mut self.tx, &tenant, file).await?;
        let upload = upload.filter(|upload| upload.is_of(conversation));
        let taken = match &upload {
            Some(_) => media::send_waiting(&mut self.tx, &tenant, agent.id(), file, message).await?,
            None => false,
        };
        let Some(upload) = upload.filter(|_| taken) else {
            return Err(ConversationError::Invalid(FILE_GONE.to_owned()));
        };
        Ok(OutgoingMessage::uploaded(upload.send_as, upload.id, upload.filename, caption.to_owned()))
    }
}
