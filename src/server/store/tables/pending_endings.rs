//! Pending endings: closes and returns to the bot that can still be undone, with the goodbye that the agent chose.

use sqlx::FromRow;

use super::{Result, RowId, Tx, db::on, to_json};
use crate::domain::{
    conversation::{Epoch, Goodbye, PendingEnding},
    ids::{AgentId, ConversationId, TenantId},
    time::Timestamp,
};

/// A pending ending, and the text that is sent when it takes effect.
#[derive(Clone, Debug)]
pub struct PendingEndingRow {
    pub ending: PendingEnding,
    pub goodbye: Goodbye,
}

#[derive(FromRow)]
struct RawPendingEnding {
    id: String,
    kind: String,
    agent_id: String,
    seen_id: Option<String>,
    outcome_id: Option<String>,
    epoch: i64,
    goodbye: String,
    due_at: i64,
}

pub async fn insert(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    ending: &PendingEnding,
    goodbye: &Goodbye,
) -> Result<()> {
    let goodbye = to_json(goodbye)?;
    on!(tx, c => sqlx::query(
        "INSERT INTO pending_endings (conversation_id, tenant_id, id, kind, agent_id, seen_id, outcome_id, epoch, goodbye,
            due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(conversation.as_str()).bind(tenant.as_str()).bind(ending.id.as_str()).bind(ending.kind.as_str())
        .bind(ending.agent.as_str()).bind(ending.seen.as_ref().map(|id| id.as_str()))
        .bind(ending.outcome.as_ref().map(|id| id.as_str())).bind(ending.epoch.0).bind(goodbye.as_str())
        .bind(ending.due_at.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<Option<PendingEndingRow>> {
    let row: Option<RawPendingEnding> = on!(tx, c => sqlx::query_as(
        "SELECT id, kind, agent_id, seen_id, outcome_id, epoch, goodbye, due_at FROM pending_endings
         WHERE tenant_id = $1 AND conversation_id = $2")
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let this = RowId::new("pending_endings", conversation.as_str());
    let goodbye = this.json("goodbye", &row.goodbye)?;
    let ending = PendingEnding {
        kind: this.variant("kind", &row.kind)?,
        id: row.id.into(),
        agent: row.agent_id.into(),
        seen: row.seen_id.map(Into::into),
        outcome: row.outcome_id.map(Into::into),
        epoch: Epoch(row.epoch),
        due_at: Timestamp(row.due_at),
    };
    Ok(Some(PendingEndingRow { ending, goodbye }))
}

/// The conversations in which an agent's close or return is pending.
pub async fn of_agent(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Vec<ConversationId>> {
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT conversation_id FROM pending_endings WHERE tenant_id = $1 AND agent_id = $2 ORDER BY conversation_id")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_all(c).await)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

pub async fn remove(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM pending_endings WHERE tenant_id = $1 AND conversation_id = $2")
        .bind(tenant.as_str()).bind(conversation.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}
