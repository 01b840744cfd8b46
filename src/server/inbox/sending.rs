//! What the outbox asks before a call and reports after it. Whether a row may still be sent is decided here, at the last
//! moment; what its fate means for the message and the conversation, too.

use crate::{
    domain::{
        conversation::State,
        event::{Actor, Event},
        ids::{ChannelId, MessageId, TenantId, Wamid},
        message::{Delivery, Fault},
        time::Timestamp,
    },
    server::store::{
        channels::{self, ChannelRow},
        conversations, customers,
        messages::{self, Record},
        outbox::{self, OutboxRow},
    },
};

use super::{Inbox, InboxError, Result, Work};

/// Marks the user id of a customer record that stands for a WhatsApp group.
pub const GROUP: &str = "group:";

/// Our id as it travels with a message to Meta and back in its statuses.
pub fn callback(message: &MessageId, piece: usize, of: usize) -> String {
    if of <= 1 { message.as_str().to_owned() } else { format!("{message}/{piece}/{of}") }
}

/// A callback, read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub message: MessageId,
    pub is_last: bool,
}

/// Reads a callback of ours; `None` if it is somebody else's.
pub fn piece_of(callback: &str) -> Option<Piece> {
    let mut parts = callback.split('/');
    let message = parts.next().filter(|id| id.starts_with("msg_"))?;
    let is_last = match (parts.next(), parts.next()) {
        (Some(piece), Some(of)) => piece == of,
        _ => true,
    };
    Some(Piece { message: message.into(), is_last })
}

/// Who gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Phone(String),
    UserId(String),
}

/// A row that may be sent now.
#[derive(Clone)]
pub struct Ready {
    pub channel: ChannelRow,
    pub to: Address,
    pub quote: Option<Wamid>,
    pub callback: String,
    pub record: Record,
    /// The customer's record: what the pair limit is counted by.
    pub customer: crate::domain::ids::CustomerId,
}

/// Whether a row may be sent.
pub enum Check {
    Ready(Box<Ready>),
    /// It was settled instead: taken back, or failed with words.
    Settled,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Meta took it.
    Accepted { wamid: Wamid },
    /// Refused for now; to be tried again at `due`.
    Later { due: Timestamp },
    /// Not even tried: our own pace keeps it until `due`. That is no refusal, and none is counted.
    Held { due: Timestamp },
    /// The whole number has to slow down until `due`.
    Slow { due: Timestamp },
    /// Not sent, and never will be.
    Failed { fault: Fault, window_closed: bool },
    /// The number cannot send at all: its queue stops and keeps everything.
    ChannelDown { code: i64 },
    /// It left and no answer came; a status may tell until `until` (invariant 12).
    Unclear { until: Timestamp },
}

const WINDOW_CLOSED: &str =
    "The 24-hour window is closed: WhatsApp takes no free text until the customer writes again.";
const GROUP_UNANSWERED: &str = "Messages of WhatsApp groups are shown but cannot be answered from here.";
const NO_ADDRESS: &str = "This customer has no number and no WhatsApp id to send to.";

impl Inbox {
    /// Looks again, right before the call, whether a taken row may go out.
    pub async fn check_send(&self, row: &OutboxRow, token: &str) -> Result<Check> {
        let mut tx = self.db.begin_read().await?;
        let tenant = &row.tenant_id;
        let stored = conversations::load(&mut tx, tenant, &row.conversation_id).await?.ok_or(InboxError::NotFound)?;
        let record = messages::find(&mut tx, tenant, &row.message_id).await?.ok_or(InboxError::NotFound)?;
        let it = &stored.conversation;
        let customer = customers::find(&mut tx, tenant, &it.customer).await?.ok_or(InboxError::NotFound)?;
        let channel = channels::find(&mut tx, tenant, &row.channel_id).await?.ok_or(InboxError::NotFound)?;
        drop(tx);
        let over = row.epoch.is_some_and(|epoch| it.state != State::Bot || it.epoch.0 != epoch);
        if over || record.delivery == Some(Delivery::Cancelled) {
            self.cancel(row, token).await?;
            return Ok(Check::Settled);
        }
        let misfit = record.content.misfit();
        let refusal = if customer.user_id.as_deref().is_some_and(|user| user.starts_with(GROUP)) {
            Some(GROUP_UNANSWERED)
        } else if !it.window.is_open(self.clock.now()) {
            Some(WINDOW_CLOSED)
        } else {
            misfit.as_deref()
        };
        let to = match (customer.wa_id, customer.user_id) {
            (Some(phone), _) => Ok(Address::Phone(phone)),
            (None, Some(user)) => Ok(Address::UserId(user)),
            (None, None) => Err(NO_ADDRESS),
        };
        let to = match (refusal, to) {
            (None, Ok(to)) => to,
            (Some(words), _) | (None, Err(words)) => {
                let fault = Fault { code: None, words: words.to_owned() };
                self.settle_send(row, token, Fate::Failed { fault, window_closed: false }).await?;
                return Ok(Check::Settled);
            }
        };
        let pieces = record.content.pieces().len();
        let piece = usize::try_from(row.ord % 64).unwrap_or(0);
        Ok(Check::Ready(Box::new(Ready {
            channel,
            to,
            // Only the first bubble quotes; the rest follow it.
            quote: record.quote.clone().filter(|_| piece == 0),
            callback: callback(&record.id, piece + 1, pieces),
            customer: it.customer.clone(),
            record,
        })))
    }

