//! What the outbox asks before a call and reports after it. Whether a row may still be sent is decided here, at the last
//! moment, and what its outcome means for message and conversation.

use crate::{
    domain::{
        conversation::{Conversation, State},
        event::{Actor, Event},
        ids::{ChannelId, MessageId, TenantId, Wamid},
        message::{
            Delivery, Fault,
            outgoing::{OutgoingMessage, Recipient},
        },
        time::Timestamp,
    },
    server::store::{
        Leased,
        channels::{self, ChannelRow},
        conversations, customers, messages,
        outbox::{self, End, OutboxRow, Sender},
    },
};

use crate::server::conversations::{ConversationError, Conversations, Result};

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
    /// Counted from 0.
    pub index: usize,
    pub of: usize,
}

impl Piece {
    pub fn is_last(&self) -> bool {
        self.index + 1 == self.of
    }
}

/// Reads a callback of ours; `None` if it is somebody else's.
pub fn piece_of(callback: &str) -> Option<Piece> {
    let mut parts = callback.split('/');
    let message = parts.next().filter(|id| id.starts_with("msg_"))?.into();
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok()).filter(|number| *number > 0);
    Some(match (number(), number()) {
        (Some(piece), Some(of)) if piece <= of => Piece { message, index: piece - 1, of },
        _ => Piece { message, index: 0, of: 1 },
    })
}

/// A row that may be sent now.
#[derive(Clone)]
pub struct Ready {
    pub channel: ChannelRow,
    pub to: Recipient,
    pub quote: Option<Wamid>,
    pub callback: String,
    /// The one call that this row stands for.
    pub message: OutgoingMessage,
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
pub enum SendOutcome {
    /// Meta took it.
    Accepted { wamid: Wamid },
    /// Refused for now; to be tried again at `due`.
    Later { due: Timestamp, fault: Fault },
    /// Not even tried: our own pace or a trouble of ours keeps it until `due`. That is no refusal, and none is counted.
    Held { due: Timestamp },
    /// The whole number has to slow down until `due`.
    Slow { due: Timestamp, fault: Fault },
    /// Not sent, and never will be.
    Failed { fault: Fault, window_closed: bool },
    /// The number cannot send at all: its queue stops and keeps everything.
    ChannelDown { code: i64 },
    /// It left and no answer came; a status may tell until `until` (invariant 12).
    Unclear { until: Timestamp },
    /// It left, no answer came, and it is waited for no longer.
    Silent { words: String },
}

const WINDOW_CLOSED: &str =
    "The 24-hour reply window is closed. You can only send a template until the customer writes again.";
const GROUP_UNANSWERED: &str = "You can read WhatsApp group messages here, but you can't reply to them.";
const SILENT: &str =
    "WhatsApp didn't respond. The message may or may not have arrived: check the chat, then send it again if needed.";
const SILENT_TWICE: &str = "WhatsApp didn't respond twice. The message may or may not have arrived.";
const SILENT_BOT: &str = "WhatsApp didn't respond, and an agent took over. The message may or may not have arrived.";
const NOT_SENDABLE: &str = "Handoff can't send this kind of message.";
const NO_ADDRESS: &str = "This customer has no phone number or WhatsApp ID to send to.";

/// Whether a row of the bot's comes from a turn that is over: a person came in since.
fn is_over(row: &OutboxRow, it: &Conversation) -> bool {
    row.epoch.is_some_and(|epoch| it.state != State::Bot || it.epoch.0 != epoch)
}

impl Conversations {
    /// Looks again, right before the call, whether a taken row may go out.
    pub async fn check_send(&self, row: &Leased<OutboxRow>) -> Result<Check> {
        let mut tx = self.db.begin_read().await?;
        let tenant = &row.tenant_id;
        let stored =
            conversations::load(&mut tx, tenant, &row.conversation_id).await?.ok_or(ConversationError::NotFound)?;
        let record = messages::find(&mut tx, tenant, &row.message_id).await?.ok_or(ConversationError::NotFound)?;
        let it = &stored.conversation;
        let customer = customers::find(&mut tx, tenant, &it.customer).await?.ok_or(ConversationError::NotFound)?;
        let channel = channels::find(&mut tx, tenant, &row.channel_id).await?.ok_or(ConversationError::NotFound)?;
        drop(tx);
        if is_over(row, it) || record.delivery == Some(Delivery::Cancelled) {
            self.cancel(row).await?;
            return Ok(Check::Settled);
        }
        let outgoing = OutgoingMessage::of(&record.content);
        let violation = outgoing.as_ref().and_then(OutgoingMessage::violation);
        let mut calls = outgoing.map(OutgoingMessage::calls).unwrap_or_default();
        let pieces = calls.len();
        let arrived =
            matches!(record.delivery, Some(Delivery::Sent | Delivery::Delivered | Delivery::Read | Delivery::Played));
        if record.delivery == Some(Delivery::Failed) || (arrived && pieces <= 1) {
            // A status was quicker than the row: what it said stands, and the call would be one too many.
            self.drop_row(row).await?;
            return Ok(Check::Settled);
        }
        let message = match row.body.as_str() {
            "" => calls.drain(..).next().ok_or(NOT_SENDABLE),
            text => Ok(OutgoingMessage::text(text)),
        };
        let refusal = if customer.user_id.as_deref().is_some_and(|user| user.starts_with(GROUP)) {
            Some(GROUP_UNANSWERED)
        } else if !it.window.is_open(self.clock.now()) {
            Some(WINDOW_CLOSED)
        } else {
            violation.as_deref()
        };
        let to = match (customer.wa_id, customer.user_id) {
            (Some(phone), _) => Ok(Recipient::Phone(phone)),
            (None, Some(user)) => Ok(Recipient::UserId(user)),
            (None, None) => Err(NO_ADDRESS),
        };
        let (to, message) = match (refusal, to, message) {
            (None, Ok(to), Ok(message)) => (to, message),
            (Some(words), ..) | (None, Err(words), _) | (None, Ok(_), Err(words)) => {
                let fault = Fault::new(None, words);
                self.settle_send(row, SendOutcome::Failed { fault, window_closed: false }).await?;
                return Ok(Check::Settled);
            }
        };
        let piece = usize::try_from(row.ord % 64).unwrap_or(0);
        Ok(Check::Ready(Box::new(Ready {
            channel,
            to,
            // Only the first bubble quotes; the rest follow it.
            quote: record.quote.clone().filter(|_| piece == 0),
            callback: callback(&record.id, piece + 1, pieces),
            message,
            customer: it.customer.clone(),
        })))
    }

