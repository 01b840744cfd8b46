//! What Meta says, carried into conversations: a batch of one tenant's news in one transaction.

use crate::{
    domain::{
        conversation::{Command, Received, State},
        event::{Actor, Event},
        handoff::Trigger,
        ids::{ChannelId, ConversationId, Seq, TenantId, Wamid},
        inbound::{Control, Echo, Handover, Identity, IdentityChange, Incoming, Origin, RemoteMedia, UpdateBody},
        message::{Author, Content, Delivery, Forwarded, Turn},
        time::Span,
    },
    server::store::{
        early,
        media::{self, MediaRow},
        messages::{self, Record},
    },
};

use super::{Inbox, Result, Work, amend::News, finish::digest};

/// The kind of job that is a bot's turn; its key is the conversation, its payload the message's id.
pub const TURN: &str = "turn";
/// The kind of job that fetches a file; its key is the media id.
pub const FETCH: &str = "fetch";

/// An inbound message older than this is late: the bot keeps silent and a person looks (invariant 13).
pub const LATE_AFTER: Span = Span::minutes(10);

/// One piece of news and the channel it is about.
#[derive(Clone, Debug)]
pub struct ChannelNews {
    pub channel: ChannelId,
    pub body: UpdateBody,
}

impl Inbox {
    /// Carries a batch of a tenant's news into its conversations, all or nothing.
    ///
    /// # Errors
    /// [`InboxError::Invalid`] when an item can never be carried out (the caller tries items one by one and quarantines
    /// it), [`InboxError::Store`] when the database could not take it now.
    pub async fn receive(&self, tenant: &TenantId, batch: &[ChannelNews]) -> Result<()> {
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(tenant).await?;
                work.look_ahead(batch).await?;
                for news in batch {
                    work.receive(&news.channel, &news.body).await?;
                }
                self.commit(work).await
            })
        })
        .await
    }
}

impl Work {
    async fn receive(&mut self, channel: &ChannelId, body: &UpdateBody) -> Result<()> {
        match body {
            UpdateBody::Message(incoming) => self.message(channel, incoming).await,
            UpdateBody::Status(news) => self.status(channel, news).await,
            UpdateBody::Echo(echo) => self.echo(channel, echo).await,
            UpdateBody::IdentityChanged(change) => self.identity_changed(channel, change).await,
            UpdateBody::Handover(handover) => self.handover(channel, handover).await,
            UpdateBody::Trouble(trouble) => {
                tracing::warn!(%channel, code = trouble.code, field = %trouble.field, "Meta reports trouble");
                self.append(None, Actor::Meta, Event::ChannelTrouble { channel: channel.clone(), code: trouble.code });
                Ok(())
            }
            UpdateBody::Preference(_) | UpdateBody::Foreign(_) => {
                tracing::info!(%channel, kind = body.kind(), "news that changes nothing here");
                Ok(())
            }
        }
    }

    async fn known(&mut self, channel: &ChannelId, wamid: &Wamid) -> Result<bool> {
        if self.pending_record(channel, wamid).is_some() {
            return Ok(true);
        }
        if let Some(known) = self.ahead.is_stored(channel, wamid) {
            return Ok(known);
        }
        let tenant = self.tenant_id();
        Ok(messages::by_wamid(&mut self.tx, &tenant, channel, wamid).await?.is_some())
    }

