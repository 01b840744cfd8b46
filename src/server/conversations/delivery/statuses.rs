//! What Meta tells about messages of ours: how far each got, and what a failure means for its customer and its number.
//!
//! A long message is several of WhatsApp's. Each piece has an outcome of its own (`store/tables/outbox.rs`); the message has what
//! its last piece has, and failed if any piece did.

use crate::{
    domain::{
        codes::{self, Class},
        conversation::{Command, State},
        event::{Actor, Event},
        handoff::{Failure, Trigger},
        ids::{ChannelId, ConversationId, MessageId, Wamid},
        inbound::{Origin, StatusNews},
        message::{Author, Delivery},
        time::Timestamp,
    },
    server::store::{
        channels,
        messages::{self, MessageRow},
        outbox::{self, Word},
        pending_updates,
    },
};

use super::{
    sending::{Piece, piece_of},
    updates::{Applied, MessageUpdate},
};
use crate::server::conversations::{Result, UnitOfWork, receive::LATE_AFTER};

impl UnitOfWork {
    pub(in crate::server::conversations) async fn status(
        &mut self,
        channel: &ChannelId,
        news: &StatusNews,
    ) -> Result<()> {
        if news.origin != Origin::Live || news.group.is_some() {
            return Ok(());
        }
        let piece = news.callback.as_deref().and_then(piece_of);
        let applied = match &piece {
            Some(piece) if piece.of > 1 => self.piece_told(channel, news, piece).await?,
            _ => {
                let known_as = piece.as_ref().map(|piece| &piece.message);
                self.tell(channel, &news.wamid, known_as, of_status(news, None)).await?
            }
        };
        let Some(applied) = applied else { return Ok(()) };
        let alone = || (applied.record.content.calls().len() <= 1).then_some(0);
        let piece = piece.as_ref().map(|piece| piece.index).or_else(alone);
        self.heard(&applied, piece, &news.wamid).await
    }

    /// Carries what a status told about a message to its calls, its conversation and its number.
    pub(in crate::server::conversations) async fn heard(
        &mut self,
        applied: &Applied,
        piece: Option<usize>,
        wamid: &Wamid,
    ) -> Result<()> {
        let tenant = self.tenant_id();
        let word = Word { message: &applied.record.id, piece, wamid };
        if applied.failed.is_some() {
            outbox::failed(&mut self.tx, &tenant, word).await?;
            // What is left of a long message would make no sense without this piece.
            outbox::give_up(&mut self.tx, &tenant, &applied.record.id).await?;
        } else {
            outbox::arrived(&mut self.tx, &tenant, word).await?;
        }
        self.after_failure(&applied.record, applied.failed).await?;
        self.wake_outbox();
        Ok(())
    }

    /// A status of one piece of a long message. `None`: the message as a whole is where it was.
    async fn piece_told(&mut self, channel: &ChannelId, news: &StatusNews, piece: &Piece) -> Result<Option<Applied>> {
        if pending_updates::is_marked(&mut self.tx, channel, &news.wamid).await? {
            // Of an attempt that failed and was sent again since.
            return Ok(None);
        }
        let tenant = self.tenant_id();
        let found = messages::find(&mut self.tx, &tenant, &piece.message).await?;
        let Some(mut record) = found.filter(|record| record.channel == *channel) else { return Ok(None) };
        let word = Word { message: &piece.message, piece: Some(piece.index), wamid: &news.wamid };
        if news.status == Delivery::Failed {
            let is_new = outbox::failed(&mut self.tx, &tenant, word).await?;
            let arrived = matches!(record.delivery, Some(Delivery::Delivered | Delivery::Read | Delivery::Played));
            if is_new && arrived {
                // The last piece arrived and this one did not: the customer has no whole message.
                record.delivery = Some(Delivery::Sent);
            }
            return self.carry(record, &of_status(news, Some(piece))).await;
        }
        let is_new = outbox::arrived(&mut self.tx, &tenant, word).await?;
        let all_out = outbox::open_of_message(&mut self.tx, &tenant, &piece.message).await? == 0;
        if piece.is_last() || (all_out && record.wamid.as_ref() == Some(&news.wamid)) {
            record.wamid.get_or_insert_with(|| news.wamid.clone());
            return self.carry(record, &of_status(news, None)).await;
        }
        if is_new {
            self.clear_up(record).await?;
            self.wake_outbox();
        }
        Ok(None)
    }

