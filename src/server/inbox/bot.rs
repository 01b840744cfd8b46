//! What the engine may do: look at a turn, answer within it, hand over. Each result ends its job in one transaction, so
//! that a turn is carried out once or not at all.

use std::collections::{BTreeMap, BTreeSet};

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
    server::store::{Tx, conversations, customers, jobs, keywords, messages, tenants},
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
    pub async fn turn(
        &self,
        tenant: &TenantId,
        conversation: &ConversationId,
        message: &MessageId,
    ) -> Result<Option<Turn>> {
        let mut tx = self.db.begin_read().await?;
        let Some(rules) = Rules::read(&mut tx, tenant).await? else { return Err(InboxError::NotFound) };
        look(&mut tx, tenant, conversation, message, &rules).await
    }

    /// As [`Self::turn`] for several of one tenant, in one view.
    pub async fn turns(&self, tenant: &TenantId, asked: &[(ConversationId, MessageId)]) -> Result<Vec<Option<Turn>>> {
        let mut tx = self.db.begin_read().await?;
        let Some(rules) = Rules::read(&mut tx, tenant).await? else { return Err(InboxError::NotFound) };
        let mut turns = Vec::with_capacity(asked.len());
        for (conversation, message) in asked {
            turns.push(look(&mut tx, tenant, conversation, message, &rules).await?);
        }
        Ok(turns)
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
        self.settle_turns(&turn.tenant, &[(turn.clone(), lease.clone(), outcome)]).await
    }

    /// Settles turns of one tenant's different conversations, all or none.
    pub async fn settle_turns(&self, tenant: &TenantId, settled: &[(Turn, Lease, Outcome)]) -> Result<()> {
        let online = !self.presence.online(tenant, self.clock.now()).is_empty();
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(tenant).await?;
                // Of the others another worker holds the lease now; its result is the one that counts.
                let held = work.end_jobs(settled.iter().map(|(_, lease, _)| lease)).await?;
                let ours = || settled.iter().filter(|(_, lease, _)| held.contains(&lease.job));
                work.lock_all(ours().map(|(turn, _, _)| &turn.conversation)).await?;
                for (turn, _, outcome) in ours() {
                    work.settle_turn(turn, outcome, online).await?;
                }
                self.commit(work).await
            })
        })
        .await
    }
}

/// What all turns of a tenant go by.
struct Rules {
    settings: Settings,
    keywords: Vec<Keyword>,
}

impl Rules {
    async fn read(tx: &mut Tx, tenant: &TenantId) -> Result<Option<Self>> {
        let Some(record) = tenants::find(tx, tenant).await? else { return Ok(None) };
        Ok(Some(Self { settings: record.settings, keywords: keywords::list(tx, tenant).await? }))
    }
}

async fn look(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    message: &MessageId,
    rules: &Rules,
) -> Result<Option<Turn>> {
    let Some(stored) = conversations::load(tx, tenant, conversation).await? else { return Ok(None) };
    let it = stored.conversation;
    if it.state != State::Bot {
        return Ok(None);
    }
    let Some(record) = messages::find(tx, tenant, message).await? else { return Ok(None) };
    let customer = customers::find(tx, tenant, &it.customer).await?;
    Ok(Some(Turn {
        tenant: tenant.clone(),
        conversation: it.id,
        channel: it.channel,
        message: message.clone(),
        epoch: it.epoch,
        content: record.content,
        is_first: messages::oldest_inbound(tx, tenant, conversation).await?.as_ref() == Some(message),
        language: customer.and_then(|customer| customer.language),
        settings: rules.settings.clone(),
        keywords: rules.keywords.clone(),
    }))
}

impl super::Work {
    /// Ends jobs, and returns those whose lease was still held.
    async fn end_jobs(&mut self, leases: impl Iterator<Item = &Lease>) -> Result<BTreeSet<JobId>> {
        let mut by_token: BTreeMap<&str, Vec<&JobId>> = BTreeMap::new();
        for lease in leases {
            by_token.entry(&lease.token).or_default().push(&lease.job);
        }
        let mut held = BTreeSet::new();
        for (token, ids) in by_token {
            held.extend(jobs::finish_all(&mut self.tx, &ids, token).await?);
        }
        Ok(held)
    }

    async fn settle_turn(&mut self, turn: &Turn, outcome: &Outcome, online: bool) -> Result<()> {
        self.lock(&turn.conversation).await?;
        let refused = match outcome {
            Outcome::Say(words) => self.bot_say(turn, words)?,
            Outcome::HandOff { trigger, message } => {
                let command = Command::HandOff {
                    handoff: self.entropy.id(self.now),
                    trigger: trigger.clone(),
                    message: message.clone(),
                    target: self.tenant.settings.waiting_target,
                    turn: Some(turn.epoch),
                };
                let handed = self.try_run(&turn.conversation, Actor::Bot, &command, None)?;
                if handed.is_ok() {
                    let texts = &self.tenant.settings.texts;
                    let notice = if online { texts.notice_online.clone() } else { texts.notice_offline.clone() };
                    self.system_say(&turn.conversation, &notice)?;
                }
                handed.is_err()
            }
        };
        if refused {
            self.append(Some(&turn.conversation), Actor::Bot, Event::BotRefused);
        }
        Ok(())
    }

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
