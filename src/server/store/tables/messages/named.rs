//! Finds a message by another spelling of its id at Meta: one that was made for the customer's user id instead of the
//! number. Both end with what names the message ([`Wamid::token`]).

use super::{
    super::{Result, Tx, db::on},
    MessageRow, by_wamid, find,
};
use crate::domain::ids::{ChannelId, ConversationId, MessageId, TenantId, Wamid};

/// How many of a conversation's newest messages are compared.
const COMPARED: i64 = 1_000;

/// The message of a number that a quote or a tap in this conversation names.
pub async fn named(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    conversation: &ConversationId,
    wamid: &Wamid,
) -> Result<Option<MessageRow>> {
    match by_wamid(tx, tenant, channel, wamid).await? {
        Some(found) => Ok(Some(found)),
        None => by_token(tx, tenant, conversation, wamid).await,
    }
}

/// The message of a conversation whose id names the same as `wamid`.
pub async fn by_token(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    wamid: &Wamid,
) -> Result<Option<MessageRow>> {
    let Some(token) = wamid.token() else { return Ok(None) };
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, wamid FROM messages WHERE conversation_id = $2 AND tenant_id = $1 AND wamid IS NOT NULL
         ORDER BY at DESC, seq DESC LIMIT $3")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(COMPARED).fetch_all(c).await)?;
    let same = rows.into_iter().find(|(_, other)| Wamid(other.clone()).token().as_ref() == Some(&token));
    match same {
        Some((id, _)) => find(tx, tenant, &MessageId::from(id)).await,
        None => Ok(None),
    }
}
