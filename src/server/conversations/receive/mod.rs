//! Applies what Meta reports to conversations: a batch of one tenant's updates in one transaction.
//!
//! Messages are here, statuses in `delivery::statuses`. `identity.rs`, `handover.rs` and `channel_alert.rs` handle updates
//! that are not messages, `echo.rs` what the business sent elsewhere, `import.rs` history, `language.rs` detects the
//! customer's language, `quiet.rs` finds messages that need no answer, `rating.rs` ratings among them, `reopen.rs` those
//! that go on with a closed conversation, `target.rs` the message that another one changes, and `unsupported.rs` those
//! that WhatsApp keeps to itself. `context.rs` collects what comes with a message. The shapes of Meta's JSON do not belong
//! here (see `webhook`). To add a kind of update: a variant of `domain::inbound::UpdateBody` and its arm in
//! `UnitOfWork::receive`.

mod channel_alert;
mod context;
mod echo;
mod handover;
mod identity;
mod import;
mod language;
mod quiet;
mod rating;
mod reopen;
mod target;
mod templates;
mod unsupported;

use crate::{
    domain::{
        conversation::{Command, Received, State},
        event::Actor,
        handoff::{Failure, Trigger},
        ids::{ChannelId, ConversationId, TenantId, Wamid},
        inbound::{Identity, IgnoredEvent, InboundOrigin, Incoming, RemoteMedia, UpdateBody},
        message::{Author, Content, TurnEffect},
        time::{Span, Timestamp},
    },
    server::store::{
        WriteLane,
        customers::CustomerRow,
        jobs::JobKind,
        media::{self, MediaRow, MediaState},
        messages::MessageRow,
    },
};

use self::{context::message_context, quiet::QuietPlace};
use super::{
    Conversations, Result, UnitOfWork,
    delivery::{sending::GROUP, updates::MessageUpdate},
    unit_of_work::digest,
};

/// An inbound message older than this is late: the bot does not answer it, and an agent is requested (promise 13).
pub const LATE_AFTER: Span = Span::minutes(10);

/// One update and the channel that it concerns.
#[derive(Clone, Debug)]
pub struct ChannelUpdate {
    pub channel: ChannelId,
    pub body: UpdateBody,
}