    async fn message(&mut self, channel: &ChannelId, incoming: &Incoming) -> Result<()> {
        if self.known(channel, &incoming.wamid).await? || matches!(incoming.content, Content::RequestWelcome) {
            return Ok(());
        }
        if let Some((target, news)) = amendment(&incoming.content, Author::Customer) {
            // A reaction has a wamid of its own: the same one twice must not undo a later one.
            if !self.seen_once(channel, &incoming.wamid).await? {
                return Ok(());
            }
            self.tell(channel, &target, None, news).await?;
            return Ok(());
        }
        let identity = match &incoming.group {
            // A group is a place of its own: an answer to the sender would go somewhere else.
            Some(group) => Identity {
                user_id: Some(format!("{}{group}", super::sending::GROUP)),
                name: Some("WhatsApp group".to_owned()),
                ..Identity::default()
            },
            None => incoming.identity.clone(),
        };
        let customer = self.customer(&identity).await?;
        if incoming.origin == Origin::History {
            return self.import(channel, &customer.id, incoming).await;
        }
        let late = incoming.origin == Origin::Live && self.now.since(incoming.at) > LATE_AFTER;
        let conversation = match self.open_of(channel, &customer.id).await? {
            Some(open) => open,
            None => self.begin_conversation(channel, &customer.id, self.now, Actor::Customer).await?,
        };
        let mut record = self.inbound_record(channel, &conversation, incoming, late);
        self.want_file(&mut record, incoming.media.as_ref()).await?;
        self.catch_up(&mut record).await?;
        let turn = if incoming.origin == Origin::Standby { Turn::Notice } else { record.content.turn() };
        let command = Command::Receive(Received {
            message: record.id.clone(),
            kind: record.content.kind().to_owned(),
            turn,
            digest: digest(self.tenant.id.as_str(), &record.content),
            written_at: incoming.at,
            late,
            handoff: self.entropy.id(self.now),
            target: self.tenant.settings.waiting_target,
        });
        let message = record.id.clone();
        self.run(&conversation, Actor::Customer, &command, Some(record))?;
        let with_bot = self.get(&conversation).is_some_and(|it| it.state == State::Bot);
        if with_bot && turn == Turn::Customer && incoming.group.is_none() {
            self.owe(TURN, conversation.as_str(), message.into_string(), self.now);
        }
        Ok(())
    }

    pub(super) fn inbound_record(
        &self,
        channel: &ChannelId,
        conversation: &ConversationId,
        incoming: &Incoming,
        late: bool,
    ) -> Record {
        // Meta's time has whole seconds; a message belongs to the end of its second, but never after its arrival.
        let at = incoming.at.plus(Span(999)).min(self.now);
        Record {
            id: self.entropy.id(self.now),
            conversation: conversation.clone(),
            channel: channel.clone(),
            wamid: Some(incoming.wamid.clone()),
            client_id: None,
            author: Author::Customer,
            content: incoming.content.clone(),
            at,
            seq: Seq(0),
            written_at: incoming.at,
            delivery: None,
            fault: None,
            quote: incoming.quote.clone(),
            forwarded: incoming.forwarded,
            reactions: Vec::new(),
            revoked: false,
            edited: false,
            late,
            resent: false,
            referral: incoming.referral.clone(),
            hidden: false,
        }
    }

    /// Owes the fetching of a file, in the transaction of the message that has it: Meta's id dies in 7 days.
    pub(super) async fn want_file(&mut self, record: &mut Record, remote: Option<&RemoteMedia>) -> Result<()> {
        let Some(remote) = remote else { return Ok(()) };
        let tenant = self.tenant_id();
        let id: crate::domain::ids::MediaId = self.entropy.id(self.now);
        let filename = match &record.content {
            Content::Document { filename, .. } => filename.clone(),
            _ => None,
        };
        let row = MediaRow {
            id: id.clone(),
            channel_id: record.channel.clone(),
            conversation_id: record.conversation.clone(),
            message_id: record.id.clone(),
            remote_id: remote.id.clone(),
            sha256: remote.sha256.clone(),
            mime: remote.mime.clone(),
            filename,
            size: None,
            state: "pending".to_owned(),
            fault_words: None,
            path: None,
        };
        media::insert(&mut self.tx, &tenant, &row).await?;
        if let Some(attachment) = record.content.attachment_mut() {
            attachment.media = Some(id.clone());
        }
        self.owe(FETCH, id.as_str(), String::new(), self.now);
        Ok(())
    }

