//! Records the outcome of a send for its row, its message, its conversation and its number.

use std::collections::{BTreeSet, HashSet};

use crate::{
    domain::{
        event::{Actor, Event},
        ids::{ChannelId, MessageId, OutboxId, TenantId, Wamid},
        message::{Delivery, DeliveryFault},
        time::Timestamp,
    },
    server::store::{
        Leased, channels,
        outbox::{self, OutboxRow, OutboxState, RescheduleOutcome, SendEnd},
        pending_updates,
    },
};

use super::sending::SendOutcome;
use crate::server::conversations::{Conversations, Result, UnitOfWork};

impl Conversations {
    /// As [`Self::settle_send`], for rows of one tenant in one transaction: all or none.
    pub async fn settle_sends(&self, tenant: &TenantId, sent: &[(Leased<OutboxRow>, SendOutcome)]) -> Result<()> {
        self.transact(tenant, move |mut work| async move {
            // Those of all rows first, as in [`UnitOfWork::lock_of_row`], and in the order of their ids.
            work.lock_ahead(sent.iter().map(|(row, _)| row.conversation_id.clone()).collect()).await?;
            let mut accepted = Vec::with_capacity(sent.len());
            for (row, outcome) in sent {
                if let SendOutcome::Accepted { wamid } = outcome {
                    accepted.push((row, wamid));
                }
            }
            let held = work.finish_accepted(accepted).await?;
            let mut has_changed = false;
            for (row, outcome) in sent {
                has_changed |= match outcome {
                    SendOutcome::Accepted { wamid } if held.contains(&row.id) => {
                        work.accepted(row, wamid).await?;
                        true
                    }
                    // The lease was lost.
                    SendOutcome::Accepted { .. } => false,
                    SendOutcome::Held { .. }
                    | SendOutcome::Retry { .. }
                    | SendOutcome::Deferred { .. }
                    | SendOutcome::RateLimited { .. }
                    | SendOutcome::Failed { .. }
                    | SendOutcome::ChannelDown { .. }
                    | SendOutcome::Unclear { .. }
                    | SendOutcome::NoResponse { .. } => work.settle_send(row, outcome).await?,
                };
            }
            if has_changed { work.done() } else { work.discard(()) }
        })
        .await
    }

