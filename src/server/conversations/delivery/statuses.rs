//! Meta's statuses of our messages: how far each was delivered, and what a failure means for its customer and its
//! number.
//!
//! A long message is several messages of WhatsApp's. Each part has its own outcome (`store/tables/outbox.rs`). The
//! message has the outcome of its last part, and it failed if any part failed.

use crate::{
    domain::{
        codes::{self, ChannelFault, Class},
        conversation::{Command, State},
        event::{Actor, Event},
        handoff::{Failure, Trigger},
        ids::{ChannelId, ConversationId, MessageId, Wamid},
        inbound::{InboundOrigin, StatusNews},
        message::{Author, Delivery},
        pricing::Pricing,
        time::Timestamp,
    },
    server::store::{
        channels,
        messages::MessageRow,
        outbox::{self, PieceRef},
    },
};

use super::{
    sending::{MessagePiece, piece_of},
    updates::{Applied, MessageUpdate},
};
use crate::server::conversations::{Result, UnitOfWork, receive::LATE_AFTER};

/// Why a reaction failed, where WhatsApp does not say.
const NO_REASON: &str = "WhatsApp gave no reason. Try again.";

impl UnitOfWork {
    pub(in crate::server::conversations) async fn status(
        &mut self,
        channel: &ChannelId,
        update: &StatusNews,
    ) -> Result<()> {
        if !is_of_our_message(update) {
            return Ok(());
        }
        let piece = update.callback.as_deref().and_then(piece_of);
        let wamid = match &piece {
            Some(_) => update.wamid.clone(),
            None => self.stored_wamid(channel, &update.identity, update.wamid.clone()).await?,
        };
        let applied = match &piece {
            Some(piece) if piece.of > 1 => self.apply_piece_status(channel, update, piece).await?,
            _ => {
                let own_id = piece.as_ref().map(|piece| &piece.message);
                self.apply_update(channel, &wamid, own_id, of_status(update, None)).await?
            }
        };
        let Some(applied) = applied else { return Ok(()) };
        let alone = || (applied.record.content.calls().len() <= 1).then_some(0);
        let piece = piece.as_ref().map(|piece| piece.index).or_else(alone);
        self.propagate_status(&applied, piece, &wamid).await
    }

    /// Applies a status of a message to its outbox rows, its conversation and its number.
    pub(in crate::server::conversations) async fn propagate_status(
        &mut self,
        applied: &Applied,
        piece: Option<usize>,
        wamid: &Wamid,
    ) -> Result<()> {
        let tenant = self.tenant_id();
        let piece_ref = PieceRef { message: &applied.record.id, piece, wamid };
        if applied.failed.is_some() {
            outbox::failed(&mut self.tx, &tenant, piece_ref).await?;
            // Without this part the rest of a long message makes no sense.
            outbox::give_up(&mut self.tx, &tenant, &applied.record.id).await?;
        } else if self.awaits_status(&applied.record.id) {
            outbox::arrived(&mut self.tx, &tenant, piece_ref).await?;
        }
        self.after_failure(&applied.record, applied.failed).await?;
        self.wake_outbox();
        Ok(())
    }

    /// Applies a status of one part of a long message. `None`: the message as a whole is unchanged.
    async fn apply_piece_status(
        &mut self,
        channel: &ChannelId,
        update: &StatusNews,
        piece: &MessagePiece,
    ) -> Result<Option<Applied>> {
        let mut found = self.stored_record(&piece.message).await?.filter(|record| record.channel == *channel);
        if let Some(record) = &found
            && self.lock_of_record(record, &update.wamid).await?
        {
            found = self.stored_record(&piece.message).await?;
        }
        if self.is_marked(channel, &update.wamid).await? {
            // The status is of an attempt that failed and has been repeated since.
            return Ok(None);
        }
        let Some(mut record) = found else { return Ok(None) };
        let tenant = self.tenant_id();
        let piece_ref = PieceRef { message: &piece.message, piece: Some(piece.index), wamid: &update.wamid };
        if update.status == Delivery::Failed {
            let is_new = outbox::failed(&mut self.tx, &tenant, piece_ref).await?;
            let arrived = matches!(record.delivery, Some(Delivery::Delivered | Delivery::Read | Delivery::Played));
            if is_new && arrived {
                // The last part arrived and this one did not, so the customer does not have the whole message.
                record.delivery = Some(Delivery::Sent);
            }
            return self.apply_to_record(record, &of_status(update, Some(piece))).await;
        }
        let is_new = outbox::arrived(&mut self.tx, &tenant, piece_ref).await?;
        let all_out = outbox::open_of_message(&mut self.tx, &tenant, &piece.message).await? == 0;
        if piece.is_last() || (all_out && record.wamid.as_ref() == Some(&update.wamid)) {
            record.wamid.get_or_insert_with(|| update.wamid.clone());
            return self.apply_to_record(record, &of_status(update, Some(piece))).await;
        }
        self.record_price(&mut record, update, piece).await?;
        if is_new {
            self.requeue_unknown(record).await?;
            self.wake_outbox();
        }
        Ok(None)
    }

