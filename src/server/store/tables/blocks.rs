//! The last block or unblock of each customer, and what Meta answered. Whether a customer is blocked is in `customers`.

use sqlx::FromRow;

use super::{Result, RowId, Tx, db::on};
use crate::domain::{
    block::{BlockReason, BlockState},
    ids::{AgentId, ChannelId, ConversationId, CustomerId, TenantId},
    time::Timestamp,
};

#[derive(Clone, Debug)]
pub struct BlockRow {
    pub customer: CustomerId,
    pub channel: ChannelId,
    /// The conversation in which it was pressed.
    pub conversation: ConversationId,
    pub is_on: bool,
    pub reason: BlockReason,
    pub agent: AgentId,
    pub at: Timestamp,
    pub state: BlockState,
    pub detail: String,
}

#[derive(FromRow)]
struct RawBlock {
    channel_id: String,
    conversation_id: String,
    is_on: bool,
    reason: String,
    agent_id: String,
    at: i64,
    state: String,
    detail: String,
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, customer: &CustomerId) -> Result<Option<BlockRow>> {
    let row: Option<RawBlock> = on!(tx, c => sqlx::query_as(
        "SELECT channel_id, conversation_id, is_on, reason, agent_id, at, state, detail FROM blocks
         WHERE tenant_id = $1 AND customer_id = $2")
        .bind(tenant.as_str()).bind(customer.as_str()).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let this = RowId::new("blocks", customer.as_str());
    Ok(Some(BlockRow {
        customer: customer.clone(),
        reason: this.variant("reason", &row.reason)?,
        state: this.variant("state", &row.state)?,
        channel: row.channel_id.into(),
        conversation: row.conversation_id.into(),
        is_on: row.is_on,
        agent: row.agent_id.into(),
        at: Timestamp(row.at),
        detail: row.detail,
    }))
}

/// Inserts it, or replaces the customer's earlier one.
pub async fn save(tx: &mut Tx, tenant: &TenantId, block: &BlockRow) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO blocks (tenant_id, customer_id, channel_id, conversation_id, is_on, reason, agent_id, at, state,
            detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (customer_id) DO UPDATE SET channel_id = excluded.channel_id,
            conversation_id = excluded.conversation_id, is_on = excluded.is_on, reason = excluded.reason,
            agent_id = excluded.agent_id, at = excluded.at, state = excluded.state, detail = excluded.detail")
        .bind(tenant.as_str()).bind(block.customer.as_str()).bind(block.channel.as_str())
        .bind(block.conversation.as_str()).bind(block.is_on).bind(block.reason.as_str()).bind(block.agent.as_str())
        .bind(block.at.0).bind(block.state.as_str()).bind(block.detail.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}
