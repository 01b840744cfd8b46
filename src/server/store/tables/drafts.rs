//! Drafts of agents: what they have typed and not sent. Their text can be erased.

use sqlx::FromRow;

use super::{Result, Tx, db::on};
use crate::domain::{
    ids::{AgentId, ConversationId, TenantId},
    message::draft::ReplyDraft,
    time::Timestamp,
};

/// Most conversations of an agent that are listed as having a draft. The newest are: what was typed in closed ones stays.
const LISTED: i64 = 500;

#[derive(FromRow)]
struct RawDraft {
    version: i64,
    body: String,
}

/// The agent's draft in a conversation. Without text, it was sent or discarded: the row stays, or a save that arrives
/// after the reply would bring the text back.
pub async fn find(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    agent: &AgentId,
) -> Result<Option<ReplyDraft>> {
    let row: Option<RawDraft> = on!(tx, c => sqlx::query_as(
        "SELECT version, body FROM drafts WHERE conversation_id = $2 AND agent_id = $3 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(agent.as_str()).fetch_optional(c).await)?;
    Ok(row.map(|row| ReplyDraft { version: row.version, body: row.body }))
}

/// The newest conversations in which the agent has a draft with text.
pub async fn of_agent(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Vec<ConversationId>> {
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT conversation_id FROM drafts WHERE agent_id = $2 AND tenant_id = $1 AND body <> ''
         ORDER BY conversation_id DESC LIMIT $3")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(LISTED).fetch_all(c).await)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Saves a draft, unless a newer one is stored. Returns whether it was saved.
pub async fn save(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    agent: &AgentId,
    draft: &ReplyDraft,
    now: Timestamp,
) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO drafts (conversation_id, agent_id, tenant_id, version, body, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (conversation_id, agent_id) DO UPDATE SET version = excluded.version, body = excluded.body,
            saved_at = excluded.saved_at
         WHERE drafts.version <= excluded.version")
        .bind(conversation.as_str()).bind(agent.as_str()).bind(tenant.as_str()).bind(draft.version)
        .bind(draft.body.as_str()).bind(now.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}
