//! What the engine may do: look at a turn, answer within it, hand over. Each result ends its job in one transaction, so
//! that a turn is carried out once or not at all.

use crate::{
    domain::{
        conversation::{Command, Epoch, State},
        event::{Actor, Event},
        handoff::Trigger,
        ids::{ChannelId, ConversationId, JobId, MessageId, TenantId},
        keyword::Keyword,
        message::{Author, Content},
        settings::Settings,
    },
    server::store::{conversations, customers, jobs, keywords, messages},
};

use super::{Inbox, InboxError, Result, finish::digest};

/// Everything a turn of the bot needs to know.
#[derive(Clone, Debug)]
pub struct Turn {
    pub tenant: TenantId,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    pub message: MessageId,
    /// The turn is good only as long as the conversation stands here.
    pub epoch: Epoch,
    pub content: Content,
    /// It is the customer's first message of this conversation.
    pub is_first: bool,
    pub language: Option<String>,
    pub settings: Settings,
    pub keywords: Vec<Keyword>,
}

/// The job that a turn settles, and the lease it holds.
#[derive(Clone, Debug)]
pub struct Lease {
    pub job: JobId,
    pub token: String,
}

/// What a turn leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Say(String),
    HandOff { trigger: Trigger, message: Option<MessageId> },
}

impl Inbox {
    /// The turn that a message asks for; `None` when a person has the conversation or it is over.
    pub async fn turn(&self, tenant: &TenantId, conversation: &ConversationId, message: &MessageId) -> Result<Option<Turn>> {
        let mut tx = self.db.begin_read().await?;
        let Some(stored) = conversations::load(&mut tx, tenant, conversation).await? else { return Ok(None) };
        let it = stored.conversation;
        if it.state != State::Bot {
            return Ok(None);
        }
        let Some(record) = messages::find(&mut tx, tenant, message).await? else { return Ok(None) };
        let customer = customers::find(&mut tx, tenant, &it.customer).await?;
        let is_first = messages::oldest_inbound(&mut tx, tenant, conversation).await?.as_ref() == Some(message);
        let tenant_record =
            crate::server::store::tenants::find(&mut tx, tenant).await?.ok_or(InboxError::NotFound)?;
        Ok(Some(Turn {
            tenant: tenant.clone(),
            conversation: it.id,
            channel: it.channel,
            message: message.clone(),
            epoch: it.epoch,
            content: record.content,
            is_first,
            language: customer.and_then(|customer| customer.language),
            settings: tenant_record.settings,
            keywords: keywords::list(&mut tx, tenant).await?,
        }))
    }

    /// Ends a turn's job without a word: a person has the conversation.
    pub async fn drop_turn(&self, lease: &Lease) -> Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::finish(&mut tx, &lease.job, &lease.token).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Settles a turn. An answer that comes after a person did is refused and logged, never sent.
    pub async fn settle_turn(&self, turn: &Turn, lease: &Lease, outcome: Outcome) -> Result<()> {
        let online = !self.presence.online(&turn.tenant, self.clock.now()).is_empty();
        let outcome = &outcome;
        self.settled(move || Box::pin(async move {
            let mut work = self.begin(&turn.tenant).await?;
            if !jobs::finish(&mut work.tx, &lease.job, &lease.token).await? {
                // Another worker holds the lease now; its result is the one that counts.
                return Ok(());
            }
            work.lock(&turn.conversation).await?;
            let refused = match outcome {
                Outcome::Say(words) => work.bot_say(turn, words)?,
                Outcome::HandOff { trigger, message } => {
                    let command = Command::HandOff {
                        handoff: work.entropy.id(work.now),
                        trigger: trigger.clone(),
                        message: message.clone(),
                        target: work.tenant.settings.waiting_target,
                        turn: Some(turn.epoch),
                    };
                    let handed = work.try_run(&turn.conversation, Actor::Bot, &command, None)?;
                    if handed.is_ok() {
                        let texts = &work.tenant.settings.texts;
                        let notice = if online { texts.notice_online.clone() } else { texts.notice_offline.clone() };
                        work.system_say(&turn.conversation, &notice)?;
                    }
                    handed.is_err()
                }
            };
            if refused {
                work.append(Some(&turn.conversation), Actor::Bot, Event::BotRefused);
            }
            self.commit(work).await
        }))
        .await
    }
}

impl super::Work {
    /// Returns whether it was refused.
    fn bot_say(&mut self, turn: &Turn, words: &str) -> Result<bool> {
        let content = Content::Text { body: words.to_owned() };
        let id: MessageId = self.entropy.id(self.now);
        let conversation = self.get(&turn.conversation).ok_or(InboxError::NotFound)?.clone();
        let record = self.record(&id, &conversation, Author::Bot, content);
        let command = Command::BotSay {
            message: id,
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
            turn: turn.epoch,
        };
        Ok(self.try_run(&turn.conversation, Actor::Bot, &command, Some(record))?.is_err())
    }

    /// Owes the customer a text of the tenant; an empty one is silence, and outside the window nothing can be sent.
    pub(super) fn system_say(&mut self, conversation: &ConversationId, words: &str) -> Result<()> {
        let it = self.get(conversation).ok_or(InboxError::NotFound)?.clone();
        if words.trim().is_empty() || !it.window.is_open(self.now) {
            return Ok(());
        }
        let id: MessageId = self.entropy.id(self.now);
        let record = self.record(&id, &it, Author::System, Content::Text { body: words.trim().to_owned() });
        let command = Command::SystemSay {
            message: id,
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
        };
        self.run(conversation, Actor::System, &command, Some(record))?;
        Ok(())
    }
}
