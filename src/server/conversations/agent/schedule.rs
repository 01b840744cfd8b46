//! Schedule: a message that waits before it is sent, what takes it back, and what sends it before its time.
//! `conversations::scheduled` carries it out.

use jiff::tz::TimeZone;

use crate::{
    domain::{
        conversation::Conversation,
        ids::{ConversationId, MediaId, ScheduledId},
        scheduled::{
            SCHEDULED_LIMIT, ScheduledAct, ScheduledMessage, ScheduledState, SendChoice, SendWait,
            joined::{JoinRule, Joining, groups, is_plain},
        },
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
        self.transact_for(agent, move |mut work| async move {
            let tenant = work.tenant_id();
            if let Some(earlier) = work.earlier_call(agent, client_id).await? {
                return work.discard(earlier);
            }
            let it = work.lock(id).await?.conversation.clone();
            it.writable_by(agent.id())?;
            if !it.window.is_open(work.now) && choice != SendChoice::CustomerBack {
                return Err(ConversationError::Invalid(WINDOW_CLOSED.to_owned()));
            }
            let plain = is_plain(reply.kind, reply.quote, reply.file).then_some(body.as_str());
            let wait = work.begin_wait(agent, &it, choice, plain).await?;
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

    /// Takes a message back that waits, alone if others have joined it: its author, or who has the conversation. Its file
    /// waits in the composer again.
    ///
    /// # Errors
    /// [`ConversationError::Invalid`] if it has been sent, or is a colleague's.
    pub async fn cancel_scheduled(&self, agent: &Agent, id: &ConversationId, scheduled: &ScheduledId) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
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

    /// Sends a message that waits, with those that have joined it, or that asks, at once: its author alone, who has the
    /// conversation.
    ///
    /// # Errors
    /// As [`Self::cancel_scheduled`]; and a refusal, or a sentence, that says why it cannot be sent.
    pub async fn send_scheduled_now(&self, agent: &Agent, id: &ConversationId, scheduled: &ScheduledId) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
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
            let doubt = if row.state.is_leaving() {
                work.send_waiting(&row).await?
            } else {
                work.send_leaving(id, agent.id()).await?;
                work.send_as_one(&[&row]).await?
            };
            match doubt {
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
    /// What an earlier call with this `client_id` has left, if there was one: its message that waits, or `None` for one that
    /// is sent.
    pub(super) async fn earlier_call(
        &mut self,
        agent: &Agent,
        client_id: &str,
    ) -> Result<Option<Option<ScheduledMessage>>> {
        let tenant = self.tenant_id();
        if let Some(waits) = scheduled_messages::by_client_id(&mut self.tx, &tenant, client_id).await? {
            return Ok(Some(Some(waits.shown(agent.name().to_owned()))));
        }
        Ok(messages::by_client_id(&mut self.tx, &tenant, client_id).await?.map(|_| None))
    }

    /// What a message of the agent waits for, if one more may wait in the conversation. `plain` is its text, if that is all
    /// of it: it may join others.
    pub(super) async fn begin_wait(
        &mut self,
        agent: &Agent,
        it: &Conversation,
        choice: SendChoice,
        plain: Option<&str>,
    ) -> Result<SendWait> {
        let tenant = self.tenant_id();
        let own = agents::find(&mut self.tx, &tenant, agent.id()).await?;
        let delay = Span::seconds(own.map_or(0, |row| row.send_delay_seconds));
        let others = self.waiting_in(&it.id).await?;
        if others.len() >= SCHEDULED_LIMIT {
            let detail = format!("Up to {SCHEDULED_LIMIT} messages of a conversation can wait. Cancel one first.");
            return Err(ConversationError::Invalid(detail));
        }
        if let (SendChoice::AfterUndo, Some(body)) = (choice, plain) {
            let within = self.tenant.settings.join_within;
            let rule = JoinRule { within, undo: delay, window_closes: it.window.closes_at() };
            if let Some(wait) = self.join(agent, &others, rule, body).await? {
                return Ok(wait);
            }
        }
        let zone = TimeZone::get(&self.tenant.settings.zone).unwrap_or(TimeZone::UTC);
        let wait = choice.begin(delay, &zone, self.now);
        wait.map_err(|detail| ConversationError::Invalid(detail.to_owned()))
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

    /// What a text of the agent waits for that may join others. Those that it joins wait as long. `None`: the tenant sends
    /// each by itself, or it is too long.
    async fn join(
        &mut self,
        agent: &Agent,
        waiting: &[ScheduledRow],
        rule: JoinRule,
        body: &str,
    ) -> Result<Option<SendWait>> {
        if rule.within <= Span(0) {
            return Ok(None);
        }
        let leaving = waiting.iter().filter(|row| row.author == *agent.id() && row.state.is_leaving());
        let leaving: Vec<&ScheduledRow> = leaving.collect();
        let joining = rule.of_text(&leaving, body, self.now);
        if let Some(Joining::Joins(times)) = joining {
            let wait = SendWait::Joined(times);
            let newest = groups(leaving.iter().copied()).pop().unwrap_or_default();
            for row in newest.into_iter().filter(|row| row.state != ScheduledState::Waiting(wait)) {
                self.wait_otherwise(row, wait).await?;
            }
        }
        Ok(joining.map(|joining| SendWait::Joined(joining.times())))
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