    async fn cancel(&self, row: &OutboxRow, token: &str) -> Result<()> {
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(&row.tenant_id).await?;
                if !outbox::finish(&mut work.tx, &row.id, token).await? {
                    return Ok(());
                }
                work.deliver(row, Delivery::Cancelled, None, None).await?;
                self.commit(work).await
            })
        })
        .await
    }

    /// Writes down what became of a taken row. A worker whose lease was lost changes nothing.
    pub async fn settle_send(&self, row: &OutboxRow, token: &str, fate: Fate) -> Result<()> {
        let fate = &fate;
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(&row.tenant_id).await?;
                if !work.settle_send(row, token, fate).await? {
                    return Ok(());
                }
                self.commit(work).await
            })
        })
        .await
    }

    /// An answer never came and neither did a status: the bot's and the tenant's words are sent once more, marked; an
    /// agent decides for their own (invariant 12). Returns whether the row is to be sent now.
    pub async fn after_silence(&self, row: &OutboxRow, token: &str) -> Result<bool> {
        let tenant = &row.tenant_id;
        let mut tx = self.db.begin_read().await?;
        let record = messages::find(&mut tx, tenant, &row.message_id).await?.ok_or(InboxError::NotFound)?;
        drop(tx);
        let by_person = row.author == "agent";
        if by_person || record.resent {
            let words = if by_person {
                "WhatsApp did not answer. The customer may have it or not: look at the chat, then send it again if needed."
            } else {
                "WhatsApp did not answer, twice. The customer may have it or not."
            };
            let fault = Fault { code: None, words: words.to_owned() };
            self.settle_send(row, token, Fate::Failed { fault, window_closed: false }).await?;
            return Ok(false);
        }
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(tenant).await?;
                if let Some(mut record) = messages::find(&mut work.tx, tenant, &row.message_id).await? {
                    record.resent = true;
                    record.delivery = Some(Delivery::Queued);
                    messages::save(&mut work.tx, tenant, &record).await?;
                    work.lock(&row.conversation_id).await?;
                    work.append(Some(&row.conversation_id), Actor::System, Event::Resent { message: record.id });
                }
                self.commit(work).await
            })
        })
        .await?;
        Ok(true)
    }

    /// A number works again: its queue goes on.
    pub async fn channel_up(&self, tenant: &TenantId, channel: &ChannelId) -> Result<()> {
        let mut tx = self.db.begin_write().await?;
        channels::set_down(&mut tx, tenant, channel, None).await?;
        tx.commit().await?;
        self.bus.bells().outbox.notify_one();
        Ok(())
    }
}

