//! The presses of texts that were sent with others as one message. Each message keeps its first press itself.

use super::{Result, Tx, db::on};
use crate::domain::ids::{MessageId, TenantId};

pub async fn insert(tx: &mut Tx, tenant: &TenantId, client_id: &str, message: &MessageId) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO joined_presses (client_id, tenant_id, message_id) VALUES ($1, $2, $3)")
        .bind(client_id).bind(tenant.as_str()).bind(message.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The message that a press is part of.
pub async fn message_of(tx: &mut Tx, tenant: &TenantId, client_id: &str) -> Result<Option<MessageId>> {
    let found: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT message_id FROM joined_presses WHERE client_id = $2 AND tenant_id = $1")
        .bind(tenant.as_str()).bind(client_id).fetch_optional(c).await)?;
    Ok(found.map(MessageId::from))
}
