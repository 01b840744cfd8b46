//! What agents do: claim, take over, answer, release, return, close, look. Every path to a claim is the same guarded
//! decision under the conversation's lock (invariant 2); losers are told who won.

use crate::{
    domain::{
        conversation::{Command, Conversation, Refusal},
        event::{Actor, Event, Skipped},
        ids::{AgentId, ConversationId, MessageId, TenantId},
        interpolation::{ClosingValues, closing_message},
        message::{Author, Turn, reply::ReplyKind},
        settings::ReadPolicy,
        time::Span,
    },
    server::{
        accounts::Agent,
        store::{self, agents, customers, messages},
    },
};

use super::{Inbox, InboxError, Result, UnitOfWork, finish::digest};

/// The kind of job that shows blue ticks; its key is the conversation, its payload the message's wamid.
pub const READ: &str = "read";

/// The kind of job that shows that an answer is being written; its key is the conversation, its payload the message's
/// wamid. It shows blue ticks, too: Meta has no dots without them.
pub const TYPING: &str = "typing";

/// Messages that are looked through for the customer's newest one.
const LOOKED_AT: i64 = 8;

impl Inbox {
    pub async fn claim(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.command(agent, id, Command::Claim { agent: agent.id().clone() }).await
    }

    pub async fn release(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.command(agent, id, Command::Release { agent: agent.id().clone() }).await
    }

    pub async fn take_over(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(agent.tenant()).await?;
                work.lock(id).await?;
                let command = Command::TakeOver {
                    agent: agent.id().clone(),
                    handoff: work.entropy.id(work.now),
                    target: work.tenant.settings.waiting_target,
                };
                work.run(id, agent.actor(), &command, None)?;
                self.commit(work).await
            })
        })
        .await
    }

    /// Gives the conversation back. A flow that was under way goes on where it says, else with the next message.
    pub async fn return_to_bot(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(agent.tenant()).await?;
                work.lock(id).await?;
                let command = Command::ReturnToBot { agent: agent.id().clone() };
                work.run(id, agent.actor(), &command, None)?;
                self.resume_flow(&mut work, id).await?;
                self.commit(work).await
            })
        })
        .await
    }

    /// Carries out one command of an agent.
    pub async fn command(&self, agent: &Agent, id: &ConversationId, command: Command) -> Result<()> {
        let command = &command;
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(agent.tenant()).await?;
                work.lock(id).await?;
                work.run(id, agent.actor(), command, None)?;
                self.commit(work).await
            })
        })
        .await
    }

    /// Closes and owes the closing message, inside the window only.
    pub async fn close(&self, agent: &Agent, id: &ConversationId, seen: Option<MessageId>) -> Result<()> {
        let seen = &seen;
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(agent.tenant()).await?;
                work.lock(id).await?;
                if work.has_unseen_notice(id).await? {
                    return Err(InboxError::Refused(Refusal::CustomerJustWrote));
                }
                let command = Command::Close { agent: agent.id().clone(), seen: seen.clone() };
                work.run(id, agent.actor(), &command, None)?;
                work.say_goodbye(agent, id).await?;
                self.commit(work).await
            })
        })
        .await
    }

    /// Sends a text, as [`Self::reply_as`] does.
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

    /// Puts a reply into the outbox. The same `client_id` twice is one reply.
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
            return Err(InboxError::Invalid("Write something first.".to_owned()));
        }
        let (length, limit) = (body.chars().count(), kind.text_limit());
        if length > limit {
            let words = format!("A reply has at most {limit} characters; this one has {length}. Shorten it.");
            return Err(InboxError::Invalid(words));
        }
        if client_id.is_empty() || client_id.len() > 64 {
            return Err(InboxError::Invalid("The page is out of date. Reload it; your text is kept.".to_owned()));
        }
        // A client id is the page's own; the agent in front keeps two pages from meaning each other's.
        let client_id = &format!("{}:{client_id}", agent.id());
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(agent.tenant()).await?;
                let known = messages::by_client_id(&mut work.tx, agent.tenant(), client_id).await?;
                if known.is_some() {
                    return Ok(());
                }
                let conversation = work.lock(id).await?.conversation.clone();
                if !conversation.window.is_open(work.now) && conversation.agent() == Some(agent.id()) {
                    let words =
                        "The 24-hour window is closed: WhatsApp takes no free text until the customer writes again.";
                    return Err(InboxError::Invalid(words.to_owned()));
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
                    work.enqueue_read(id).await?;
                }
                self.commit(work).await
            })
        })
        .await
    }

    /// The agent looks: nothing is unread, and by policy the customer sees blue ticks.
    pub async fn see(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(agent.tenant()).await?;
                let conversation = work.lock(id).await?.conversation.clone();
                if conversation.unread == 0 || !conversation.is_open() {
                    return Ok(());
                }
                work.run(id, agent.actor(), &Command::See { agent: agent.id().clone() }, None)?;
                if work.tenant.settings.read_policy == ReadPolicy::OnOpen {
                    work.enqueue_read(id).await?;
                }
                self.commit(work).await
            })
        })
        .await
    }

    /// A refusal as the sentence an agent reads.
    pub async fn describe(&self, tenant: &TenantId, refusal: &Refusal) -> store::Result<String> {
        Ok(match refusal {
            Refusal::ClaimedBy(winner) => format!("{} claimed it first.", self.name_of(tenant, winner).await?),
            Refusal::OwnedBy(owner) => {
                format!("{} has this conversation. Take it over to answer.", self.name_of(tenant, owner).await?)
            }
            Refusal::AlreadyYours => "This conversation is yours already.".to_owned(),
            Refusal::NotClaimed => "Claim the conversation first; what you typed is kept.".to_owned(),
            Refusal::WithBot => "The bot has this conversation. Take it over to answer.".to_owned(),
            Refusal::Closed => "This conversation is closed. The customer's next message starts a new one.".to_owned(),
            Refusal::WithHuman => "A person has this conversation already.".to_owned(),
            Refusal::CustomerJustWrote => "Not closed: the customer just wrote. Read it, then close again.".to_owned(),
            Refusal::TurnOver => "The bot's turn is over.".to_owned(),
        })
    }

    async fn name_of(&self, tenant: &TenantId, agent: &AgentId) -> store::Result<String> {
        let mut tx = self.db.begin_read().await?;
        let record = agents::find(&mut tx, tenant, agent).await?;
        Ok(record.map_or_else(|| "Someone else".to_owned(), |record| record.name))
    }
}

