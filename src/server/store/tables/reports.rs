//! Reads the rows of reports: facts, with what filters ask of their conversation and handoff. The tables belong to the files of
//! the facts; nothing is written here.
//!
//! Here they are read by time, newest first and in pages; by the ids of facts in `keyed`. `raw` has their columns, and `origin`
//! what they have from elsewhere; which rows have it from a conversation is in `related`. To add a source: its columns in
//! `raw`, its statement, which an index of its time must serve, and its arm in `server/reports/reader.rs`.

mod keyed;
mod origin;
mod raw;
mod related;

use std::collections::HashMap;

use self::raw::{RawClosing, RawConversation, RawMessage, RawRating, RawStint, RawWait};
pub use self::{keyed::by_ids, related::of_conversations};
use super::{
    Result, Tx,
    db::on,
    report_handoffs::{COLUMNS, RawFact},
};
use crate::domain::{
    ids::TenantId,
    report::{
        facts::HandoffFact,
        period::Bounds,
        rows::{
            ReportClosing, ReportConversation, ReportMessage, ReportPresence, ReportRating, ReportStint, ReportWait,
            RowKey, RowKeyId,
        },
    },
    time::Timestamp,
};

/// Which rows are read: from a time on, and below a row.
#[derive(Clone, Copy, Debug)]
pub struct RowPage<'a> {
    pub from: Timestamp,
    /// The last row that was read. The end of the period before the first one.
    pub below: &'a RowKey,
    pub limit: i64,
}

impl RowPage<'_> {
    fn at(&self) -> i64 {
        self.below.at.0
    }

    /// The id of the row above; the smallest one where rows are numbered.
    fn id(&self) -> &str {
        match &self.below.id {
            RowKeyId::Text(id) => id,
            RowKeyId::Seq(_) => "",
        }
    }

    /// The number of the row above; the smallest one where rows have ids.
    fn seq(&self) -> i64 {
        match self.below.id {
            RowKeyId::Seq(seq) => seq,
            RowKeyId::Text(_) => i64::MIN,
        }
    }
}

/// When the first conversation began that is counted.
pub async fn first_start(tx: &mut Tx, tenant: &TenantId) -> Result<Option<Timestamp>> {
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT started_at FROM report_conversations WHERE tenant_id = $1 AND started_at >= $2
         ORDER BY started_at LIMIT 1")
        .bind(tenant.as_str()).bind(i64::MIN).fetch_optional(c).await)?;
    Ok(found.map(Timestamp))
}

/// The handoffs that were requested.
pub async fn handoffs(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<HandoffFact>> {
    let rows: Vec<RawFact> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND requested_at >= $2 AND requested_at <= $3
           AND (requested_at < $3 OR handoff_id < $4)
         ORDER BY requested_at DESC, handoff_id DESC LIMIT $5")))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.id()).bind(page.limit)
        .fetch_all(c).await)?;
    rows.into_iter().map(HandoffFact::try_from).collect()
}

/// The handoffs that were requested, and had not ended at `until`.
pub async fn handoffs_over_after(
    tx: &mut Tx,
    tenant: &TenantId,
    page: RowPage<'_>,
    until: Timestamp,
) -> Result<Vec<HandoffFact>> {
    let rows: Vec<RawFact> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND requested_at >= $2 AND requested_at <= $3
           AND (requested_at < $3 OR handoff_id < $4) AND (ended_at IS NULL OR ended_at > $5)
         ORDER BY requested_at DESC, handoff_id DESC LIMIT $6")))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.id()).bind(until.0).bind(page.limit)
        .fetch_all(c).await)?;
    rows.into_iter().map(HandoffFact::try_from).collect()
}

/// The handoffs that are open, whenever they were requested.
pub async fn open_handoffs(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<HandoffFact>> {
    let rows: Vec<RawFact> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND ended_at IS NULL AND requested_at <= $2
           AND (requested_at < $2 OR handoff_id < $3)
         ORDER BY requested_at DESC, handoff_id DESC LIMIT $4")))
        .bind(tenant.as_str()).bind(page.at()).bind(page.id()).bind(page.limit).fetch_all(c).await)?;
    rows.into_iter().map(HandoffFact::try_from).collect()
}

/// The waits for further replies that ended.
pub async fn waits(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<ReportWait>> {
    let rows: Vec<RawWait> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{} AND x.tenant_id = $1 AND x.ended_at >= $2 AND x.ended_at <= $3 AND (x.ended_at < $3 OR x.seq < $4)
         ORDER BY x.ended_at DESC, x.seq DESC LIMIT $5", raw::waits())))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.seq()).bind(page.limit)
        .fetch_all(c).await)?;
    rows.into_iter().map(raw::read_wait).collect()
}

