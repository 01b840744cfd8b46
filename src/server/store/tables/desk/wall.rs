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
    wall::AtRisk,
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

/// The waits for an agent and for a reply that are late, or soon will be: all of them, however many are listed. Must agree
/// with `domain::wall::at_risk` and with `handoff::Waited`, which says since when somebody waits for an agent.
pub async fn at_risk(tx: &mut Tx, tenant: &TenantId, now: Timestamp) -> Result<AtRisk> {
    let (due, breached): (i64, i64) = on!(tx, c => sqlx::query_as(
        "SELECT COUNT(CASE WHEN ($2 - waits.since) * 2 >= waits.target AND $2 - waits.since <= waits.target THEN 1 END),
            COUNT(CASE WHEN $2 - waits.since > waits.target THEN 1 END)
         FROM (
            SELECT CASE WHEN o.first_reply_at <= o.released_at THEN o.released_at ELSE o.requested_at END AS since, o.target
            FROM conversations c JOIN handoffs o ON o.id = c.handoff_id
            WHERE c.tenant_id = $1 AND c.stage = $3
              AND CASE WHEN o.first_reply_at <= o.released_at THEN o.next_reply_at ELSE o.first_reply_at END IS NULL
            UNION ALL
            SELECT c.reply_since AS since, c.reply_target AS target
            FROM conversations c
            WHERE c.tenant_id = $1 AND c.stage = $4 AND c.own_group = $5 AND c.reply_since IS NOT NULL
         ) waits")
        .bind(tenant.as_str()).bind(now.0).bind(Stage::Waiting.as_str()).bind(Stage::Claimed.as_str())
        .bind(Group::ReplyNow.as_str()).fetch_one(c).await)?;
    let count = |n: i64| usize::try_from(n).unwrap_or_default();
    Ok(AtRisk { due: count(due), breached: count(breached) })
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
