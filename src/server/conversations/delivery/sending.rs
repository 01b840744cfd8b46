//! What the outbox asks before a call and reports after it: whether a row may still be sent, decided right before the
//! call, and what the outcome means for message and conversation.

use crate::{
    domain::{
        codes::ChannelFault,
        conversation::{Conversation, State},
        event::{Actor, Event},
        ids::{ChannelId, MessageId, TenantId, Wamid},
        message::{
            Delivery, DeliveryFault,
            outgoing::{OutgoingMessage, Recipient},
        },
        time::Timestamp,
    },
    server::store::{
        Leased,
        channels::{self, ChannelRow},
        conversations, messages,
        outbox::{self, OutboxRow, SendEnd, Sender},
    },
};

use super::send_decision::KnownOfSends;
use crate::server::conversations::{ConversationError, Conversations, Result};

/// Prefix of the user id of a customer record that stands for a WhatsApp group.
pub const GROUP: &str = "group:";

/// Our id of a message, which is sent to Meta and comes back in its statuses.
pub fn callback(message: &MessageId, piece: usize, of: usize) -> String {
    if of <= 1 { message.as_str().to_owned() } else { format!("{message}/{piece}/{of}") }
}

/// A parsed callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePiece {
    pub message: MessageId,
    /// Counted from 0.
    pub index: usize,
    pub of: usize,
}

impl MessagePiece {
    pub fn is_last(&self) -> bool {
        self.index + 1 == self.of
    }
}

/// Parses a callback; `None` if it is not ours.
pub fn piece_of(callback: &str) -> Option<MessagePiece> {
    let mut parts = callback.split('/');
    let message = parts.next().filter(|id| id.starts_with("msg_"))?.into();
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok()).filter(|number| *number > 0);
    Some(match (number(), number()) {
        (Some(piece), Some(of)) if piece <= of => MessagePiece { message, index: piece - 1, of },
        _ => MessagePiece { message, index: 0, of: 1 },
    })
}

/// A row that may be sent now.
#[derive(Clone)]
pub struct Ready {
    pub channel: ChannelRow,
    pub to: Recipient,
    pub quote: Option<Wamid>,
    pub callback: String,
    /// The one message of WhatsApp that this row sends.
    pub message: OutgoingMessage,
    /// The customer's record, by which the pair limit counts.
    pub customer: crate::domain::ids::CustomerId,
}

/// What is decided of a taken row.
pub enum SendDecision {
    Send(Box<Ready>),
    /// An agent has taken over since.
    Cancel,
    /// A status said what became of it.
    Drop,
    /// The reason, for agents.
    Refuse(String),
}

/// Whether a row may be sent.
pub enum Check {
    Ready(Box<Ready>),
    /// It was settled instead: cancelled, or failed with an explanation.
    Settled,
}

/// The outcome of a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// Meta accepted it.
    Accepted { wamid: Wamid },
    /// Meta accepted it and holds it, because it paces the template. A status will say what becomes of it.
    Held { wamid: Wamid, fault: DeliveryFault },
    /// Refused for now. It is tried again at `due`.
    Retry { due: Timestamp, fault: DeliveryFault },
    /// Not attempted: our own rate limit or an error on our side holds it until `due`. This is not counted as an
    /// attempt.
    Deferred { due: Timestamp },
    /// The whole number has to slow down until `due`.
    RateLimited { due: Timestamp, fault: DeliveryFault },
    /// Not sent, and it will not be tried again.
    Failed { fault: DeliveryFault, window_closed: bool },
    /// The number cannot send at all. Its queue stops and keeps all rows.
    ChannelDown { fault: ChannelFault },
    /// The request was sent and no response came. A status may report the outcome until `until` (promise 12).
    Unclear { until: Timestamp },
    /// The request was sent, no response came, and the wait is over.
    NoResponse { detail: String },
}

const NO_RESPONSE: &str =
    "WhatsApp didn't respond. The message may or may not have arrived: check the chat, then send it again if needed.";
const NO_RESPONSE_TWICE: &str = "WhatsApp didn't respond twice. The message may or may not have arrived.";
const NO_RESPONSE_TAKEN_OVER: &str =
    "WhatsApp didn't respond, and an agent took over. The message may or may not have arrived.";

/// Whether a row of the bot's is from a turn that has ended, because an agent has taken over since.
pub(super) fn is_over(row: &OutboxRow, it: &Conversation) -> bool {
    row.epoch.is_some_and(|epoch| it.state != State::Bot || it.epoch.0 != epoch)
}

impl SendOutcome {
    /// Whether it concerns its row and message only, so that many such outcomes are recorded in one transaction.
    pub fn is_plain(&self) -> bool {
        match self {
            Self::Accepted { .. } | Self::Deferred { .. } => true,
            Self::Held { .. }
            | Self::Retry { .. }
            | Self::RateLimited { .. }
            | Self::Failed { .. }
            | Self::ChannelDown { .. }
            | Self::Unclear { .. }
            | Self::NoResponse { .. } => false,
        }
    }
}

impl Conversations {
    /// Decides right before the call whether a taken row may be sent.
    pub async fn check_send(&self, row: &Leased<OutboxRow>) -> Result<Check> {
        let decision = self.decide_sends(&row.tenant_id, &[row]).await?.pop().ok_or(ConversationError::NotFound)?;
        self.carry_out(row, decision?).await
    }

