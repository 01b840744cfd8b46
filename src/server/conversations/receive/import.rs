//! History imports, both sides of them. Messages go into one archive per customer, or without notifications into the
//! open conversation. They wake neither bot nor agents (promise 13). Live messages are handled in `mod.rs`.

use crate::{
    domain::{
        event::{Actor, Amendment, Event},
        ids::{ChannelId, ConversationId, CustomerId, Wamid},
        inbound::{Echo, Incoming, RemoteMedia},
        message::{Content, Delivery, DeliveryFault},
        time::Timestamp,
    },
    server::store::{
        conversations,
        messages::MessageRow,
        search::{self, Document},
    },
};

use crate::server::conversations::{Result, UnitOfWork, unit_of_work::digest};

impl UnitOfWork {
    /// Imports a message of the customer.
    pub(in crate::server::conversations) async fn import(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerId,
        incoming: &Incoming,
    ) -> Result<()> {
        // Nothing was written in the future, whatever unit the time came in.
        let at = incoming.at.min(self.now);
        let conversation = self.archive_of(channel, customer, at).await?;
        let mut record = self.inbound_record(channel, &conversation, incoming);
        record.at = at;
        self.enqueue_download(&mut record, incoming.media.as_ref()).await?;
        self.catch_up(&mut record).await?;
        let event = Event::CustomerWrote {
            message: record.id.clone(),
            kind: record.content.kind().to_owned(),
            turn: false,
            unread: false,
            at,
            late: false,
            digest: digest(self.tenant.id.as_str(), &record.content),
            reply_target: None,
            quiet: false,
        };
        self.append_record(&conversation, Actor::System, event, record);
        Ok(())
    }

    /// Imports a message of the business. It does not take over a conversation.
    pub(in crate::server::conversations) async fn import_echo(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerId,
        echo: &Echo,
    ) -> Result<()> {
        let at = echo.at.min(self.now);
        let conversation = self.archive_of(channel, customer, at).await?;
        let mut record = self.echo_record(channel, &conversation, echo);
        record.at = at;
        self.enqueue_download(&mut record, echo.media.as_ref()).await?;
        self.catch_up(&mut record).await?;
        let event = self.echoed(echo, &record);
        self.append_record(&conversation, Actor::System, event, record);
        Ok(())
    }

    /// Puts what an import sends later into the placeholder that it sent first under the same id. Any other item that
    /// arrives twice changes nothing.
    pub(in crate::server::conversations) async fn fill_placeholder(
        &mut self,
        channel: &ChannelId,
        wamid: &Wamid,
        content: &Content,
        remote: Option<&RemoteMedia>,
    ) -> Result<()> {
        if !content.fills_placeholder() {
            return Ok(());
        }
        let pending = self.pending_record(channel, wamid).cloned();
        let is_pending = pending.is_some();
        let known = match pending {
            Some(pending) => Some(pending),
            None => self.stored_by_wamid(channel, wamid).await?,
        };
        let is_placeholder = |known: &MessageRow| known.content.is_placeholder() && !known.revoked;
        let mut placeholder = known.filter(is_placeholder);
        if !is_pending
            && let Some(record) = &placeholder
            && self.lock_of_record(record, wamid).await?
        {
            placeholder = self.stored_by_wamid(channel, wamid).await?.filter(is_placeholder);
        }
        let Some(mut record) = placeholder else { return Ok(()) };
        record.content = content.clone();
        self.enqueue_download(&mut record, remote).await?;
        if is_pending {
            if let Some(pending) = self.pending_record(channel, wamid) {
                *pending = record.clone();
            }
        } else {
            self.save_record(&record).await?;
            let document = Document::of_message(&record).into_iter().collect();
            search::add(&mut self.tx, &self.tenant.id, document).await?;
            self.lock(&record.conversation).await?;
            // The file is what changes: nothing was edited, and nobody has to be told.
            let event = Event::Amended { message: record.id.clone(), what: Amendment::FileKept };
            self.append(Some(&record.conversation), Actor::System, event);
        }
        if self.is_newest(&record).await? {
            self.set_as_preview(&record);
        }
        Ok(())
    }

    /// The customer's archive. If there is none: the open conversation, or else a new archive that begins at `at`.
    async fn archive_of(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerId,
        at: Timestamp,
    ) -> Result<ConversationId> {
        self.write_new().await?;
        let tenant = self.tenant_id();
        if let Some(archive) = conversations::imported_of(&mut self.tx, &tenant, channel, customer).await? {
            self.lock(&archive).await?;
            return Ok(archive);
        }
        if let Some(open) = self.open_of(channel, customer).await? {
            return Ok(open);
        }
        let archive = self.begin_conversation(channel, customer, at, Actor::System).await?;
        self.archive(&archive);
        // Written at once: the index allows one open conversation, and the same batch may contain a live message of the
        // customer.
        self.save_now(&archive).await?;
        Ok(archive)
    }
}

/// Why an imported message did not arrive: the import says only that it did not.
pub(super) fn fault(echo: &Echo) -> Option<DeliveryFault> {
    (echo.delivery == Some(Delivery::Failed)).then(|| DeliveryFault::new(None, NOT_DELIVERED))
}

const NOT_DELIVERED: &str = "WhatsApp couldn't deliver this message.";
