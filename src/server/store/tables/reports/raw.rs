//! The columns of the rows of reports, and how they are read. Each `SELECT` is the beginning of statements that say which
//! rows: by time in `reports.rs`, by key in `keyed.rs`.

use sqlx::FromRow;

use super::{
    super::report_ratings,
    origin::{END, JOINS, OF_ROW, ORIGIN, RawOrigin},
};
use crate::{
    domain::{
        ids::Seq,
        report::{
            facts::{ClosingFact, Lasted, RatingFact},
            rows::{ReportClosing, ReportConversation, ReportMessage, ReportRating, ReportStint, ReportWait},
        },
        time::{Span, Timestamp},
    },
    server::store::{Result, RowId},
};

/// Rows `x` of a table with these columns, and what they have from elsewhere. A condition follows.
fn select(columns: &str, table: &str) -> String {
    format!("SELECT {columns}, {ORIGIN}, {END} FROM {table} x {JOINS} WHERE {OF_ROW}")
}

#[derive(FromRow)]
pub struct RawWait {
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

pub fn waits() -> String {
    let columns = "x.seq, x.conversation_id, x.handoff_id, x.ended_at, x.message_id, x.agent_id, x.wait, x.open_wait";
    select(columns, "report_waits")
}

pub fn read_wait(row: RawWait) -> Result<ReportWait> {
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
}

#[derive(FromRow)]
pub struct RawConversation {
    conversation_id: String,
    started_at: i64,
    bot_took_part: bool,
    first_handoff_id: Option<String>,
    first_handoff_at: Option<i64>,
    #[sqlx(flatten)]
    origin: RawOrigin,
}

/// Conversations `k`, with the trigger of their first handoff.
pub fn conversations() -> String {
    format!(
        "SELECT k.conversation_id, k.started_at, k.bot_took_part, k.first_handoff_id, k.first_handoff_at, {ORIGIN},
            k.close_reason AS of_close_reason, k.outcome_id AS of_outcome
         FROM report_conversations k
         LEFT JOIN report_handoffs h ON h.handoff_id = k.first_handoff_id AND h.tenant_id = k.tenant_id"
    )
}

pub fn read_conversation(row: RawConversation) -> Result<ReportConversation> {
    Ok(ReportConversation {
        origin: row.origin.read(RowId::new("report_conversations", &row.conversation_id))?,
        id: row.conversation_id.into(),
        started_at: Timestamp(row.started_at),
        bot_took_part: row.bot_took_part,
        first_handoff: row.first_handoff_id.zip(row.first_handoff_at).map(|(id, at)| (id.into(), Timestamp(at))),
    })
}

#[derive(FromRow)]
pub struct RawClosing {
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

pub fn closings() -> String {
    let columns = "x.seq, x.conversation_id, x.channel_id, x.handoff_id, x.at, x.reason, x.agent_id, x.bot_alone, \
         x.outcome_id, x.reopened_at, x.followed_at";
    select(columns, "report_closings")
}

pub fn read_closing(row: RawClosing) -> Result<ReportClosing> {
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
}

#[derive(FromRow)]
pub struct RawMessage {
    message_id: String,
    conversation_id: String,
    handoff_id: Option<String>,
    agent_id: String,
    sent_at: i64,
    #[sqlx(flatten)]
    origin: RawOrigin,
}

/// Messages of agents that were sent. A long one is one, however many pieces it has.
pub fn messages() -> String {
    let columns = "x.message_id, x.conversation_id, x.handoff_id, x.agent_id, x.sent_at";
    // With the bare column SQLite would rather walk through all that was sent than look a few ids up. The index of a time still
    // serves those who ask for one.
    let is_read = "x.piece = 0 AND x.author = 'agent' AND x.agent_id IS NOT NULL AND x.sent_at + 0 IS NOT NULL";
    format!("{} AND {is_read}", select(columns, "report_messages"))
}

pub fn read_message(row: RawMessage) -> Result<ReportMessage> {
    Ok(ReportMessage {
        origin: row.origin.read(RowId::new("report_messages", &row.message_id))?,
        id: row.message_id.into(),
        conversation: row.conversation_id.into(),
        handoff: row.handoff_id.map(Into::into),
        agent: row.agent_id.into(),
        sent_at: Timestamp(row.sent_at),
    })
}

#[derive(FromRow)]
pub struct RawStint {
    seq: i64,
    conversation_id: String,
    handoff_id: String,
    agent_id: String,
    began_at: i64,
    ended_at: Option<i64>,
    #[sqlx(flatten)]
    origin: RawOrigin,
}

pub fn stints() -> String {
    let columns = "x.seq, x.conversation_id, x.handoff_id, x.agent_id, x.began_at, x.ended_at";
    select(columns, "report_stints")
}

pub fn read_stint(row: RawStint) -> Result<ReportStint> {
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
}

#[derive(FromRow)]
pub struct RawRating {
    #[sqlx(flatten)]
    fact: report_ratings::RawFact,
    question_failed_at: Option<i64>,
    #[sqlx(flatten)]
    origin: RawOrigin,
}

/// The questions for a rating, and whether they failed.
pub fn ratings() -> String {
    format!(
        "SELECT x.handoff_id, x.conversation_id, x.channel_id, x.agent_id, x.question_id, x.asked_at, x.rated_at, x.rated_seq,
            x.score, q.failed_at AS question_failed_at, {ORIGIN}, {END}
         FROM report_ratings x {JOINS}
         LEFT JOIN report_messages q ON q.tenant_id = x.tenant_id AND q.message_id = x.question_id AND q.piece = 0
         WHERE {OF_ROW}"
    )
}

pub fn read_rating(row: RawRating) -> Result<ReportRating> {
    let fact = RatingFact::try_from(row.fact)?;
    let origin = row.origin.read(RowId::new("report_ratings", fact.handoff.as_str()))?;
    Ok(ReportRating { fact, origin, has_failed: row.question_failed_at.is_some() })
}
