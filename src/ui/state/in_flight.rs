//! Replies that are being sent.

use crate::domain::{
    ids::{ConversationId, MessageId},
    message::reply::ReplyKind,
};

/// A reply that is being sent. It outlives the pane that it was written in: an agent who comes back to the conversation
/// before the response arrives, and presses Enter, must not send it twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    pub conversation: ConversationId,
    pub client_id: String,
    pub kind: ReplyKind,
    pub body: String,
    pub quote: Option<MessageId>,
}
