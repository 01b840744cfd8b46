//! The language model's session in a conversation: how many answers it gave, and how far it has read.

use super::{Result, Tx, db::on};
use crate::domain::{
    conversation::Epoch,
    ids::{ConversationId, Seq, TenantId},
};

/// A session is valid for one epoch: an agent's visit starts a new count. Answers are counted, not their bubbles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelSessionRow {
    pub answers: i64,
    /// Sequence number up to which the model has read. Not a time, because a late message is sorted among older ones.
    pub seen: Seq,
}

/// `None` if the model has not answered in this epoch.
pub async fn find(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &ConversationId,
    epoch: Epoch,
) -> Result<Option<ModelSessionRow>> {
    let row: Option<(i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT answers, seen FROM model_sessions WHERE conversation_id = $2 AND tenant_id = $1 AND epoch = $3")
        .bind(tenant.as_str()).bind(id.as_str()).bind(epoch.0).fetch_optional(c).await)?;
    Ok(row.map(|(answers, seen)| ModelSessionRow { answers, seen: Seq(seen) }))
}

/// Counts one more answer of the model.
pub async fn answered(tx: &mut Tx, tenant: &TenantId, id: &ConversationId, epoch: Epoch, seen: Seq) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO model_sessions (conversation_id, tenant_id, epoch, answers, seen) VALUES ($2, $1, $3, 1, $4)
         ON CONFLICT (conversation_id) DO UPDATE SET
            answers = CASE WHEN model_sessions.epoch = excluded.epoch THEN model_sessions.answers + 1 ELSE 1 END,
            epoch = excluded.epoch, seen = excluded.seen")
        .bind(tenant.as_str()).bind(id.as_str()).bind(epoch.0).bind(seen.0)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}