    /// Records the price of a part that has reached the customer, once.
    async fn record_price(&mut self, record: &mut MessageRow, update: &StatusNews, piece: &MessagePiece) -> Result<()> {
        let pricing = pricing_of(update, Some(piece)).filter(|_| update.status.is_delivered());
        let Some(pricing) = pricing.filter(|pricing| record.mark_priced(pricing.piece)) else { return Ok(()) };
        self.change_delivery(record.clone());
        self.lock(&record.conversation).await?;
        let status = record.delivery.unwrap_or(Delivery::Sent);
        let event = Event::Delivered { message: record.id.clone(), status, code: None, pricing: Some(pricing) };
        self.append(Some(&record.conversation), Actor::Meta, event);
        Ok(())
    }

    /// A status replaces the lost response of a part, so the rest of the message can be sent.
    async fn requeue_unknown(&mut self, mut record: MessageRow) -> Result<()> {
        if record.delivery != Some(Delivery::Unknown) {
            return Ok(());
        }
        record.delivery = Some(Delivery::Queued);
        self.change_delivery(record.clone());
        self.lock(&record.conversation).await?;
        let event = Event::Delivered { message: record.id, status: Delivery::Queued, code: None, pricing: None };
        self.append(Some(&record.conversation), Actor::Meta, event);
        Ok(())
    }

    /// What follows from a failure, if there was one. If a message of the bot did not arrive, the conversation is
    /// escalated, so that the customer is not left without an answer (promise 4). Some codes concern the whole number.
    pub(in crate::server::conversations) async fn after_failure(
        &mut self,
        record: &MessageRow,
        failed: Option<Timestamp>,
    ) -> Result<()> {
        let Some(at) = failed else { return Ok(()) };
        if let Some(code) = record.fault.as_ref().and_then(|fault| fault.code) {
            match codes::verdict(code, None).class {
                // An older status may be about a fault that was fixed since (promise 13).
                Class::ChannelDown if self.now.since(at) <= LATE_AFTER => {
                    self.stop_channel(&record.channel, ChannelFault::Meta(code)).await?;
                }
                Class::ChannelDown | Class::Alert => {
                    tracing::warn!(channel = %record.channel, code, "outbox: message failed, admin action needed");
                    let event = Event::cannot_send(&record.channel, code);
                    self.append(None, Actor::Meta, event);
                }
                Class::Transient(_) | Class::Permanent | Class::WindowClosed | Class::Inbound => {}
            }
        }
        let detail = record.fault.as_ref().map_or(NO_REASON, |fault| fault.detail.as_str());
        self.reaction_settled(record, Err(detail)).await?;
        if record.author == Author::Bot {
            self.undelivered(&record.conversation, &record.id)?;
        }
        Ok(())
    }

    /// A message of the bot could not be delivered: escalates the conversation if the bot still has it.
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

    /// Stops a number's queue, once. It keeps all rows until the number is repaired.
    pub(in crate::server::conversations) async fn stop_channel(
        &mut self,
        channel: &ChannelId,
        fault: ChannelFault,
    ) -> Result<()> {
        let (tenant, code) = (self.tenant_id(), fault.stored());
        if channels::set_down(&mut self.tx, &tenant, channel, Some((code, self.now))).await? {
            tracing::error!(%channel, code, "outbox: channel stopped, queue on hold");
            self.append(None, Actor::Meta, Event::cannot_send(channel, code));
        }
        Ok(())
    }
}

/// Whether a status is about a message that we sent to one customer.
pub(in crate::server::conversations) fn is_of_our_message(status: &StatusNews) -> bool {
    status.origin == InboundOrigin::Live && status.group.is_none()
}

/// Turns a status into an update of its message or of one part.
fn of_status(update: &StatusNews, piece: Option<&MessagePiece>) -> MessageUpdate {
    let failure = (update.status == Delivery::Failed).then(|| codes::failure(&update.errors));
    let window_closed = failure.as_ref().is_some_and(|(verdict, _)| verdict.class == Class::WindowClosed);
    let fault = failure.map(|(_, mut fault)| {
        if let Some(piece) = piece {
            fault.detail = format!("Part {} of {} wasn't delivered. {}", piece.index + 1, piece.of, fault.detail);
        }
        fault
    });
    let pricing = pricing_of(update, piece);
    MessageUpdate::Status { status: update.status, at: update.at, fault, window_closed, pricing }
}

/// What the status says about the price of its message, or of one part.
fn pricing_of(update: &StatusNews, piece: Option<&MessagePiece>) -> Option<Pricing> {
    let piece = piece.map_or(0, |piece| i64::try_from(piece.index).unwrap_or(i64::MAX));
    update.pricing.clone().map(|pricing| Pricing { piece, ..pricing })
}
