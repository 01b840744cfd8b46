//! History imports, both sides of them. Messages go into one archive per customer, or without notifications into the
//! open conversation. They wake neither bot nor agents (promise 13). Live messages are handled in `mod.rs`.

use crate::{
    domain::{
        event::{Actor, Event},
        ids::{ChannelId, ConversationId, CustomerId},
        inbound::{Echo, Incoming},
        time::Timestamp,
    },
    server::store::conversations,
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
        let mut record = self.inbound_record(channel, &conversation, incoming, false);
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
