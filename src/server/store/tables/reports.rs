//! Reads the rows of reports, newest first and in pages: facts of a period, with what filters ask of their conversation and
//! handoff. The tables belong to the files of the facts; nothing is written here.
//!
//! To add a source: its statement, which an index of its time must serve, and its arm in `server/reports/reader.rs`.

mod origin;

use sqlx::FromRow;

use self::origin::{END, JOINS, OF_ROW, ORIGIN, RawOrigin};
use super::{
    Result, RowId, Tx,
    db::on,
    report_handoffs::{COLUMNS, RawFact},
    report_ratings,
};
use crate::domain::{
    ids::{Seq, TenantId},
    report::{
        facts::{ClosingFact, HandoffFact, Lasted, RatingFact},
        rows::{
            ReportClosing, ReportConversation, ReportMessage, ReportPresence, ReportRating, ReportStint, ReportWait,
            RowKey, RowKeyId,
        },
    },
    time::{Span, Timestamp},
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

#[derive(FromRow)]
struct RawWait {
    seq: i64,
    conversation_id: String,
    handoff_id: String,
    ended_at: i64,
    message_id: Option<String>,
    agent_id: Option<String>,
    wait: i64,
    open_wait: Option<i64>,
    #[sqlx(flatten)]
    origin: RawOrigin,
}

/// The waits for further replies that ended.
pub async fn waits(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<ReportWait>> {
    let rows: Vec<RawWait> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT x.seq, x.conversation_id, x.handoff_id, x.ended_at, x.message_id, x.agent_id, x.wait, x.open_wait, {ORIGIN},
            {END}
         FROM report_waits x {JOINS}
         WHERE {OF_ROW} AND x.tenant_id = $1 AND x.ended_at >= $2 AND x.ended_at <= $3 AND (x.ended_at < $3 OR x.seq < $4)
         ORDER BY x.ended_at DESC, x.seq DESC LIMIT $5")))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.seq()).bind(page.limit)
        .fetch_all(c).await)?;
    let read = |row: RawWait| {
        let id = row.seq.to_string();
        Ok(ReportWait {
            origin: row.origin.read(RowId::new("report_waits", &id))?,
            seq: Seq(row.seq),
            conversation: row.conversation_id.into(),
            handoff: row.handoff_id.into(),
            ended_at: Timestamp(row.ended_at),
            reply: row.message_id.map(Into::into),
            agent: row.agent_id.map(Into::into),
            lasted: Lasted { raw: Span(row.wait), open: row.open_wait.map(Span) },
        })
    };
    rows.into_iter().map(read).collect()
}

#[derive(FromRow)]
struct RawConversation {
    conversation_id: String,
    started_at: i64,
    bot_took_part: bool,
    first_handoff_id: Option<String>,
    first_handoff_at: Option<i64>,
    #[sqlx(flatten)]
    origin: RawOrigin,
}

/// The conversations that began, with the trigger of their first handoff.
pub async fn conversations(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<ReportConversation>> {
    let rows: Vec<RawConversation> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT k.conversation_id, k.started_at, k.bot_took_part, k.first_handoff_id, k.first_handoff_at, {ORIGIN},
            k.close_reason AS of_close_reason, k.outcome_id AS of_outcome
         FROM report_conversations k
         LEFT JOIN report_handoffs h ON h.handoff_id = k.first_handoff_id AND h.tenant_id = k.tenant_id
         WHERE k.tenant_id = $1 AND k.started_at >= $2 AND k.started_at <= $3
           AND (k.started_at < $3 OR k.conversation_id < $4)
         ORDER BY k.started_at DESC, k.conversation_id DESC LIMIT $5")))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.id()).bind(page.limit)
        .fetch_all(c).await)?;
    let read = |row: RawConversation| {
        Ok(ReportConversation {
            origin: row.origin.read(RowId::new("report_conversations", &row.conversation_id))?,
            id: row.conversation_id.into(),
            started_at: Timestamp(row.started_at),
            bot_took_part: row.bot_took_part,
            first_handoff: row.first_handoff_id.zip(row.first_handoff_at).map(|(id, at)| (id.into(), Timestamp(at))),
        })
    };
    rows.into_iter().map(read).collect()
}

#[derive(FromRow)]
struct RawClosing {
    seq: i64,
    conversation_id: String,
    channel_id: String,
    handoff_id: Option<String>,
    at: i64,
    reason: String,
    agent_id: Option<String>,
    bot_alone: bool,
    outcome_id: Option<String>,
    reopened_at: Option<i64>,
    followed_at: Option<i64>,
    #[sqlx(flatten)]
    origin: RawOrigin,
}

/// The closes, also those that were reopened.
pub async fn closings(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<ReportClosing>> {
    let rows: Vec<RawClosing> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT x.seq, x.conversation_id, x.channel_id, x.handoff_id, x.at, x.reason, x.agent_id, x.bot_alone, x.outcome_id,
            x.reopened_at, x.followed_at, {ORIGIN}, {END}
         FROM report_closings x {JOINS}
         WHERE {OF_ROW} AND x.tenant_id = $1 AND x.at >= $2 AND x.at <= $3 AND (x.at < $3 OR x.seq < $4)
         ORDER BY x.at DESC, x.seq DESC LIMIT $5")))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.seq()).bind(page.limit)
        .fetch_all(c).await)?;
    let read = |row: RawClosing| {
        let id = row.seq.to_string();
        let this = RowId::new("report_closings", &id);
        let fact = ClosingFact {
            reason: this.variant("reason", &row.reason)?,
            seq: Seq(row.seq),
            conversation: row.conversation_id.into(),
            channel: row.channel_id.into(),
            handoff: row.handoff_id.map(Into::into),
            at: Timestamp(row.at),
            agent: row.agent_id.map(Into::into),
            bot_alone: row.bot_alone,
            outcome: row.outcome_id.map(Into::into),
            reopened_at: row.reopened_at.map(Timestamp),
            followed_at: row.followed_at.map(Timestamp),
        };
        Ok(ReportClosing { fact, origin: row.origin.read(this)? })
    };
    rows.into_iter().map(read).collect()
}

#[derive(FromRow)]
struct RawMessage {
    message_id: String,
    conversation_id: String,
    handoff_id: Option<String>,
    agent_id: String,
    sent_at: i64,
    #[sqlx(flatten)]
    origin: RawOrigin,
}

/// The messages of agents that were sent. A long one is one, however many pieces it has.
pub async fn messages(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<ReportMessage>> {
    let rows: Vec<RawMessage> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT x.message_id, x.conversation_id, x.handoff_id, x.agent_id, x.sent_at, {ORIGIN}, {END}
         FROM report_messages x {JOINS}
         WHERE {OF_ROW} AND x.tenant_id = $1 AND x.sent_at >= $2 AND x.sent_at <= $3 AND (x.sent_at < $3 OR x.message_id < $4)
           AND x.piece = 0 AND x.author = 'agent' AND x.agent_id IS NOT NULL
         ORDER BY x.sent_at DESC, x.message_id DESC LIMIT $5")))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.id()).bind(page.limit)
        .fetch_all(c).await)?;
    let read = |row: RawMessage| {
        Ok(ReportMessage {
            origin: row.origin.read(RowId::new("report_messages", &row.message_id))?,
            id: row.message_id.into(),
            conversation: row.conversation_id.into(),
            handoff: row.handoff_id.map(Into::into),
            agent: row.agent_id.into(),
            sent_at: Timestamp(row.sent_at),
        })
    };
    rows.into_iter().map(read).collect()
}

#[derive(FromRow)]
struct RawStint {
    seq: i64,
    conversation_id: String,
    handoff_id: String,
    agent_id: String,
    began_at: i64,
    ended_at: Option<i64>,
    #[sqlx(flatten)]
    origin: RawOrigin,
}

/// The times with a conversation that began, and were not over at `until`.
pub async fn stints(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>, until: Timestamp) -> Result<Vec<ReportStint>> {
    let rows: Vec<RawStint> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT x.seq, x.conversation_id, x.handoff_id, x.agent_id, x.began_at, x.ended_at, {ORIGIN}, {END}
         FROM report_stints x {JOINS}
         WHERE {OF_ROW} AND x.tenant_id = $1 AND x.began_at >= $2 AND x.began_at <= $3 AND (x.began_at < $3 OR x.seq < $4)
           AND (x.ended_at IS NULL OR x.ended_at > $5)
         ORDER BY x.began_at DESC, x.seq DESC LIMIT $6")))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.seq()).bind(until.0).bind(page.limit)
        .fetch_all(c).await)?;
    let read = |row: RawStint| {
        let id = row.seq.to_string();
        Ok(ReportStint {
            origin: row.origin.read(RowId::new("report_stints", &id))?,
            seq: Seq(row.seq),
            conversation: row.conversation_id.into(),
            handoff: row.handoff_id.into(),
            agent: row.agent_id.into(),
            began_at: Timestamp(row.began_at),
            ended_at: row.ended_at.map(Timestamp),
        })
    };
    rows.into_iter().map(read).collect()
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

#[derive(FromRow)]
struct RawRating {
    #[sqlx(flatten)]
    fact: report_ratings::RawFact,
    question_failed_at: Option<i64>,
    #[sqlx(flatten)]
    origin: RawOrigin,
}

/// The questions for a rating that were asked, with what became of them.
pub async fn ratings(tx: &mut Tx, tenant: &TenantId, page: RowPage<'_>) -> Result<Vec<ReportRating>> {
    let rows: Vec<RawRating> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT x.handoff_id, x.conversation_id, x.channel_id, x.agent_id, x.question_id, x.asked_at, x.rated_at, x.rated_seq,
            x.score, q.failed_at AS question_failed_at, {ORIGIN}, {END}
         FROM report_ratings x {JOINS}
         LEFT JOIN report_messages q ON q.tenant_id = x.tenant_id AND q.message_id = x.question_id AND q.piece = 0
         WHERE {OF_ROW} AND x.tenant_id = $1 AND x.asked_at >= $2 AND x.asked_at <= $3 AND (x.asked_at < $3 OR x.handoff_id < $4)
         ORDER BY x.asked_at DESC, x.handoff_id DESC LIMIT $5")))
        .bind(tenant.as_str()).bind(page.from.0).bind(page.at()).bind(page.id()).bind(page.limit)
        .fetch_all(c).await)?;
    let read = |row: RawRating| {
        let fact = RatingFact::try_from(row.fact)?;
        let origin = row.origin.read(RowId::new("report_ratings", fact.handoff.as_str()))?;
        Ok(ReportRating { fact, origin, has_failed: row.question_failed_at.is_some() })
    };
    rows.into_iter().map(read).collect()
}
