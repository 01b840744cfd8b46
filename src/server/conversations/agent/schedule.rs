//! Schedule: a message that waits before it is sent, what takes it back, and what sends it before its time.
//! `conversations::scheduled` carries it out.

use jiff::tz::TimeZone;

use crate::{
    domain::{
        ids::{ConversationId, MediaId, ScheduledId},
        scheduled::{SCHEDULED_LIMIT, ScheduledAct, ScheduledMessage, ScheduledState, SendChoice, SendWait},
        time::Span,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork, scheduled::step},
        store::{
            agents,
            jobs::JobKind,
            media, messages,
            scheduled_messages::{self, ScheduledRow},
        },
    },
};

use super::reply::{FILE_GONE, NewReply, WINDOW_CLOSED};

impl Conversations {
    /// Keeps a reply until it is sent, and removes its draft. A second call with the same `client_id` does nothing; `None`:
    /// its message is sent.
    ///
    /// # Errors
    /// As [`Self::send_reply`]; and [`ConversationError::Invalid`] for a time that is past or too far.
    pub async fn schedule_reply(
        &self,
        agent: &Agent,
        id: &ConversationId,
        reply: NewReply<'_>,
        choice: SendChoice,
    ) -> Result<Option<ScheduledMessage>> {
        let (body, client_id) = &reply.checked(agent)?;
        self.transact(agent.tenant(), move |mut work| async move {
            let tenant = work.tenant_id();
            if let Some(known) = scheduled_messages::by_client_id(&mut work.tx, &tenant, client_id).await? {
                return work.discard(Some(known.shown(agent.name().to_owned())));
            }
            if messages::by_client_id(&mut work.tx, &tenant, client_id).await?.is_some() {
                return work.discard(None);
            }
            let it = work.lock(id).await?.conversation.clone();
            it.writable_by(agent.id())?;
            if !it.window.is_open(work.now) && choice != SendChoice::CustomerBack {
                return Err(ConversationError::Invalid(WINDOW_CLOSED.to_owned()));
            }
            let wait = work.begin_wait(agent, id, choice).await?;
            let row = ScheduledRow {
                id: work.entropy.id(work.now),
                conversation: id.clone(),
                customer: it.customer,
                author: agent.id().clone(),
                client_id: client_id.clone(),
                kind: reply.kind,
                body: body.clone(),
                quote: reply.quote.cloned(),
                file: reply.file.cloned(),
                file_name: match reply.file {
                    Some(file) => Some(work.held_upload(id, file).await?),
                    None => None,
                },
                template: None,
                state: ScheduledState::Waiting(wait),
                written_at: work.now,
            };
            if let Some(file) = &row.file
                && !media::hold(&mut work.tx, &tenant, agent.id(), file, &row.id).await?
            {
                return Err(ConversationError::Invalid(FILE_GONE.to_owned()));
            }
            work.keep_scheduled(&row, wait).await?;
            if !body.is_empty() || reply.draft.is_some() {
                work.remove_sent_draft(agent, id, reply.draft, body).await?;
            }
            work.append(Some(id), agent.actor(), step(&row, ScheduledAct::Written, None));
            work.done_with(Some(row.shown(agent.name().to_owned())))
        })
        .await
    }

    /// Takes a message back that waits: its author, or who has the conversation. Its file waits in the composer again.
    ///
    /// # Errors
    /// [`ConversationError::Invalid`] if it has been sent, or is a colleague's.
    pub async fn cancel_scheduled(&self, agent: &Agent, id: &ConversationId, scheduled: &ScheduledId) -> Result<()> {
        self.transact(agent.tenant(), move |mut work| async move {
            let is_owner = work.lock(id).await?.conversation.agent() == Some(agent.id());
            let row = work.waiting_message(id, scheduled).await?;
            if row.author != *agent.id() && !is_owner {
                return Err(not_yours());
            }
            let tenant = work.tenant_id();
            if let Some(file) = &row.file {
                media::give_back(&mut work.tx, &tenant, file, &row.id, id, work.now).await?;
            }
            work.forget_scheduled(&row).await?;
            work.append(Some(id), agent.actor(), step(&row, ScheduledAct::Cancelled, None));
            work.done()
        })
        .await
    }

