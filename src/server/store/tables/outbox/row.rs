//! A row of the outbox, and its states.

use sqlx::FromRow;

use super::super::{Result, RowId, StoreError};
use crate::domain::{
    ids::{ChannelId, ConversationId, MessageId, OutboxId, TenantId},
    variant_names::variant_names,
};

/// The state of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxState {
    Queued,
    /// A worker has taken it. If the lease has expired, the worker failed between the call and its response.
    Sending,
    /// The response of the call was lost; a status may still report the outcome.
    Unknown,
    Done,
}

variant_names!(OutboxState {
    Queued => "queued",
    Sending => "sending",
    Unknown => "unknown",
    Done => "done",
});

/// The known outcome of a row's call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    Sent,
    Failed,
    /// Given up without a response.
    Unclear,
}

variant_names!(AttemptOutcome {
    Sent => "sent",
    Failed => "failed",
    Unclear => "unclear",
});

/// Who wrote the message of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    Bot,
    Agent,
    System,
}

variant_names!(Sender {
    Bot => "bot",
    Agent => "agent",
    System => "system",
});

#[derive(Clone, Debug)]
pub struct OutboxRow {
    pub id: OutboxId,
    pub tenant_id: TenantId,
    pub channel_id: ChannelId,
    pub conversation_id: ConversationId,
    pub message_id: MessageId,
    pub ord: i64,
    pub author: Sender,
    pub epoch: Option<i64>,
    /// The text of this part, if a long message has several rows. Empty: the message's whole content.
    pub body: String,
    pub state: OutboxState,
    pub due_at: i64,
    pub attempts: i64,
    pub created_at: i64,
}

#[derive(FromRow)]
pub(super) struct RawOutbox {
    id: String,
    tenant_id: String,
    channel_id: String,
    conversation_id: String,
    message_id: String,
    ord: i64,
    author: String,
    epoch: Option<i64>,
    body: String,
    state: String,
    due_at: i64,
    attempts: i64,
    created_at: i64,
}

impl TryFrom<RawOutbox> for OutboxRow {
    type Error = StoreError;
    fn try_from(row: RawOutbox) -> Result<Self> {
        let this = RowId::new(TABLE, &row.id);
        Ok(Self {
            author: this.variant("author", &row.author)?,
            state: this.variant("state", &row.state)?,
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            channel_id: row.channel_id.into(),
            conversation_id: row.conversation_id.into(),
            message_id: row.message_id.into(),
            ord: row.ord,
            epoch: row.epoch,
            body: row.body,
            due_at: row.due_at,
            attempts: row.attempts,
            created_at: row.created_at,
        })
    }
}

pub(super) const TABLE: &str = "outbox";

pub(super) const COLUMNS: &str = "id, tenant_id, channel_id, conversation_id, message_id, ord, author, epoch, body, \
     state, due_at, attempts, created_at";
