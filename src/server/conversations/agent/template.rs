//! Send a template: what an agent sends when the 24-hour window is closed, and may send while it is open.

use crate::{
    domain::{
        conversation::Conversation,
        ids::{ConversationId, MediaId, MessageId, TemplateId},
        message::outgoing::{FileKind, FileSource, OutgoingMessage},
        template::{
            MessageTemplate,
            field::{TemplateValues, file_label},
            message::TemplateMessage,
        },
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork, unit_of_work::AgentMessage},
        store::{
            channels::{self, ChannelRow},
            customers::{self, CustomerRow},
            messages, templates,
        },
    },
};

use super::reply::client_key;

const GONE: &str = "This template no longer exists. Choose another one; what you typed is kept.";
const CHANGED: &str = "This template has changed. Check its fields and send it again; what you typed is kept.";
const CHANGED_SINCE: &str =
    "This template has changed since this message was written. Choose the template again to send it with its new text.";

/// A template as its form sends it.
#[derive(Clone, Copy, Debug)]
pub struct NewTemplate<'a> {
    /// Chosen by the page: a second call with the same one does nothing.
    pub client_id: &'a str,
    pub template: &'a TemplateId,
    /// The revision that was filled in.
    pub revision: i64,
    pub values: &'a TemplateValues,
}

impl Conversations {
    /// Puts a filled template into the outbox.
    ///
    /// # Errors
    /// [`ConversationError::Stale`] if the template is gone or its components have changed,
    /// [`ConversationError::Invalid`] if it cannot be sent to this customer or a value is missing.
    pub async fn send_template(&self, agent: &Agent, id: &ConversationId, send: NewTemplate<'_>) -> Result<()> {
        let client_id = &client_key(agent, send.client_id)?;
        self.transact_for(agent, move |mut work| async move {
            let known = messages::by_client_id(&mut work.tx, agent.tenant(), client_id).await?;
            if known.is_some() {
                return work.discard(());
            }
            let conversation = work.lock(id).await?.conversation.clone();
            conversation.writable_by(agent.id())?;
            let channel = channels::find(&mut work.tx, agent.tenant(), &conversation.channel).await?;
            let channel = channel.ok_or(ConversationError::NotFound)?;
            let template = work.chosen_template(&channel, &send).await?;
            let customer = customers::find(&mut work.tx, agent.tenant(), &conversation.customer).await?;
            check_recipient(agent, &template, &customer.ok_or(ConversationError::NotFound)?)?;
            // What the agent wrote before goes before it.
            work.send_leaving(id, agent.id()).await?;
            let message: MessageId = work.entropy.id(work.now);
            let filled = filled(&template, send.values)?;
            let filled = match uploaded(&filled) {
                Some((kind, file)) => work.with_upload(agent, id, kind, &file, &message, filled).await?,
                None => filled,
            };
            let outgoing = OutgoingMessage::Template(Box::new(filled));
            let message = AgentMessage { id: message, author: agent.id(), client_id, outgoing, quote: None };
            work.send_agent_message(id, message).await?;
            templates::used(&mut work.tx, agent.tenant(), send.template, agent.id(), work.now).await?;
            work.done()
        })
        .await
    }
}

/// The message. Of several faults the first is named, with its field.
pub(super) fn filled(template: &MessageTemplate, values: &TemplateValues) -> Result<TemplateMessage> {
    template.fill(values).map_err(|faults| {
        let fields = template.definition.fields();
        let named = faults.iter().find_map(|fault| {
            let field = fields.iter().find(|field| field.key == fault.key)?;
            Some(format!("{}: {}", field.label, fault.detail))
        });
        ConversationError::Invalid(named.unwrap_or_else(|| CHANGED.to_owned()))
    })
}

/// The uploaded file with which the message begins.
pub(super) fn uploaded(message: &TemplateMessage) -> Option<(FileKind, MediaId)> {
    match message.file()? {
        (kind, FileSource::Uploaded(id)) => Some((kind, id.clone())),
        (_, FileSource::Link(_)) => None,
    }
}

/// Checks that this template may go to the customer from this agent.
pub(super) fn check_recipient(agent: &Agent, template: &MessageTemplate, customer: &CustomerRow) -> Result<()> {
    match template.refusal(agent.role(), customer.wa_id.as_deref(), customer.user_id.as_deref()) {
        Some(detail) => Err(ConversationError::Invalid(detail)),
        None => Ok(()),
    }
}

impl UnitOfWork {
    /// The template as it was filled in.
    ///
    /// # Errors
    /// [`ConversationError::Stale`] if it is gone or its components have changed.
    pub(super) async fn chosen_template(
        &mut self,
        channel: &ChannelRow,
        send: &NewTemplate<'_>,
    ) -> Result<MessageTemplate> {
        let row = templates::find(&mut self.tx, &self.tenant.id, &channel.waba_id, send.template).await?;
        let row = row.ok_or_else(|| ConversationError::Stale(GONE.to_owned()))?;
        if row.revision == send.revision { Ok(row.template) } else { Err(ConversationError::Stale(CHANGED.to_owned())) }
    }

    /// Checks that the agent may send a template again that failed, as its first sender could, and that its values still mean
    /// the same. One that is no longer known is WhatsApp's to refuse.
    ///
    /// # Errors
    /// [`ConversationError::Stale`] if its components have changed, [`ConversationError::Invalid`] if it cannot be sent.
    pub(super) async fn check_again(
        &mut self,
        agent: &Agent,
        conversation: &Conversation,
        message: &TemplateMessage,
    ) -> Result<()> {
        let channel = channels::find(&mut self.tx, agent.tenant(), &conversation.channel).await?;
        let channel = channel.ok_or(ConversationError::NotFound)?;
        let (name, language) = (message.name.as_str(), message.language.as_str());
        let row = templates::named(&mut self.tx, agent.tenant(), &channel.waba_id, name, language).await?;
        let customer = customers::find(&mut self.tx, agent.tenant(), &conversation.customer).await?;
        let customer = customer.ok_or(ConversationError::NotFound)?;
        let Some(template) = row.map(|row| row.template) else { return Ok(()) };
        check_recipient(agent, &template, &customer)?;
        // WhatsApp would put the values into the places of the new text.
        if template.still_makes(message) { Ok(()) } else { Err(ConversationError::Stale(CHANGED_SINCE.to_owned())) }
    }

    /// The message with the name of its file, which the agent uploaded here and which waits for it.
    async fn with_upload(
        &mut self,
        agent: &Agent,
        conversation: &ConversationId,
        kind: FileKind,
        file: &MediaId,
        message: &MessageId,
        filled: TemplateMessage,
    ) -> Result<TemplateMessage> {
        match self.take_upload(agent, conversation, file, message, "").await? {
            OutgoingMessage::Media { file, filename, .. } if file == kind => Ok(match filename {
                Some(name) => filled.with_filename(name),
                None => filled,
            }),
            _ => {
                let kind = file_label(kind).to_lowercase();
                let detail = format!("This template begins with a {kind}, and the attached file is none.");
                Err(ConversationError::Invalid(format!("{detail} Attach another one; what you typed is kept.")))
            }
        }
    }
}