    /// Sends a message that waits, or that asks, at once: its author alone, who has the conversation.
    ///
    /// # Errors
    /// As [`Self::cancel_scheduled`]; and a refusal, or a sentence, that says why it cannot be sent.
    pub async fn send_scheduled_now(&self, agent: &Agent, id: &ConversationId, scheduled: &ScheduledId) -> Result<()> {
        self.transact(agent.tenant(), move |mut work| async move {
            let it = work.lock(id).await?.conversation.clone();
            let row = work.waiting_message(id, scheduled).await?;
            if row.author != *agent.id() {
                return Err(not_yours());
            }
            it.writable_by(agent.id())?;
            if row.template.is_none() && !it.window.is_open(work.now) {
                return Err(ConversationError::Invalid(WINDOW_CLOSED.to_owned()));
            }
            // What its author could still take back goes before it, as before whatever is sent at once.
            if row.state.is_leaving() {
                work.send_preceding(&row).await?;
            } else {
                work.send_leaving(id, agent.id()).await?;
            }
            match work.send_scheduled(&row).await? {
                None => work.done(),
                Some(doubt) => Err(ConversationError::Invalid(doubt.sentence().to_owned())),
            }
        })
        .await
    }
}

fn not_yours() -> ConversationError {
    ConversationError::Invalid("Only its author can change this message.".to_owned())
}

impl UnitOfWork {
    /// What a message of the agent waits for, if one more may wait in the conversation.
    pub(super) async fn begin_wait(
        &mut self,
        agent: &Agent,
        id: &ConversationId,
        choice: SendChoice,
    ) -> Result<SendWait> {
        let tenant = self.tenant_id();
        let own = agents::find(&mut self.tx, &tenant, agent.id()).await?;
        let delay = Span::seconds(own.map_or(0, |row| row.send_delay_seconds));
        let zone = TimeZone::get(&self.tenant.settings.zone).unwrap_or(TimeZone::UTC);
        let wait = choice.begin(delay, &zone, self.now);
        let wait = wait.map_err(|detail| ConversationError::Invalid(detail.to_owned()))?;
        let others = scheduled_messages::of_conversations(&mut self.tx, &tenant, std::slice::from_ref(id)).await?;
        if others.len() >= SCHEDULED_LIMIT {
            let detail = format!("Up to {SCHEDULED_LIMIT} messages of a conversation can wait. Cancel one first.");
            return Err(ConversationError::Invalid(detail));
        }
        Ok(wait)
    }

    /// Writes its row, with its job if it waits for a time.
    pub(super) async fn keep_scheduled(&mut self, row: &ScheduledRow, wait: SendWait) -> Result<()> {
        let tenant = self.tenant_id();
        scheduled_messages::insert(&mut self.tx, &tenant, row).await?;
        if let Some(due) = wait.due_at() {
            self.enqueue(JobKind::Scheduled, row.id.as_str(), String::new(), due);
        }
        Ok(())
    }

    /// A message that waits in a conversation.
    async fn waiting_message(&mut self, id: &ConversationId, scheduled: &ScheduledId) -> Result<ScheduledRow> {
        let tenant = self.tenant_id();
        let found = scheduled_messages::find(&mut self.tx, &tenant, scheduled).await?;
        found.filter(|row| row.conversation == *id).ok_or(ConversationError::NotFound)
    }

    /// The name of a file that the agent uploaded to this conversation.
    async fn held_upload(&mut self, id: &ConversationId, file: &MediaId) -> Result<String> {
        let tenant = self.tenant_id();
        let upload = media::upload(&mut self.tx, &tenant, file).await?;
        let upload = upload.filter(|upload| upload.is_of(id));
        upload.map(|upload| upload.filename).ok_or_else(|| ConversationError::Invalid(FILE_GONE.to_owned()))
    }
}