    /// A number is down and a message of the bot waits for it: escalates the conversation, which cancels the message.
    pub async fn escalate_unsent(&self, row: &OutboxRow) -> Result<()> {
        self.transact(&row.tenant_id, move |mut work| async move {
            work.lock(&row.conversation_id).await?;
            work.undelivered(&row.conversation_id, &row.message_id)?;
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Returns `false` if the lease was lost; nothing is written then.
    pub(in crate::server::conversations) async fn settle_send(
        &mut self,
        row: &Leased<OutboxRow>,
        outcome: &SendOutcome,
    ) -> Result<bool> {
        let tenant = self.tenant_id();
        match outcome {
            SendOutcome::Accepted { wamid } => {
                if self.finish_accepted(vec![(row, wamid)]).await?.is_empty() {
                    return Ok(false);
                }
                self.accepted(row, wamid).await?;
                Ok(true)
            }
            SendOutcome::Held { wamid, fault } => {
                if self.finish_accepted(vec![(row, wamid)]).await?.is_empty() {
                    return Ok(false);
                }
                self.held(row, wamid, fault).await?;
                Ok(true)
            }
            SendOutcome::Retry { due, fault } => self.retry_later(row, *due, fault).await,
            SendOutcome::RateLimited { due, fault } => {
                self.lock_of_row(row).await?;
                channels::slow(&mut self.tx, &tenant, &row.channel_id, *due).await?;
                self.retry_later(row, *due, fault).await
            }
            SendOutcome::Deferred { due } => {
                let rescheduled =
                    outbox::reschedule(&mut self.tx, row, OutboxState::Queued, *due, row.attempts).await?;
                Ok(self.holds_lease(rescheduled))
            }
            SendOutcome::Failed { fault, window_closed } => {
                self.given_up(row, SendEnd::Unsent, fault, Some(*window_closed)).await
            }
            SendOutcome::NoResponse { detail } => {
                self.given_up(row, SendEnd::Unclear, &DeliveryFault::new(None, detail.as_str()), None).await
            }
            SendOutcome::ChannelDown { fault } => {
                let rescheduled =
                    outbox::reschedule(&mut self.tx, row, OutboxState::Queued, self.now, row.attempts).await?;
                if !self.holds_lease(rescheduled) {
                    return Ok(false);
                }
                self.stop_channel(&row.channel_id, *fault).await?;
                Ok(true)
            }
            SendOutcome::Unclear { until } => {
                self.lock_of_row(row).await?;
                let rescheduled =
                    outbox::reschedule(&mut self.tx, row, OutboxState::Unknown, *until, row.attempts + 1).await?;
                if rescheduled == RescheduleOutcome::Waiting {
                    self.deliver(row, Delivery::Unknown, None, None).await?;
                }
                Ok(self.holds_lease(rescheduled))
            }
        }
    }

    /// Locks the conversation of a row before the row and its message are changed, as statuses do: otherwise the two could
    /// deadlock, and the message could be read before a status changes it.
    pub(super) async fn lock_of_row(&mut self, row: &OutboxRow) -> Result<()> {
        self.lock_ahead(BTreeSet::from([row.conversation_id.clone()])).await
    }

    /// Whether the lease was held. If the row was done already, the rows behind it can be sent.
    fn holds_lease(&mut self, rescheduled: RescheduleOutcome) -> bool {
        if rescheduled == RescheduleOutcome::Done {
            self.wake_outbox();
        }
        rescheduled != RescheduleOutcome::Lost
    }

    /// Refused for now. The fault on the message says why it waits and until when.
    async fn retry_later(&mut self, row: &Leased<OutboxRow>, due: Timestamp, fault: &DeliveryFault) -> Result<bool> {
        self.lock_of_row(row).await?;
        let rescheduled = outbox::reschedule(&mut self.tx, row, OutboxState::Queued, due, row.attempts + 1).await?;
        if rescheduled != RescheduleOutcome::Waiting {
            return Ok(self.holds_lease(rescheduled));
        }
        let found = self.stored_record(&row.message_id).await?;
        let Some(mut record) = found.filter(|record| record.delivery == Some(Delivery::Queued)) else {
            return Ok(true);
        };
        record.fault = Some(DeliveryFault { again: Some(due), ..fault.clone() });
        self.change_delivery(record.clone());
        self.lock(&row.conversation_id).await?;
        let event = Event::Delivered { message: record.id, status: Delivery::Queued, code: fault.code, pricing: None };
        self.append(Some(&row.conversation_id), Actor::Meta, event);
        Ok(true)
    }

    async fn given_up(
        &mut self,
        row: &Leased<OutboxRow>,
        end: SendEnd,
        fault: &DeliveryFault,
        window_closed: Option<bool>,
    ) -> Result<bool> {
        let tenant = self.tenant_id();
        self.lock_of_row(row).await?;
        if !outbox::finish(&mut self.tx, row, end).await? {
            return Ok(false);
        }
        // Without this part the rest of a long message makes no sense.
        outbox::finish_message(&mut self.tx, &tenant, &row.message_id).await?;
        self.deliver(row, Delivery::Failed, Some(fault.clone()), window_closed).await?;
        self.wake_outbox();
        Ok(true)
    }

    /// Ends the rows whose sends Meta accepted, and reads what recording them needs. Returns those whose lease was held.
    async fn finish_accepted(&mut self, mut accepted: Vec<(&Leased<OutboxRow>, &Wamid)>) -> Result<HashSet<OutboxId>> {
        // Locked first, as in [`Self::lock_of_row`].
        let conversations = accepted.iter().map(|(row, _)| row.conversation_id.clone()).collect();
        self.lock_ahead(conversations).await?;
        let held = outbox::finish_sent(&mut self.tx, &accepted).await?;
        accepted.retain(|(row, _)| held.contains(&row.id));
        let messages: BTreeSet<&MessageId> = accepted.iter().map(|(row, _)| &row.message_id).collect();
        self.read_sent(&messages.into_iter().collect::<Vec<_>>()).await?;
        let wamids: Vec<(&ChannelId, &Wamid)> = accepted.iter().map(|(row, wamid)| (&row.channel_id, *wamid)).collect();
        let waiting = pending_updates::waiting(&mut self.tx, &wamids).await?;
        self.prefetched.set_waiting(&wamids, &waiting);
        Ok(held)
    }

    /// Meta has accepted a row, which is finished. The next row of its conversation can be sent now.
    async fn accepted(&mut self, row: &OutboxRow, wamid: &Wamid) -> Result<()> {
        self.wake_outbox();
        let Some(mut record) = self.stored_record(&row.message_id).await? else { return Ok(()) };
        let pieces = record.content.calls().len();
        let all_out = self.is_all_out(&row.message_id).await?;
        let known = record.delivery.unwrap_or(Delivery::Queued);
        // During this call a status reported that the previous attempt had failed. This attempt succeeded.
        let other_failed = known == Delivery::Failed && record.wamid.as_ref().is_some_and(|failed| failed != wamid);
        let moved = match all_out {
            true if other_failed && pieces <= 1 => Some(Delivery::Sent),
            true => known.advance(Delivery::Sent),
            false => None,
        };
        if known != Delivery::Failed || moved.is_some() {
            record.wamid = Some(wamid.clone());
            record.fault = None;
        }
        record.delivery = moved.or(record.delivery);
        self.change_delivery(record.clone());
        self.lock(&row.conversation_id).await?;
        if let Some(status) = moved {
            let event = Event::Delivered { message: record.id.clone(), status, code: None, pricing: None };
            self.append(Some(&row.conversation_id), Actor::Meta, event);
        }
        self.sent_takes_control(&row.conversation_id);
        // Statuses may have arrived before the response.
        let mut newest = record.clone();
        if let Some(applied) = self.catch_up_sent(record).await? {
            let piece = usize::try_from(row.ord % 64).ok();
            self.propagate_status(&applied, piece, wamid).await?;
            newest = applied.record;
        }
        if moved.is_some() && newest.delivery.is_some_and(Delivery::is_out) {
            self.reply_sent(&newest).await?;
        }
        Ok(())
    }

    /// Meta has accepted a row and holds it. The message stays queued until a status says that it was sent or failed.
    async fn held(&mut self, row: &OutboxRow, wamid: &Wamid, fault: &DeliveryFault) -> Result<()> {
        self.wake_outbox();
        let Some(mut record) = self.stored_record(&row.message_id).await? else { return Ok(()) };
        let known = record.delivery.unwrap_or(Delivery::Queued);
        record.wamid = Some(wamid.clone());
        if matches!(known, Delivery::Queued | Delivery::Unknown) {
            record.delivery = Some(Delivery::Queued);
            record.fault = Some(fault.clone());
        }
        self.change_delivery(record.clone());
        self.lock(&row.conversation_id).await?;
        let status = record.delivery.unwrap_or(known);
        let event = Event::Delivered { message: record.id.clone(), status, code: None, pricing: None };
        self.append(Some(&row.conversation_id), Actor::Meta, event);
        // Statuses may have arrived before the response.
        if let Some(applied) = self.catch_up_sent(record).await? {
            self.propagate_status(&applied, usize::try_from(row.ord % 64).ok(), wamid).await?;
        }
        Ok(())
    }

    pub(in crate::server::conversations) async fn deliver(
        &mut self,
        row: &OutboxRow,
        status: Delivery,
        fault: Option<DeliveryFault>,
        window_closed: Option<bool>,
    ) -> Result<()> {
        let Some(mut record) = self.stored_record(&row.message_id).await? else { return Ok(()) };
        let Some(next) = record.delivery.unwrap_or(Delivery::Queued).advance(status) else { return Ok(()) };
        record.delivery = Some(next);
        let code = fault.as_ref().and_then(|fault| fault.code);
        record.fault = fault;
        self.change_delivery(record.clone());
        self.lock(&row.conversation_id).await?;
        let event = Event::Delivered { message: record.id.clone(), status: next, code, pricing: None };
        self.append(Some(&row.conversation_id), Actor::Meta, event);
        if window_closed == Some(true) {
            self.append(Some(&row.conversation_id), Actor::Meta, Event::WindowRefused { at: self.now });
        }
        self.after_failure(&record, (next == Delivery::Failed).then_some(self.now)).await
    }
}
