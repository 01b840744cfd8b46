//! Conversations that were returned to Unassigned while their agent was gone, until the agent has read it.

use sqlx::QueryBuilder;

use super::{
    Result, Tx,
    db::{on, slices},
};
use crate::domain::{
    alert::ReturnedConversation,
    ids::{AgentId, ConversationId, TenantId},
    time::Timestamp,
};

/// Remembers a return. One that the agent has not read is replaced.
pub async fn insert(
    tx: &mut Tx,
    tenant: &TenantId,
    agent: &AgentId,
    conversation: &ConversationId,
    at: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO returned_conversations (tenant_id, agent_id, conversation_id, returned_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, agent_id, conversation_id) DO UPDATE SET returned_at = excluded.returned_at")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(conversation.as_str()).bind(at.0)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What an agent has not read, oldest first, with the customers' names of now.
pub async fn list(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Vec<ReturnedConversation>> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT r.conversation_id, u.name FROM returned_conversations r
         JOIN conversations c ON c.id = r.conversation_id JOIN customers u ON u.id = c.customer_id
         WHERE r.tenant_id = $1 AND r.agent_id = $2 ORDER BY r.returned_at, r.conversation_id")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, name)| ReturnedConversation { id: id.into(), name }).collect())
}

/// The agent has read the returns of these conversations.
pub async fn remove(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, conversations: &[ConversationId]) -> Result<()> {
    for slice in slices(conversations) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("DELETE FROM returned_conversations WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND agent_id = ").push_bind(agent.as_str());
            query.push(" AND conversation_id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(")");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}
