//! What the live wall lists beside the desk's groups: replies that are due, and conversations that the bot has now.

use super::{
    super::{Result, Tx, conversations::Stage, db::on},
    SELECT,
    conditions::{Bound, Conditions},
    fetch,
};
use crate::domain::{
    desk::{Group, Row},
    ids::{ConversationId, TenantId},
    time::Timestamp,
};

/// The conversations of all agents in which the customer waits for a reply, the one that is due first at the top. Must
/// agree with `domain::wall::is_reply_due`.
pub async fn replies_due(tx: &mut Tx, tenant: &TenantId, limit: usize) -> Result<Vec<Row>> {
    let mut conditions = Conditions::of(tenant);
    conditions.and("c.stage = ?", Bound::Text(Stage::Claimed.as_str().to_owned()));
    conditions.and("c.own_group = ?", Bound::Text(Group::ReplyNow.as_str().to_owned()));
    let sql = format!("{SELECT}{} ORDER BY c.reply_since + c.reply_target, c.id LIMIT {limit}", conditions.sql);
    fetch(tx, tenant, sql, conditions.values).await
}

/// The conversations that are with the bot and in which the customer wrote at `since` or later, the one that changed
/// last first. Those of blocked customers, whom the bot does not answer, are left out.
pub async fn active_with_bot(
    tx: &mut Tx,
    tenant: &TenantId,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<ConversationId>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    // The rank bounds the part of the index that is read: whoever wrote later changed the conversation later.
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT c.id FROM conversations c JOIN customers u ON u.id = c.customer_id
         WHERE c.tenant_id = $1 AND c.stage = 'bot' AND c.rank <= $2 AND c.last_turn_at >= $3 AND NOT u.blocked
         ORDER BY c.rank, c.id LIMIT $4")
        .bind(tenant.as_str()).bind(since.0.saturating_neg()).bind(since.0).bind(limit).fetch_all(c).await)?;
    Ok(ids.into_iter().map(Into::into).collect())
}
