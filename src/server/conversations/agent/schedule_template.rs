//! A template that waits before it is sent: what WhatsApp held back goes again when it may. What it waits for, and what takes
//! it back, is as for replies (`schedule.rs`).

use crate::{
    domain::{
        ids::ConversationId,
        message::{outgoing::OutgoingMessage, reply::ReplyKind},
        scheduled::{ScheduledAct, ScheduledMessage, ScheduledState, ScheduledTemplate, SendChoice},
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork, scheduled::step},
        store::{agents, channels, customers, entries, scheduled_messages::ScheduledRow, templates},
    },
};

use super::{
    reply::client_key,
    template::{NewTemplate, check_recipient, filled, uploaded},
};

/// A file of a template is held by the message that sends it.
const NO_UPLOAD: &str = "A template with an attached file can't be sent later. Enter the file's web address instead.";

impl Conversations {
    /// Keeps a filled template until it is sent. A second call with the same `client_id` does nothing; `None`: it is sent.
    ///
    /// # Errors
    /// As [`Self::send_template`]; and [`ConversationError::Invalid`] for a time that is past or too far.
    pub async fn schedule_template(
        &self,
        agent: &Agent,
        id: &ConversationId,
        send: NewTemplate<'_>,
        choice: SendChoice,
    ) -> Result<Option<ScheduledMessage>> {
        let client_id = &client_key(agent, send.client_id)?;
        self.transact_for(agent, move |mut work| async move {
            let tenant = work.tenant_id();
            if let Some(earlier) = work.earlier_call(agent, client_id).await? {
                return work.discard(earlier);
            }
            let it = work.lock(id).await?.conversation.clone();
            it.writable_by(agent.id())?;
            let channel = channels::find(&mut work.tx, &tenant, &it.channel).await?;
            let channel = channel.ok_or(ConversationError::NotFound)?;
            let template = work.chosen_template(&channel, &send).await?;
            let customer = customers::find(&mut work.tx, &tenant, &it.customer).await?;
            check_recipient(agent, &template, &customer.ok_or(ConversationError::NotFound)?)?;
            let message = filled(&template, send.values)?;
            if uploaded(&message).is_some() {
                return Err(ConversationError::Invalid(NO_UPLOAD.to_owned()));
            }
            let wait = work.begin_wait(agent, &it, choice, None).await?;
            let row = ScheduledRow {
                id: work.entropy.id(work.now),
                conversation: id.clone(),
                customer: it.customer,
                author: agent.id().clone(),
                client_id: client_id.clone(),
                kind: ReplyKind::Text,
                body: message.preview.body,
                quote: None,
                file: None,
                file_name: None,
                template: Some(ScheduledTemplate {
                    template: send.template.clone(),
                    revision: send.revision,
                    values: send.values.clone(),
                    name: template.name,
                }),
                state: ScheduledState::Waiting(wait),
                written_at: work.now,
            };
            work.keep_scheduled(&row, wait).await?;
            work.append(Some(id), agent.actor(), step(&row, ScheduledAct::Written, None));
            work.done_with(Some(row.shown(agent.name().to_owned())))
        })
        .await
    }
}

impl UnitOfWork {
    /// The message of a template that waited. `None`: it is gone or has changed, or may not go to this customer any more.
    pub(in crate::server::conversations) async fn waited_template(
        &mut self,
        row: &ScheduledRow,
        waited: &ScheduledTemplate,
    ) -> Result<Option<OutgoingMessage>> {
        let tenant = self.tenant_id();
        let it = self.get(&row.conversation).ok_or(ConversationError::NotFound)?.clone();
        let channel = channels::find(&mut self.tx, &tenant, &it.channel).await?.ok_or(ConversationError::NotFound)?;
        let known = templates::find(&mut self.tx, &tenant, &channel.waba_id, &waited.template).await?;
        let known = known.filter(|known| known.revision == waited.revision);
        let Some(template) = known.map(|known| known.template) else { return Ok(None) };
        let customer = customers::find(&mut self.tx, &tenant, &it.customer).await?;
        let customer = customer.ok_or(ConversationError::NotFound)?;
        let Some(author) = agents::find(&mut self.tx, &tenant, &row.author).await? else { return Ok(None) };
        let refusal = template.refusal(author.role, customer.wa_id.as_deref(), customer.user_id.as_deref());
        if refusal.is_some() || entries::has_opted_out(&mut self.tx, &tenant, &customer.id, template.category).await? {
            return Ok(None);
        }
        let Ok(message) = template.fill(&waited.values) else { return Ok(None) };
        templates::used(&mut self.tx, &tenant, &waited.template, &row.author, self.now).await?;
        Ok(Some(OutgoingMessage::Template(Box::new(message))))
    }
}
