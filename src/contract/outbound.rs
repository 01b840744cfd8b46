//! New conversations that agents begin: what their page shows, and what it sends.

use serde::{Deserialize, Serialize};

use super::templates::TemplateSend;
use crate::domain::{
    ids::{ChannelId, ConversationId, CustomerId, MessageId},
    outbound::{FirstRecipient, OptIn},
    time::Timestamp,
};

/// What the page of a new conversation shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundPage {
    pub channels: Vec<OutboundChannel>,
    /// The customer of the conversation that the page's address names, and its number. `None`: it names nobody, or somebody
    /// who is not there any more.
    pub customer: Option<OutboundCustomer>,
    pub channel: Option<ChannelId>,
    /// First messages that WhatsApp did not deliver, newest first.
    pub failed: Vec<FailedFirst>,
}

/// A number of the business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundChannel {
    pub id: ChannelId,
    pub name: String,
    pub phone: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundCustomer {
    pub id: CustomerId,
    pub name: String,
    /// With `+`; `None` if WhatsApp hides it.
    pub phone: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedFirst {
    pub conversation: ConversationId,
    pub message: MessageId,
    pub at: Timestamp,
    /// Who wrote.
    pub agent: String,
    pub name: String,
    /// With `+`; `None` if WhatsApp hides it.
    pub phone: Option<String>,
    pub channel_name: String,
    pub reason: String,
}

/// A first message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstMessage {
    pub channel: ChannelId,
    pub to: FirstRecipient,
    pub opt_in: OptIn,
    /// Its `client_id` makes a repeated call find the conversation of the first one.
    pub template: TemplateSend,
}