    /// The lost answer to a piece is told: the rest of its message may go on.
    async fn clear_up(&mut self, mut record: MessageRow) -> Result<()> {
        if record.delivery != Some(Delivery::Unknown) {
            return Ok(());
        }
        let tenant = self.tenant_id();
        record.delivery = Some(Delivery::Queued);
        messages::save(&mut self.tx, &tenant, &record).await?;
        self.lock(&record.conversation).await?;
        let event = Event::Delivered { message: record.id, status: Delivery::Queued, code: None };
        self.append(Some(&record.conversation), Actor::Meta, event);
        Ok(())
    }

    /// What follows from a failure, if there was one at all: a bot's answer that does not arrive leaves its customer
    /// alone, so a person is called (invariant 4), and some codes speak about the whole number.
    pub(in crate::server::conversations) async fn after_failure(
        &mut self,
        record: &MessageRow,
        failed: Option<Timestamp>,
    ) -> Result<()> {
        let Some(at) = failed else { return Ok(()) };
        if let Some(code) = record.fault.as_ref().and_then(|fault| fault.code) {
            match codes::verdict(code, None).class {
                // Word from before may be about what was repaired since (invariant 13).
                Class::ChannelDown if self.now.since(at) <= LATE_AFTER => {
                    self.stop_channel(&record.channel, code).await?;
                }
                Class::ChannelDown | Class::Alert => {
                    tracing::warn!(channel = %record.channel, code, "outbox: message failed, admin action needed");
                    let event = Event::cannot_send(&record.channel, code);
                    self.append(None, Actor::Meta, event);
                }
                Class::Transient(_) | Class::Permanent | Class::WindowClosed | Class::Inbound => {}
            }
        }
        if record.author == Author::Bot {
            self.undelivered(&record.conversation, &record.id)?;
        }
        Ok(())
    }

    /// The bot's words do not get through: whoever has nobody else gets a person.
    pub(in crate::server::conversations) fn undelivered(
        &mut self,
        id: &ConversationId,
        message: &MessageId,
    ) -> Result<()> {
        if self.get(id).is_none_or(|it| it.state != State::Bot) {
            return Ok(());
        }
        let command = Command::HandOff {
            handoff: self.entropy.id(self.now),
            trigger: Trigger::Failure { failure: Failure::Undelivered },
            message: Some(message.clone()),
            target: self.tenant.settings.waiting_target,
            turn: None,
            team: None,
        };
        self.run(id, Actor::System, &command, None)?;
        Ok(())
    }

    /// Stops a number's queue, once: it keeps everything until somebody repairs it.
    pub(in crate::server::conversations) async fn stop_channel(
        &mut self,
        channel: &ChannelId,
        code: i64,
    ) -> Result<()> {
        let tenant = self.tenant_id();
        if channels::set_down(&mut self.tx, &tenant, channel, Some((code, self.now))).await? {
            tracing::error!(%channel, code, "outbox: channel stopped, queue on hold");
            self.append(None, Actor::Meta, Event::cannot_send(channel, code));
        }
        Ok(())
    }
}

/// A status as an update of its message, or of a piece of it.
fn of_status(news: &StatusNews, piece: Option<&Piece>) -> MessageUpdate {
    let failure = (news.status == Delivery::Failed).then(|| codes::failure(&news.errors));
    let window_closed = failure.as_ref().is_some_and(|(verdict, _)| verdict.class == Class::WindowClosed);
    let fault = failure.map(|(_, mut fault)| {
        if let Some(piece) = piece {
            fault.detail = format!("Part {} of {} wasn't delivered. {}", piece.index + 1, piece.of, fault.detail);
        }
        fault
    });
    MessageUpdate::Status { status: news.status, at: news.at, fault, window_closed }
}