    async fn cancel(&self, row: &Leased<OutboxRow>) -> Result<()> {
        self.transact(&row.tenant_id, move |mut work| async move {
            if !outbox::finish(&mut work.tx, row, End::Unsent).await? {
                return work.discard(());
            }
            work.deliver(row, Delivery::Cancelled, None, None).await?;
            work.done()
        })
        .await
    }

    async fn drop_row(&self, row: &Leased<OutboxRow>) -> Result<()> {
        let mut tx = self.db.begin_write().await?;
        outbox::finish(&mut tx, row, End::Unsent).await?;
        tx.commit().await?;
        self.bus.wakeups().outbox.notify_one();
        Ok(())
    }

    /// Writes down what became of a taken row. A worker whose lease was lost changes nothing.
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

    /// An answer never came and neither did a status: the bot's and the tenant's words are sent once more, marked; an
    /// agent decides for their own, and once a person has the conversation the bot's words are over (invariants 3 and 12). Returns whether the row is to be sent now.
    pub async fn after_silence(&self, row: &Leased<OutboxRow>) -> Result<bool> {
        let tenant = &row.tenant_id;
        let mut tx = self.db.begin_read().await?;
        let record = messages::find(&mut tx, tenant, &row.message_id).await?;
        let stored =
            conversations::load(&mut tx, tenant, &row.conversation_id).await?.ok_or(ConversationError::NotFound)?;
        drop(tx);
        let words = match row.author {
            Sender::Agent => Some(SILENT),
            // Of a message that was erased, too, there is no second time.
            Sender::Bot | Sender::System if record.as_ref().is_none_or(|record| record.resent) => Some(SILENT_TWICE),
            Sender::Bot | Sender::System if is_over(row, &stored.conversation) => Some(SILENT_BOT),
            Sender::Bot | Sender::System => None,
        };
        if let Some(words) = words {
            self.settle_send(row, SendOutcome::Silent { words: words.to_owned() }).await?;
            return Ok(false);
        }
        self.transact(tenant, move |mut work| async move {
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

    /// A number works again: its queue goes on.
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
    fn a_callback_comes_back_as_what_it_was() {
        let message = MessageId::from("msg_1");
        for (piece, of) in [(1, 1), (1, 3), (3, 3)] {
            let read = Piece { message: message.clone(), index: piece - 1, of };
            assert_eq!(piece_of(&callback(&message, piece, of)), Some(read));
        }
        assert_eq!(piece_of("msg_1/0/3"), Some(Piece { message: message.clone(), index: 0, of: 1 }));
        assert_eq!(piece_of("msg_1/4/3"), Some(Piece { message, index: 0, of: 1 }));
        assert_eq!(piece_of("campaign-7"), None);
    }
}
