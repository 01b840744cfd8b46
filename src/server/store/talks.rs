//! How far the language model has got in a conversation: its answers, and what it has read.

use super::{Result, Tx, db::on};
use crate::domain::{
    conversation::Epoch,
    ids::{ConversationId, Seq, TenantId},
};

/// Good for one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talk {
    pub answers: i64,
    /// What the customer wrote up to here was read. Not by time: what comes late stands among older messages.
    pub seen: Seq,
}

/// `None` when the model said nothing since the conversation came to the bot.
pub async fn find(tx: &mut Tx, tenant: &TenantId, id: &ConversationId, epoch: Epoch) -> Result<Option<Talk>> {
    let row: Option<(i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT answers, seen FROM talks WHERE conversation_id = $2 AND tenant_id = $1 AND epoch = $3")
        .bind(tenant.as_str()).bind(id.as_str()).bind(epoch.0).fetch_optional(c).await)?;
    Ok(row.map(|(answers, seen)| Talk { answers, seen: Seq(seen) }))
}

/// Counts one more turn of the model.
pub async fn answered(tx: &mut Tx, tenant: &TenantId, id: &ConversationId, epoch: Epoch, seen: Seq) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO talks (conversation_id, tenant_id, epoch, answers, seen) VALUES ($2, $1, $3, 1, $4)
         ON CONFLICT (conversation_id) DO UPDATE SET
            answers = CASE WHEN talks.epoch = excluded.epoch THEN talks.answers + 1 ELSE 1 END,
            epoch = excluded.epoch, seen = excluded.seen")
        .bind(tenant.as_str()).bind(id.as_str()).bind(epoch.0).bind(seen.0)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}