impl Work {
    async fn settle_send(&mut self, row: &OutboxRow, token: &str, fate: &Fate) -> Result<bool> {
        let tenant = self.tenant_id();
        match fate {
            Fate::Accepted { wamid } => {
                if !outbox::finish(&mut self.tx, &row.id, token).await? {
                    return Ok(false);
                }
                let open = outbox::open_of_message(&mut self.tx, &tenant, &row.message_id).await?;
                let delivery = (open == 0).then_some(Delivery::Sent);
                self.accepted(row, wamid, delivery).await?;
                // The next row of this conversation may go now.
                self.ring_outbox();
                Ok(true)
            }
            Fate::Later { due } => {
                Ok(outbox::put_back(&mut self.tx, &row.id, token, "queued", *due, row.attempts + 1).await?)
            }
            Fate::Held { due } => {
                Ok(outbox::put_back(&mut self.tx, &row.id, token, "queued", *due, row.attempts).await?)
            }
            Fate::Slow { due } => {
                outbox::slow(&mut self.tx, &row.channel_id, *due).await?;
                Ok(outbox::put_back(&mut self.tx, &row.id, token, "queued", *due, row.attempts + 1).await?)
            }
            Fate::Failed { fault, window_closed } => {
                if !outbox::finish(&mut self.tx, &row.id, token).await? {
                    return Ok(false);
                }
                // What is left of a long message would make no sense without this piece.
                outbox::finish_message(&mut self.tx, &tenant, &row.message_id).await?;
                self.deliver(row, Delivery::Failed, Some(fault.clone()), Some(*window_closed)).await?;
                self.ring_outbox();
                Ok(true)
            }
            Fate::ChannelDown { code } => {
                if !outbox::put_back(&mut self.tx, &row.id, token, "queued", self.now, row.attempts).await? {
                    return Ok(false);
                }
                if channels::set_down(&mut self.tx, &tenant, &row.channel_id, Some((*code, self.now))).await? {
                    tracing::error!(channel = %row.channel_id, code, "the number cannot send; its queue waits");
                    let event = Event::ChannelTrouble { channel: row.channel_id.clone(), code: Some(*code) };
                    self.append(None, Actor::Meta, event);
                }
                Ok(true)
            }
            Fate::Unclear { until } => {
                if !outbox::put_back(&mut self.tx, &row.id, token, "unknown", *until, row.attempts + 1).await? {
                    return Ok(false);
                }
                self.deliver(row, Delivery::Unknown, None, None).await?;
                Ok(true)
            }
        }
    }

    async fn accepted(&mut self, row: &OutboxRow, wamid: &Wamid, delivery: Option<Delivery>) -> Result<()> {
        let tenant = self.tenant_id();
        let Some(mut record) = messages::find(&mut self.tx, &tenant, &row.message_id).await? else { return Ok(()) };
        record.wamid = Some(wamid.clone());
        let moved = delivery.and_then(|delivery| record.delivery.unwrap_or(Delivery::Queued).advance(delivery));
        if let Some(moved) = moved {
            record.delivery = Some(moved);
        }
        messages::save(&mut self.tx, &tenant, &record).await?;
        self.lock(&row.conversation_id).await?;
        if let Some(status) = moved {
            let event = Event::Delivered { message: record.id.clone(), status, code: None };
            self.append(Some(&row.conversation_id), Actor::Meta, event);
        }
        // Statuses may have overtaken the answer.
        if let Some(told) = self.catch_up_sent(record).await? {
            self.after_failure(&told.record, told.failed)?;
        }
        Ok(())
    }

    async fn deliver(
        &mut self,
        row: &OutboxRow,
        news: Delivery,
        fault: Option<Fault>,
        window_closed: Option<bool>,
    ) -> Result<()> {
        let tenant = self.tenant_id();
        let Some(mut record) = messages::find(&mut self.tx, &tenant, &row.message_id).await? else { return Ok(()) };
        let Some(next) = record.delivery.unwrap_or(Delivery::Queued).advance(news) else { return Ok(()) };
        record.delivery = Some(next);
        let code = fault.as_ref().and_then(|fault| fault.code);
        record.fault = fault;
        messages::save(&mut self.tx, &tenant, &record).await?;
        self.lock(&row.conversation_id).await?;
        let event = Event::Delivered { message: record.id.clone(), status: next, code };
        self.append(Some(&row.conversation_id), Actor::Meta, event);
        if window_closed == Some(true) {
            self.append(Some(&row.conversation_id), Actor::Meta, Event::WindowRefused { at: self.now });
        }
        self.after_failure(&record, next == Delivery::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_comes_back_as_what_it_was() {
        let message = MessageId::from("msg_1");
        assert_eq!(piece_of(&callback(&message, 1, 1)), Some(Piece { message: message.clone(), is_last: true }));
        assert_eq!(piece_of(&callback(&message, 1, 3)), Some(Piece { message: message.clone(), is_last: false }));
        assert_eq!(piece_of(&callback(&message, 3, 3)), Some(Piece { message, is_last: true }));
        assert_eq!(piece_of("campaign-7"), None);
    }
}