    /// Decides right before the calls which of these taken rows of a tenant may be sent. What is decided of each is
    /// [carried out](Self::carry_out) by its own task.
    pub async fn decide_sends(
        &self,
        tenant: &TenantId,
        rows: &[&Leased<OutboxRow>],
    ) -> Result<Vec<Result<SendDecision>>> {
        let mut tx = self.db.begin_read().await?;
        let known = KnownOfSends::read(&mut tx, tenant, rows).await?;
        drop(tx);
        let now = self.clock.now();
        Ok(rows.iter().map(|row| known.decide(row, now).ok_or(ConversationError::NotFound)).collect())
    }

    /// Settles a row that must not be sent.
    pub async fn carry_out(&self, row: &Leased<OutboxRow>, decision: SendDecision) -> Result<Check> {
        match decision {
            SendDecision::Send(ready) => return Ok(Check::Ready(ready)),
            SendDecision::Cancel => self.cancel(row).await?,
            SendDecision::Drop => self.drop_row(row).await?,
            SendDecision::Refuse(detail) => {
                let fault = DeliveryFault::new(None, detail);
                self.settle_send(row, SendOutcome::Failed { fault, window_closed: false }).await?;
            }
        }
        Ok(Check::Settled)
    }

    async fn cancel(&self, row: &Leased<OutboxRow>) -> Result<()> {
        self.transact(&row.tenant_id, move |mut work| async move {
            work.lock_of_row(row).await?;
            if !outbox::finish(&mut work.tx, row, SendEnd::Unsent).await? {
                return work.discard(());
            }
            work.deliver(row, Delivery::Cancelled, None, None).await?;
            work.done()
        })
        .await
    }

    async fn drop_row(&self, row: &Leased<OutboxRow>) -> Result<()> {
        let mut tx = self.db.begin_write().await?;
        outbox::finish(&mut tx, row, SendEnd::Unsent).await?;
        tx.commit().await?;
        self.bus.wakeups().outbox.notify_one();
        Ok(())
    }

    /// Records the outcome of a taken row. Nothing is written if the lease was lost.
    pub async fn settle_send(&self, row: &Leased<OutboxRow>, outcome: SendOutcome) -> Result<()> {
        let outcome = &outcome;
        self.transact(&row.tenant_id, move |mut work| async move {
            if !work.settle_send(row, outcome).await? {
                return work.discard(());
            }
            work.done()
        })
        .await
    }

    /// Handles a row for which neither a response nor a status came. Messages of the bot and the tenant are sent once
    /// more and marked; for an agent's message the agent decides; the bot's messages are dropped once an agent has the
    /// conversation (promises 3 and 12).
    ///
    /// Returns whether the row is to be sent now.
    pub async fn after_no_response(&self, row: &Leased<OutboxRow>) -> Result<bool> {
        let tenant = &row.tenant_id;
        let mut tx = self.db.begin_read().await?;
        let record = messages::find(&mut tx, tenant, &row.message_id).await?;
        let stored =
            conversations::load(&mut tx, tenant, &row.conversation_id).await?.ok_or(ConversationError::NotFound)?;
        drop(tx);
        let detail = match row.author {
            Sender::Agent => Some(NO_RESPONSE),
            // An erased message is not sent a second time either.
            Sender::Bot | Sender::System if record.as_ref().is_none_or(|record| record.resent) => {
                Some(NO_RESPONSE_TWICE)
            }
            Sender::Bot | Sender::System if is_over(row, &stored.conversation) => Some(NO_RESPONSE_TAKEN_OVER),
            Sender::Bot | Sender::System => None,
        };
        if let Some(detail) = detail {
            self.settle_send(row, SendOutcome::NoResponse { detail: detail.to_owned() }).await?;
            return Ok(false);
        }
        self.transact(tenant, move |mut work| async move {
            work.lock_of_row(row).await?;
            if let Some(mut record) = messages::find(&mut work.tx, tenant, &row.message_id).await? {
                record.resent = true;
                record.delivery = Some(Delivery::Queued);
                messages::save(&mut work.tx, tenant, &record).await?;
                work.lock(&row.conversation_id).await?;
                work.append(Some(&row.conversation_id), Actor::System, Event::Resent { message: record.id });
            }
            work.done()
        })
        .await?;
        Ok(true)
    }

    /// Resumes a number that works again.
    pub async fn channel_up(&self, tenant: &TenantId, channel: &ChannelId) -> Result<()> {
        let mut tx = self.db.begin_write().await?;
        channels::set_down(&mut tx, tenant, channel, None).await?;
        tx.commit().await?;
        self.bus.wakeups().outbox.notify_one();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_are_formatted_and_parsed_back() {
        let message = MessageId::from("msg_1");
        for (piece, of) in [(1, 1), (1, 3), (3, 3)] {
            let read = MessagePiece { message: message.clone(), index: piece - 1, of };
            assert_eq!(piece_of(&callback(&message, piece, of)), Some(read));
        }
        assert_eq!(piece_of("msg_1/0/3"), Some(MessagePiece { message: message.clone(), index: 0, of: 1 }));
        assert_eq!(piece_of("msg_1/4/3"), Some(MessagePiece { message, index: 0, of: 1 }));
        assert_eq!(piece_of("campaign-7"), None);
    }
}