impl Conversations {
    /// Applies a batch of a tenant's updates, all or nothing.
    ///
    /// # Errors
    /// [`Invalid`](super::ConversationError::Invalid) if an item can never be applied (the caller then tries items one
    /// by one and quarantines it), [`Store`](super::ConversationError::Store) if the database failed.
    pub async fn receive(&self, tenant: &TenantId, batch: &[ChannelUpdate]) -> Result<()> {
        self.transact_in(&WriteLane::Arrivals, tenant, move |mut work| async move {
            // On the heap, for the reason that `workers::catch_panic` gives.
            Box::pin(work.prefetch(batch)).await?;
            for update in batch {
                work.receive(&update.channel, &update.body).await?;
            }
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    async fn receive(&mut self, channel: &ChannelId, body: &UpdateBody) -> Result<()> {
        match body {
            UpdateBody::Message(incoming) => self.message(channel, incoming).await,
            UpdateBody::Status(update) => self.status(channel, update).await,
            UpdateBody::Echo(echo) => self.echo(channel, echo).await,
            UpdateBody::IdentityChanged(change) => self.identity_changed(channel, change).await,
            UpdateBody::Handover(handover) => self.handover(channel, handover).await,
            UpdateBody::Preference(preference) => self.preference(channel, preference).await,
            UpdateBody::CallReceived(call) => self.call_received(channel, call).await,
            UpdateBody::ChannelAlert(alert) => self.channel_alert(channel, alert).await,
            UpdateBody::TemplatesChanged(news) => self.templates_changed(channel, news).await,
            UpdateBody::IgnoredEvent(IgnoredEvent { field, summary }) => {
                tracing::info!(%channel, kind = body.kind(), field, summary, "webhook: update ignored");
                Ok(())
            }
        }
    }

    pub(in crate::server::conversations) async fn known(&mut self, channel: &ChannelId, wamid: &Wamid) -> Result<bool> {
        if self.pending_record(channel, wamid).is_some() {
            return Ok(true);
        }
        if let Some(known) = self.prefetched.is_stored(channel, wamid) {
            return Ok(known);
        }
        Ok(self.stored_by_wamid(channel, wamid).await?.is_some())
    }

    async fn message(&mut self, channel: &ChannelId, incoming: &Incoming) -> Result<()> {
        if self.known(channel, &incoming.wamid).await? {
            return self.fill_placeholder(channel, &incoming.wamid, &incoming.content, incoming.media.as_ref()).await;
        }
        if matches!(incoming.content, Content::RequestWelcome) {
            return Ok(());
        }
        if let Some((target, update)) = amendment(&incoming.content, Author::Customer) {
            // A reaction has a wamid of its own. A repeated one must not undo a later reaction.
            if !self.mark_processed(channel, &incoming.wamid).await? {
                return Ok(());
            }
            let identity = incoming.group.as_deref().map_or_else(|| incoming.identity.clone(), group);
            let target = self.stored_wamid(channel, &identity, target).await?;
            let is_edit = matches!(update, MessageUpdate::Edit { .. }) && incoming.origin == InboundOrigin::Live;
            let applied = self.apply_update(channel, &target, None, update).await?;
            if !is_edit || incoming.group.is_some() {
                return Ok(());
            }
            if let Some(content) = self.no_longer_quiet(channel, &target).await? {
                // It becomes a message of its own, under the id of its edit.
                return self.store_message(channel, &Incoming { content, ..incoming.clone() }).await;
            }
            if let Some(applied) = applied {
                self.reread(applied.record);
            }
            return Ok(());
        }
        self.store_message(channel, incoming).await
    }

    async fn store_message(&mut self, channel: &ChannelId, incoming: &Incoming) -> Result<()> {
        let identity = incoming.group.as_deref().map_or_else(|| incoming.identity.clone(), group);
        let customer = self.customer(&identity).await?;
        if incoming.origin == InboundOrigin::History {
            self.update_language(&customer, None, incoming).await?;
            return self.import(channel, &customer.id, incoming).await;
        }
        let (conversation, effect, rating) = match self.place_without_answer(channel, &customer, incoming).await? {
            Some(QuietPlace { conversation, effect, rating }) => (conversation, Some(effect), rating),
            None => (self.place_of(channel, &customer, incoming).await?, None, None),
        };
        self.append_replaced_ids(&customer.id, &conversation);
        self.update_language(&customer, Some(&conversation), incoming).await?;
        let mut record = self.inbound_record(channel, &conversation, incoming);
        self.enqueue_download(&mut record, incoming.media.as_ref()).await?;
        self.catch_up(&mut record).await?;
        let turn = match incoming.origin {
            InboundOrigin::Live | InboundOrigin::Standby | InboundOrigin::History if customer.blocked => {
                TurnEffect::Blocked
            }
            InboundOrigin::Standby => TurnEffect::Notice,
            InboundOrigin::Live | InboundOrigin::History => effect.unwrap_or_else(|| record.content.turn()),
        };
        let command = Command::Receive(Received {
            message: record.id.clone(),
            kind: record.content.kind().to_owned(),
            turn,
            digest: digest(self.tenant.id.as_str(), &record.content),
            written_at: incoming.at,
            // Agents cannot answer in a group, so a late message there calls nobody.
            late: record.late && incoming.group.is_none(),
            handoff: self.entropy.id(self.now),
            target: self.tenant.settings.waiting_target,
            reply_target: self.tenant.settings.reply_target,
        });
        let message = record.id.clone();
        self.run(&conversation, Actor::Customer, &command, Some(record))?;
        if let Some(rating) = rating {
            self.rate(&conversation, message.clone(), rating).await?;
        }
        self.message_sign(channel, &conversation, incoming).await?;
        let with_bot = self.get(&conversation).is_some_and(|it| it.state == State::Bot);
        if !with_bot || incoming.group.is_some() || customer.blocked {
            return Ok(());
        }
        let is_unsupported =
            incoming.origin == InboundOrigin::Live && matches!(incoming.content, Content::Unsupported { .. });
        if is_unsupported && self.is_late(incoming) {
            return self.call_for_unsupported(&conversation, message, Trigger::Late);
        }
        if is_unsupported && !self.may_write(&conversation) {
            let trigger = Trigger::Failure { failure: Failure::Unreadable };
            return self.call_for_unsupported(&conversation, message, trigger);
        }
        if turn == TurnEffect::Customer || is_unsupported {
            self.enqueue(JobKind::Turn, conversation.as_str(), message.into_string(), self.now);
        }
        Ok(())
    }

    /// Whether a message arrived too late for an automatic reply (promise 13).
    fn is_late(&self, incoming: &Incoming) -> bool {
        incoming.origin == InboundOrigin::Live && self.now.since(incoming.at) > LATE_AFTER
    }

    /// The conversation of a message that is to be answered: the open one, one that it reopens, or a new one.
    async fn place_of(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerRow,
        incoming: &Incoming,
    ) -> Result<ConversationId> {
        if let Some(open) = self.open_of(channel, &customer.id).await? {
            return Ok(open);
        }
        if !self.is_late(incoming)
            && let Some(reopened) = self.reopen_for_closer(channel, customer, incoming).await?
        {
            return Ok(reopened);
        }
        self.begin_conversation(channel, &customer.id, self.now, Actor::Customer).await
    }

    /// Lets the bot look for keywords in a message that the customer has edited, whose rules have not fired for it yet,
    /// and for nothing else: it has answered the message, and answering each version would repeat a flow's step. A turn
    /// that is still to come reads the new text anyway.
    fn reread(&mut self, edited: MessageRow) {
        let with_bot = self.get(&edited.conversation).is_some_and(|it| it.state == State::Bot);
        if with_bot && edited.author.is_customer() && !edited.hidden && !edited.revoked {
            self.enqueue(JobKind::Reread, edited.conversation.as_str(), edited.id.into_string(), self.now);
        }
    }

    pub(in crate::server::conversations) fn inbound_record(
        &self,
        channel: &ChannelId,
        conversation: &ConversationId,
        incoming: &Incoming,
    ) -> MessageRow {
        let (id, content) = (self.entropy.id(self.now), incoming.content.clone());
        let at = position(incoming.at, self.now);
        MessageRow {
            wamid: Some(incoming.wamid.clone()),
            written_at: incoming.at,
            quote: incoming.quote.clone(),
            forwarded: incoming.forwarded,
            late: self.is_late(incoming),
            referral: incoming.referral.clone(),
            context: message_context(incoming),
            ..MessageRow::new(id, conversation, channel, Author::Customer, content, at)
        }
    }

    /// Enqueues the download of a file in the transaction of its message. Meta's media id is valid for 7 days.
    pub(in crate::server::conversations) async fn enqueue_download(
        &mut self,
        record: &mut MessageRow,
        remote: Option<&RemoteMedia>,
    ) -> Result<()> {
        let Some(remote) = remote else { return Ok(()) };
        let tenant = self.tenant_id();
        let id: crate::domain::ids::MediaId = self.entropy.id(self.now);
        let filename = if let Content::Document { filename, .. } = &record.content { filename.clone() } else { None };
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
            state: MediaState::Pending,
            fault_words: None,
            path: None,
        };
        media::insert(&mut self.tx, &tenant, &row).await?;
        if let Some(attachment) = record.content.attachment_mut() {
            attachment.media = Some(id.clone());
        }
        self.enqueue(JobKind::Fetch, id.as_str(), String::new(), self.now);
        Ok(())
    }
}

/// Where a message stands in the thread. Meta's times have whole seconds: a message gets the end of its second, but
/// never a time after its arrival. Rounded down, an answer would sort before its question.
fn position(written: Timestamp, arrival: Timestamp) -> Timestamp {
    written.plus(Span(999)).min(arrival)
}

/// A group is a customer record of its own, because a reply to the sender would go to another chat.
fn group(id: &str) -> Identity {
    Identity { user_id: Some(format!("{}{id}", GROUP)), name: Some("WhatsApp group".to_owned()), ..Identity::default() }
}

/// The message that an item changes, and how.
fn amendment(content: &Content, author: Author) -> Option<(Wamid, MessageUpdate)> {
    Some(match content {
        Content::Reaction { target, emoji } => (target.clone(), MessageUpdate::React { author, emoji: emoji.clone() }),
        Content::Edit { target, content } => {
            (target.clone(), MessageUpdate::Edit { content: content.as_ref().clone() })
        }
        Content::Revoke { target } => (target.clone(), MessageUpdate::Revoke),
        Content::Text { .. }
        | Content::Image { .. }
        | Content::Video { .. }
        | Content::Audio { .. }
        | Content::Document { .. }
        | Content::Sticker { .. }
        | Content::Location { .. }
        | Content::Contacts { .. }
        | Content::ButtonReply { .. }
        | Content::ListReply { .. }
        | Content::FormReply { .. }
        | Content::CallPermission { .. }
        | Content::InteractiveMissing
        | Content::TemplateButton { .. }
        | Content::Order { .. }
        | Content::Unsupported { .. }
        | Content::RequestWelcome
        | Content::Template { .. }
        | Content::TemplateSent(_)
        | Content::Interactive { .. }
        | Content::InteractiveSent(_) => return None,
    })
}