/// The conversations that began, with the trigger of their first handoff.
pub async fn conversations(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<ReportConversation>> {
    let rows: Vec<RawConversation> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{} WHERE k.tenant_id = $1 AND k.started_at >= $2 AND k.started_at <= $3
           AND (k.started_at < $3 OR k.conversation_id < $4)
         ORDER BY k.started_at DESC, k.conversation_id DESC LIMIT $5", raw::conversations())))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.id()).bind(page.limit)
        .fetch_all(c).await)?;
    rows.into_iter().map(raw::read_conversation).collect()
}

/// The closes, also those that were reopened.
pub async fn closings(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<ReportClosing>> {
    let rows: Vec<RawClosing> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{} AND x.tenant_id = $1 AND x.at >= $2 AND x.at <= $3 AND (x.at < $3 OR x.seq < $4)
         ORDER BY x.at DESC, x.seq DESC LIMIT $5", raw::closings())))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.seq()).bind(page.limit)
        .fetch_all(c).await)?;
    rows.into_iter().map(raw::read_closing).collect()
}

/// The messages of agents that were sent.
pub async fn messages(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<ReportMessage>> {
    let rows: Vec<RawMessage> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{} AND x.tenant_id = $1 AND x.sent_at >= $2 AND x.sent_at <= $3 AND (x.sent_at < $3 OR x.message_id < $4)
         ORDER BY x.sent_at DESC, x.message_id DESC LIMIT $5", raw::messages())))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.id()).bind(page.limit)
        .fetch_all(c).await)?;
    rows.into_iter().map(raw::read_message).collect()
}

/// The times with a conversation that began, and were not over at `until`.
pub async fn stints(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>, until: Timestamp) -> Result<Vec<ReportStint>> {
    let rows: Vec<RawStint> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{} AND x.tenant_id = $1 AND x.began_at >= $2 AND x.began_at <= $3 AND (x.began_at < $3 OR x.seq < $4)
           AND (x.ended_at IS NULL OR x.ended_at > $5)
         ORDER BY x.began_at DESC, x.seq DESC LIMIT $6", raw::stints())))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.seq()).bind(until.0).bind(page.limit)
        .fetch_all(c).await)?;
    rows.into_iter().map(raw::read_stint).collect()
}

/// The questions for a rating that were asked, with what became of them.
pub async fn ratings(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<ReportRating>> {
    let rows: Vec<RawRating> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{} AND x.tenant_id = $1 AND x.asked_at >= $2 AND x.asked_at <= $3 AND (x.asked_at < $3 OR x.handoff_id < $4)
         ORDER BY x.asked_at DESC, x.handoff_id DESC LIMIT $5", raw::ratings())))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.id()).bind(page.limit)
        .fetch_all(c).await)?;
    rows.into_iter().map(raw::read_rating).collect()
}

/// The reasons that the language model gave for the newest of its handoffs of a period, by the handoff's id.
pub async fn reasons(tx: &mut Tx, tenant: &TenantId, bounds: Bounds, limit: i64) -> Result<HashMap<String, String>> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT x.handoff_id, COALESCE(h.reason, '')
         FROM report_handoffs x LEFT JOIN handoffs h ON h.id = x.handoff_id AND h.tenant_id = x.tenant_id
         WHERE x.tenant_id = $1 AND x.trigger_kind = 'model' AND x.requested_at >= $2 AND x.requested_at < $3
         ORDER BY x.requested_at DESC, x.handoff_id DESC LIMIT $4")
        .bind(tenant.as_str()).bind(bounds.from.0).bind(bounds.to.0).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().filter(|(_, reason)| !reason.is_empty()).collect())
}

/// The times online that began, and were not over at `until`. Intervals are found by agent.
pub async fn online(
    tx: &mut Tx,
    tenant: &TenantId,
    page: RowPage<'_>,
    until: Timestamp,
) -> Result<Vec<ReportPresence>> {
    let rows: Vec<(String, i64, Option<i64>)> = on!(tx, c => sqlx::query_as(
        "SELECT i.agent_id, i.started_at, i.ended_at FROM agents a CROSS JOIN presence_intervals i
         WHERE a.tenant_id = $1 AND i.tenant_id = a.tenant_id AND i.agent_id = a.id AND i.state = 'online'
           AND i.started_at >= $2 AND i.started_at <= $3 AND (i.started_at < $3 OR i.agent_id < $4)
           AND (i.ended_at IS NULL OR i.ended_at > $5)
         ORDER BY i.started_at DESC, i.agent_id DESC LIMIT $6")
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.id()).bind(until.0).bind(page.limit)
        .fetch_all(c).await)?;
    let read = |(agent, began_at, ended_at): (String, i64, Option<i64>)| ReportPresence {
        agent: agent.into(),
        began_at: Timestamp(began_at),
        ended_at: ended_at.map(Timestamp),
    };
    Ok(rows.into_iter().map(read).collect())
}
