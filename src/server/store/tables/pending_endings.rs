//! Pending endings: closes and returns to the bot that can still be undone, with the goodbye that the agent chose.

use std::collections::HashMap;

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, Tx,
    db::{on, push_ids, slices},
    to_json,
};
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
    conversation_id: String,
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

impl RawPendingEnding {
    /// The row, and its conversation.
    fn read(self) -> Result<(ConversationId, PendingEndingRow)> {
        let this = RowId::new("pending_endings", &self.conversation_id);
        let goodbye = this.json("goodbye", &self.goodbye)?;
        let ending = PendingEnding {
            kind: this.variant("kind", &self.kind)?,
            id: self.id.into(),
            agent: self.agent_id.into(),
            seen: self.seen_id.map(Into::into),
            outcome: self.outcome_id.map(Into::into),
            epoch: Epoch(self.epoch),
            due_at: Timestamp(self.due_at),
        };
        Ok((self.conversation_id.into(), PendingEndingRow { ending, goodbye }))
    }
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<Option<PendingEndingRow>> {
    let row: Option<RawPendingEnding> = on!(tx, c => sqlx::query_as(
        "SELECT conversation_id, id, kind, agent_id, seen_id, outcome_id, epoch, goodbye, due_at FROM pending_endings
         WHERE tenant_id = $1 AND conversation_id = $2")
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_optional(c).await)?;
    Ok(row.map(RawPendingEnding::read).transpose()?.map(|(_, found)| found))
}

/// The endings of several conversations. Those without one are left out.
pub async fn of_conversations(
    tx: &mut Tx,
    tenant: &TenantId,
    ids: &[ConversationId],
) -> Result<HashMap<ConversationId, PendingEnding>> {
    let mut found = HashMap::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<RawPendingEnding> = on!(tx, c => {
            let mut query = QueryBuilder::new(
                "SELECT conversation_id, id, kind, agent_id, seen_id, outcome_id, epoch, goodbye, due_at
                 FROM pending_endings WHERE ");
            push_ids(&mut query, tenant, "conversation_id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            let (conversation, row) = row.read()?;
            found.insert(conversation, row.ending);
        }
    }
    Ok(found)
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