pub(super) fn owned(conversation: &Conversation, agent: &Agent) -> Result<()> {
    // Asking the state machine whether a release would do is asking whether it is theirs.
    conversation.decide(&Command::Release { agent: agent.id().clone() }, crate::domain::time::Timestamp(0))?;
    Ok(())
}

impl UnitOfWork {
    /// Whether the newest that came is something WhatsApp did not pass on, and nobody has looked since. It is no turn of
    /// the customer's, but it must not be closed over either.
    async fn has_unseen_notice(&mut self, id: &ConversationId) -> Result<bool> {
        if self.get(id).is_none_or(|it| it.unread == 0) {
            return Ok(false);
        }
        let tenant = self.tenant_id();
        let newest = messages::page(&mut self.tx, &tenant, id, None, LOOKED_AT).await?;
        let newest = newest.iter().find(|record| record.author.is_customer());
        Ok(newest.is_some_and(|record| record.content.turn() == Turn::Notice))
    }

    async fn say_goodbye(&mut self, agent: &Agent, id: &ConversationId) -> Result<()> {
        let text = self.tenant.settings.texts.closing.clone();
        if text.trim().is_empty() {
            return Ok(());
        }
        let conversation = self.get(id).ok_or(InboxError::NotFound)?.clone();
        if !conversation.window.is_open(self.now) {
            self.append(Some(id), Actor::System, Event::ClosingSkipped { why: Skipped::WindowClosed });
            return Ok(());
        }
        let customer = customers::find(&mut self.tx, agent.tenant(), &conversation.customer).await?;
        let values = ClosingValues {
            customer_name: customer.as_ref().map_or("", |customer| &customer.name),
            agent_name: agent.name(),
            tenant_name: &self.tenant.name,
        };
        match closing_message(&text, &values) {
            Ok(words) => self.system_say(id, &words),
            Err(fault) => {
                tracing::warn!(tenant = %agent.tenant(), fault = %fault.detail, "the closing text has a fault");
                self.append(Some(id), Actor::System, Event::ClosingSkipped { why: Skipped::TemplateFault });
                Ok(())
            }
        }
    }

    async fn enqueue_read(&mut self, id: &ConversationId) -> Result<()> {
        let tenant = self.tenant_id();
        if let Some(wamid) = messages::newest_inbound(&mut self.tx, &tenant, id).await? {
            self.enqueue(READ, id.as_str(), wamid.0, self.now);
        }
        Ok(())
    }
}

/// How long a blue-tick job may wait for its turn before it is pointless.
pub const READ_LIFE: Span = Span::hours(1);
