//! Whether taken rows may be sent: what the tables know about them, each read once, and the decision, which is pure.

use std::collections::{BTreeSet, HashMap};

use crate::{
    domain::{
        ids::{ChannelId, ConversationId, CustomerId, MessageId, TenantId},
        message::{
            Delivery,
            outgoing::{OutgoingMessage, Recipient},
        },
        time::Timestamp,
    },
    server::{
        conversations::Result,
        store::{
            Leased, Tx,
            channels::{self, ChannelRow},
            conversations::{self, ConversationRow},
            customers::{self, CustomerRow},
            messages::{self, MessageRow},
            outbox::OutboxRow,
        },
    },
};

use super::sending::{GROUP, Ready, SendDecision, callback, is_over};

const WINDOW_CLOSED: &str =
    "The 24-hour reply window is closed. You can only send a template until the customer writes again.";
const BLOCKED: &str = "Not sent: the customer is blocked. Unblock them in Details.";
const GROUP_UNANSWERED: &str = "You can read WhatsApp group messages here, but you can't reply to them.";
const NOT_SENDABLE: &str = "Handoff can't send this kind of message.";
const NO_ADDRESS: &str = "This customer has no phone number or WhatsApp ID to send to.";

/// What the tables know about some rows.
pub(super) struct KnownOfSends {
    conversations: HashMap<ConversationId, ConversationRow>,
    records: HashMap<MessageId, MessageRow>,
    customers: HashMap<CustomerId, CustomerRow>,
    channels: HashMap<ChannelId, ChannelRow>,
}

impl KnownOfSends {
    pub(super) async fn read(tx: &mut Tx, tenant: &TenantId, rows: &[&Leased<OutboxRow>]) -> Result<Self> {
        let ids: BTreeSet<&ConversationId> = rows.iter().map(|row| &row.conversation_id).collect();
        let ids: Vec<&ConversationId> = ids.into_iter().collect();
        let mut conversations = HashMap::with_capacity(ids.len());
        for stored in conversations::load_all(tx, tenant, &ids).await? {
            conversations.insert(stored.conversation.id.clone(), stored);
        }
        let ids: BTreeSet<&MessageId> = rows.iter().map(|row| &row.message_id).collect();
        let ids: Vec<&MessageId> = ids.into_iter().collect();
        let mut records = HashMap::with_capacity(ids.len());
        for record in messages::by_ids(tx, tenant, &ids).await? {
            records.insert(record.id.clone(), record);
        }
        let ids: BTreeSet<&str> = conversations.values().map(|stored| stored.conversation.customer.as_str()).collect();
        let ids: Vec<&str> = ids.into_iter().collect();
        let mut customers = HashMap::with_capacity(ids.len());
        for customer in customers::by_ids(tx, tenant, &ids).await? {
            customers.insert(customer.id.clone(), customer);
        }
        let ids: BTreeSet<&ChannelId> = rows.iter().map(|row| &row.channel_id).collect();
        let ids: Vec<&ChannelId> = ids.into_iter().collect();
        let mut channels = HashMap::with_capacity(ids.len());
        for channel in channels::by_ids(tx, tenant, &ids).await? {
            channels.insert(channel.id.clone(), channel);
        }
        Ok(Self { conversations, records, customers, channels })
    }

    /// `None` if something that the row needs no longer exists.
    pub(super) fn decide(&self, row: &OutboxRow, now: Timestamp) -> Option<SendDecision> {
        let it = &self.conversations.get(&row.conversation_id)?.conversation;
        let record = self.records.get(&row.message_id)?;
        let customer = self.customers.get(&it.customer)?;
        let channel = self.channels.get(&row.channel_id)?;
        if is_over(row, it) || record.delivery == Some(Delivery::Cancelled) {
            return Some(SendDecision::Cancel);
        }
        let outgoing = OutgoingMessage::of(&record.content);
        let passes_closed_window = outgoing.as_ref().is_some_and(OutgoingMessage::passes_closed_window);
        let violation = outgoing.as_ref().and_then(OutgoingMessage::violation);
        let mut calls = outgoing.map(OutgoingMessage::calls).unwrap_or_default();
        let pieces = calls.len();
        let arrived =
            matches!(record.delivery, Some(Delivery::Sent | Delivery::Delivered | Delivery::Read | Delivery::Played));
        if record.delivery == Some(Delivery::Failed) || (arrived && pieces <= 1) {
            // A status arrived before this row was settled. It stands, and a call would send the message twice.
            return Some(SendDecision::Drop);
        }
        let message = match row.body.as_str() {
            "" => calls.drain(..).next().ok_or(NOT_SENDABLE),
            text => Ok(OutgoingMessage::text(text)),
        };
        let refusal = if customer.user_id.as_deref().is_some_and(|user| user.starts_with(GROUP)) {
            Some(GROUP_UNANSWERED)
        } else if customer.blocked {
            Some(BLOCKED)
        } else if !it.window.is_open(now) && !passes_closed_window {
            Some(WINDOW_CLOSED)
        } else {
            violation.as_deref()
        };
        let to = Recipient::of(customer.wa_id.clone(), customer.user_id.clone()).ok_or(NO_ADDRESS);
        let (to, message) = match (refusal, to, message) {
            (None, Ok(to), Ok(message)) => (to, message),
            (Some(detail), ..) | (None, Err(detail), _) | (None, Ok(_), Err(detail)) => {
                return Some(SendDecision::Refuse(detail.to_owned()));
            }
        };
        let piece = usize::try_from(row.ord % 64).unwrap_or(0);
        Some(SendDecision::Send(Box::new(Ready {
            channel: channel.clone(),
            to,
            // Only the first part quotes a message.
            quote: record.quote.clone().filter(|_| piece == 0),
            callback: callback(&record.id, piece + 1, pieces),
            message,
            customer: it.customer.clone(),
        })))
    }
}