    async fn echo(&mut self, channel: &ChannelId, echo: &Echo) -> Result<()> {
        if self.known(channel, &echo.wamid).await? || echo.group.is_some() {
            return Ok(());
        }
        if let Some((target, news)) = amendment(&echo.content, echo.author.clone()) {
            if self.seen_once(channel, &echo.wamid).await? {
                self.tell(channel, &target, None, news).await?;
            }
            return Ok(());
        }
        let customer = self.customer(&echo.identity).await?;
        if echo.origin == Origin::History {
            return self.import_echo(channel, &customer.id, echo).await;
        }
        let conversation = match self.open_of(channel, &customer.id).await? {
            Some(open) => open,
            None => self.begin_conversation(channel, &customer.id, self.now, Actor::Meta).await?,
        };
        let mut record = self.echo_record(channel, &conversation, echo);
        self.want_file(&mut record, echo.media.as_ref()).await?;
        self.catch_up(&mut record).await?;
        let command = Command::Echo {
            author: echo.author.clone(),
            message: record.id.clone(),
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
            at: echo.at,
            handoff: self.entropy.id(self.now),
            target: self.tenant.settings.waiting_target,
        };
        self.run(&conversation, Actor::Meta, &command, Some(record))?;
        Ok(())
    }

    pub(super) fn echo_record(&self, channel: &ChannelId, conversation: &ConversationId, echo: &Echo) -> Record {
        Record {
            id: self.entropy.id(self.now),
            conversation: conversation.clone(),
            channel: channel.clone(),
            wamid: Some(echo.wamid.clone()),
            client_id: None,
            author: echo.author.clone(),
            content: echo.content.clone(),
            at: echo.at.plus(Span(999)).min(self.now),
            seq: Seq(0),
            written_at: echo.at,
            delivery: Some(Delivery::Sent),
            fault: None,
            quote: echo.quote.clone(),
            forwarded: Forwarded::No,
            reactions: Vec::new(),
            revoked: false,
            edited: false,
            late: false,
            resent: false,
            referral: None,
            hidden: false,
        }
    }

    async fn identity_changed(&mut self, channel: &ChannelId, change: &IdentityChange) -> Result<()> {
        if let Some(wamid) = &change.wamid
            && (self.known(channel, wamid).await? || !self.seen_once(channel, wamid).await?)
        {
            return Ok(());
        }
        let previous = Identity {
            user_id: change.previous_user_id.clone(),
            wa_id: change.previous_wa_id.clone(),
            ..Identity::default()
        };
        let new =
            Identity { user_id: change.new_user_id.clone(), wa_id: change.new_wa_id.clone(), ..Identity::default() };
        let Some(customer) = self.change_ids(&previous, &new).await? else { return Ok(()) };
        let open = self.open_of(channel, &customer).await?;
        self.append(open.as_ref(), Actor::Meta, Event::NumberChanged { customer });
        Ok(())
    }

    /// Another responder of the number passed the thread to us: a person is asked for. Taken away: nothing of ours to do.
    async fn handover(&mut self, channel: &ChannelId, handover: &Handover) -> Result<()> {
        if handover.control != Control::Passed {
            return Ok(());
        }
        let customer = self.customer(&handover.identity).await?;
        let conversation = match self.open_of(channel, &customer.id).await? {
            Some(open) => open,
            None => self.begin_conversation(channel, &customer.id, self.now, Actor::Meta).await?,
        };
        let command = Command::HandOff {
            handoff: self.entropy.id(self.now),
            trigger: Trigger::Partner,
            message: None,
            target: self.tenant.settings.waiting_target,
            turn: None,
            team: None,
        };
        // With people already: the pass asks for what is there.
        let _already = self.try_run(&conversation, Actor::Meta, &command, None)?;
        Ok(())
    }

    /// Remembers an item that leaves no message of its own. `false`: it was here before.
    async fn seen_once(&mut self, channel: &ChannelId, wamid: &Wamid) -> Result<bool> {
        Ok(early::mark(&mut self.tx, channel, wamid, self.now).await?)
    }
}

/// The message that an item amends, and how.
fn amendment(content: &Content, author: Author) -> Option<(Wamid, News)> {
    Some(match content {
        Content::Reaction { target, emoji } => (target.clone(), News::React { author, emoji: emoji.clone() }),
        Content::Edit { target, content } => (target.clone(), News::Edit { content: content.as_ref().clone() }),
        Content::Revoke { target } => (target.clone(), News::Revoke),
        _ => return None,
    })
}
