//! Silent customers: the job that reminds them and closes their conversations, in the tenant's times after an agent's
//! reply. Both are off unless an admin sets a time.
//!
//! Who is silent is `domain::conversation`'s decision. Here is what only the tables know: whether the reply was the last
//! one and reached WhatsApp, whether its agent has begun another one, and whether messages of the customer are still in
//! the journal.

use crate::{
    domain::{
        conversation::{Command, Conversation, Goodbye, Silence, SilenceStep},
        delivery::Delivery,
        event::Actor,
        ids::{ConversationId, MessageId},
        interpolation::{ClosingValues, closing_message},
        settings::TextName,
    },
    server::store::{
        Leased, agents, conversations, customers, drafts,
        jobs::{self, JobKind, JobRow},
        media,
        messages::{self, MessageRow},
        scheduled_messages, to_json,
    },
};

use super::{Conversations, Result, UnitOfWork, jobs::read_payload};

impl Conversations {
    /// Carries out the step of a silence that is due, in the transaction that also ends the job. A job whose silence is
    /// over changes nothing.
    pub async fn end_silence(&self, job: &Leased<JobRow>) -> Result<()> {
        let id = &ConversationId::from(job.key.as_str());
        self.transact(&job.tenant_id, move |mut work| async move {
            let (tenant, now, times) = (work.tenant_id(), work.now, work.tenant.settings.silence);
            let templates = work.tenant.settings.window_templates.clone();
            // Not locked before it is certain: a lock without an entry would change the row's version unseen.
            let stored = conversations::load(&mut work.tx, &tenant, id).await?;
            let Some((it, silence)) = stored.map(|stored| stored.conversation).zip(read_payload::<Silence>(job)) else {
                jobs::finish(&mut work.tx, job).await?;
                return work.done();
            };
            let reach = templates.reach(&it.channel);
            let step = it.silence_step(&silence, times, reach, now);
            let is_last_word = work.is_last_word(&it, &silence.reply).await?;
            match step {
                SilenceStep::WaitUntil(at) => {
                    work.wait_until(job, &silence, at).await?;
                    return work.done();
                }
                SilenceStep::Remind | SilenceStep::Close if is_last_word => {
                    // What the customer has written counts, even if it is still in the journal.
                    if work.hold_for_journal(job, &silence, &it.channel).await? {
                        return work.done();
                    }
                }
                SilenceStep::Remind | SilenceStep::Close | SilenceStep::Over => {
                    jobs::finish(&mut work.tx, job).await?;
                    return work.done();
                }
            }
            let it = work.lock(id).await?.conversation.clone();
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(());
            }
            // Somebody may have acted between the look and the lock.
            if work.is_last_word(&it, &silence.reply).await? {
                match it.silence_step(&silence, times, reach, now) {
                    SilenceStep::Remind => work.remind(&it, silence).await?,
                    SilenceStep::Close => work.close_silent(&it, silence).await?,
                    SilenceStep::Over | SilenceStep::WaitUntil(_) => {}
                }
            }
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// An agent's reply was sent: from now on the customer may be silent. Replaces the silence after an earlier reply.
    pub(super) async fn begin_silence(&mut self, reply: &MessageRow) -> Result<()> {
        let Some(after) = self.tenant.settings.silence.first() else { return Ok(()) };
        let (tenant, now, id) = (self.tenant_id(), self.now, &reply.conversation);
        let Some(silence) = self.get(id).and_then(|it| it.silence(&reply.id, now)) else { return Ok(()) };
        // A later reply that is not sent yet begins its own.
        if messages::newest_reply(&mut self.tx, &tenant, id).await?.as_ref() != Some(&reply.id) {
            return Ok(());
        }
        jobs::drop_all(&mut self.tx, JobKind::Silence, id.as_str()).await?;
        self.enqueue(JobKind::Silence, id.as_str(), to_json(&silence)?, now.plus(after));
        Ok(())
    }

    /// Whether a reply is the newest of all, WhatsApp has it, and the owner has typed or attached no other one. What is
    /// queued, waiting, failed or half written is the owner's to look at.
    async fn is_last_word(&mut self, it: &Conversation, reply: &MessageId) -> Result<bool> {
        let tenant = self.tenant_id();
        if messages::newest_reply(&mut self.tx, &tenant, &it.id).await?.as_ref() != Some(reply) {
            return Ok(false);
        }
        let delivery = messages::find(&mut self.tx, &tenant, reply).await?.and_then(|record| record.delivery);
        let has_arrived =
            matches!(delivery, Some(Delivery::Sent | Delivery::Delivered | Delivery::Read | Delivery::Played));
        let Some(owner) = it.agent().filter(|_| has_arrived) else { return Ok(false) };
        let draft = drafts::find(&mut self.tx, &tenant, &it.id, owner).await?;
        let files = media::waiting(&mut self.tx, &tenant, &it.id, owner).await?;
        let scheduled =
            scheduled_messages::of_conversations(&mut self.tx, &tenant, std::slice::from_ref(&it.id)).await?;
        Ok(files.is_empty() && scheduled.is_empty() && draft.is_none_or(|draft| draft.body.trim().is_empty()))
    }

    /// Sends the reminder, in a closed window as its template, and enqueues the close, if there is one. An empty text is not
    /// sent.
    async fn remind(&mut self, it: &Conversation, silence: Silence) -> Result<()> {
        let agent_name = self.owner_name(it).await?;
        let text = self.reminder(it, &agent_name).await?.unwrap_or_default();
        self.send_notice(&it.id, TextName::Reminder, &text, Some(&agent_name)).await?;
        let reach = self.tenant.settings.window_templates.reach(&it.channel);
        let silence = Silence { reminded_at: Some(self.now), ..silence };
        let due = match it.silence_step(&silence, self.tenant.settings.silence, reach, self.now) {
            SilenceStep::WaitUntil(at) => at,
            SilenceStep::Close => self.now,
            SilenceStep::Over | SilenceStep::Remind => return Ok(()),
        };
        self.enqueue(JobKind::Silence, it.id.as_str(), to_json(&silence)?, due);
        Ok(())
    }

    /// Closes the conversation, with the tenant's closing text.
    async fn close_silent(&mut self, it: &Conversation, silence: Silence) -> Result<()> {
        let agent_name = self.owner_name(it).await?;
        let reach = self.tenant.settings.window_templates.reach(&it.channel);
        if self.run(&it.id, Actor::System, &Command::CloseSilent { silence, reach }, None)?.is_empty() {
            return Ok(());
        }
        // No agent has decided to send it.
        if self.window_template(it, TextName::Closing).is_some() {
            return self.send_notice(&it.id, TextName::Closing, "", Some(&agent_name)).await;
        }
        // Whoever does not answer is not asked one more question.
        self.send_goodbye(&it.id, &agent_name, &Goodbye::Standard, None).await
    }

    /// The tenant's reminder for the customer, if its text is a valid template. A blocked customer gets none.
    async fn reminder(&mut self, it: &Conversation, agent_name: &str) -> Result<Option<String>> {
        let tenant = self.tenant_id();
        let customer = customers::find(&mut self.tx, &tenant, &it.customer).await?;
        if customer.as_ref().is_some_and(|customer| customer.blocked) {
            return Ok(None);
        }
        let values = ClosingValues {
            customer_name: customer.as_ref().map_or("", |customer| &customer.name),
            agent_name,
            tenant_name: &self.tenant.name,
        };
        match closing_message(&self.tenant.settings.texts.reminder, &values) {
            Ok(text) => Ok(Some(text)),
            Err(fault) => {
                tracing::warn!(%tenant, %fault, "conversations: reminder template invalid");
                Ok(None)
            }
        }
    }

    async fn owner_name(&mut self, it: &Conversation) -> Result<String> {
        let Some(agent) = it.agent() else { return Ok(String::new()) };
        let tenant = self.tenant_id();
        Ok(agents::find(&mut self.tx, &tenant, agent).await?.map_or_else(String::new, |agent| agent.name))
    }
}
