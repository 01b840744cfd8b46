//! Messages that the business sent elsewhere: in the WhatsApp app, or through another app of the number.

use crate::{
    domain::{
        conversation::Command,
        event::{Actor, Event},
        ids::{ChannelId, ConversationId},
        inbound::{Echo, InboundOrigin},
        message::{Author, Delivery},
        thread_control::ControlSign,
    },
    server::{
        conversations::{Result, UnitOfWork, unit_of_work::digest},
        store::messages::MessageRow,
    },
};

use super::{amendment, group, import, position};

impl UnitOfWork {
    pub(super) async fn echo(&mut self, channel: &ChannelId, echo: &Echo) -> Result<()> {
        if self.known(channel, &echo.wamid).await? {
            return self.fill_placeholder(channel, &echo.wamid, &echo.content, echo.media.as_ref()).await;
        }
        if let Some((target, update)) = amendment(&echo.content, echo.author.clone()) {
            if self.mark_processed(channel, &echo.wamid).await? {
                let identity = echo.group.as_deref().map_or_else(|| echo.identity.clone(), group);
                let target = self.stored_wamid(channel, &identity, target).await?;
                self.apply_update(channel, &target, None, update).await?;
            }
            return Ok(());
        }
        let identity = echo.group.as_deref().map_or_else(|| echo.identity.clone(), group);
        let customer = self.customer(&identity).await?;
        if echo.origin == InboundOrigin::History {
            return self.import_echo(channel, &customer.id, echo).await;
        }
        let conversation = match self.open_of(channel, &customer.id).await? {
            Some(open) => open,
            None => self.begin_conversation(channel, &customer.id, self.now, Actor::Meta).await?,
        };
        let mut record = self.echo_record(channel, &conversation, echo);
        self.enqueue_download(&mut record, echo.media.as_ref()).await?;
        self.catch_up(&mut record).await?;
        if echo.group.is_some() {
            // A message of the business in a group is no takeover, because agents do not answer in groups.
            let event = self.echoed(echo, &record);
            self.set_as_preview(&record);
            self.append_record(&conversation, Actor::Meta, event, record);
            return Ok(());
        }
        self.append_replaced_ids(&customer.id, &conversation);
        self.send_joined(&conversation).await?;
        let message = record.id.clone();
        let command = Command::Echo {
            author: echo.author.clone(),
            message: message.clone(),
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
            at: echo.at,
            handoff: self.entropy.id(self.now),
            target: self.tenant.settings.waiting_target,
        };
        self.run(&conversation, Actor::Meta, &command, Some(record))?;
        if echo.author == Author::Partner {
            self.control_sign(channel, &conversation, ControlSign::Copied, echo.at).await?;
        }
        self.echo_sent(&conversation, message, echo.author.clone(), echo.at).await
    }

    /// The event for a message that the business sent elsewhere and that is no takeover.
    pub(in crate::server::conversations) fn echoed(&self, echo: &Echo, record: &MessageRow) -> Event {
        Event::Echoed {
            message: record.id.clone(),
            author: echo.author.clone(),
            kind: record.content.kind().to_owned(),
            at: echo.at,
            digest: digest(self.tenant.id.as_str(), &record.content),
        }
    }

    pub(in crate::server::conversations) fn echo_record(
        &self,
        channel: &ChannelId,
        conversation: &ConversationId,
        echo: &Echo,
    ) -> MessageRow {
        let (id, content) = (self.entropy.id(self.now), echo.content.clone());
        let at = position(echo.at, self.now);
        MessageRow {
            wamid: Some(echo.wamid.clone()),
            written_at: echo.at,
            delivery: echo.delivery.or(Some(Delivery::Sent)),
            fault: import::fault(echo),
            quote: echo.quote.clone(),
            ..MessageRow::new(id, conversation, channel, echo.author.clone(), content, at)
        }
    }
}
