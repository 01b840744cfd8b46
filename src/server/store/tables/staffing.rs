//! Reads what staffing calculates with, in few columns and newest first: handoffs, who had conversations, who was online.
//! The tables belong to the files of the facts and of presence; nothing is written here.
//!
//! To read more: a statement that an index of its time serves, with a limit.

use sqlx::FromRow;

use super::{Result, RowId, Tx, db::on, presence::PresenceState};
use crate::domain::{
    ids::{AgentId, HandoffId, TenantId},
    report::facts::Lasted,
    staffing::{observed_roster::TimeOnline, past::RecordedHandoff},
    time::{Span, Timestamp},
};

/// The handoffs from a time on and below a row. The id of the first page is empty: nothing at that time is below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffPage {
    pub from: Timestamp,
    pub below: (Timestamp, HandoffId),
    pub limit: i64,
}

#[derive(FromRow)]
struct RawHandoff {
    handoff_id: String,
    begun_by: String,
    trigger_kind: String,
    requested_at: i64,
    target: i64,
    claimed_at: Option<i64>,
    first_reply_at: Option<i64>,
    end_reason: Option<String>,
    handling: Option<i64>,
    open_handling: Option<i64>,
}

fn read_handoff(row: RawHandoff) -> Result<(HandoffId, RecordedHandoff)> {
    let this = RowId::new("report_handoffs", &row.handoff_id);
    let open = row.open_handling.map(Span);
    let handoff = RecordedHandoff {
        begun_by: this.variant("begun_by", &row.begun_by)?,
        trigger: this.variant("trigger_kind", &row.trigger_kind)?,
        end: this.variant_if("end_reason", row.end_reason.as_deref())?,
        requested_at: Timestamp(row.requested_at),
        target: Span(row.target),
        claimed_at: row.claimed_at.map(Timestamp),
        first_reply_at: row.first_reply_at.map(Timestamp),
        handling: row.handling.map(|raw| Lasted { raw: Span(raw), open }),
    };
    Ok((row.handoff_id.into(), handoff))
}

/// The handoffs of a page that nobody left out of the reports.
pub async fn handoffs(tx: &mut Tx, tenant: &TenantId, page: &HandoffPage) -> Result<Vec<(HandoffId, RecordedHandoff)>> {
    let (at, id) = &page.below;
    let rows: Vec<RawHandoff> = on!(tx, c => sqlx::query_as(
        "SELECT handoff_id, begun_by, trigger_kind, requested_at, target, claimed_at, first_reply_at, end_reason, handling,
            open_handling
         FROM report_handoffs
         WHERE tenant_id = $1 AND requested_at >= $2 AND requested_at <= $3 AND (requested_at < $3 OR handoff_id < $4)
           AND NOT EXISTS (SELECT 1 FROM report_left_out l
             WHERE l.handoff_id = report_handoffs.handoff_id AND l.tenant_id = report_handoffs.tenant_id)
         ORDER BY requested_at DESC, handoff_id DESC LIMIT $5")
        .bind(tenant.as_str()).bind(page.from.0).bind(at.0).bind(id.as_str()).bind(page.limit)
        .fetch_all(c).await)?;
    rows.into_iter().map(read_handoff).collect()
}

/// A time in which an agent had a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    pub agent: AgentId,
    pub began_at: Timestamp,
    /// `None` while it lasts.
    pub ended_at: Option<Timestamp>,
}

/// The newest `limit` times that began from `from` on and before `until`.
pub async fn held(
    tx: &mut Tx,
    tenant: &TenantId,
    from: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<HeldRow>> {
    let rows: Vec<(String, i64, Option<i64>)> = on!(tx, c => sqlx::query_as(
        "SELECT agent_id, began_at, ended_at FROM report_stints
         WHERE tenant_id = $1 AND began_at >= $2 AND began_at < $3 ORDER BY began_at DESC, seq DESC LIMIT $4")
        .bind(tenant.as_str()).bind(from.0).bind(until.0).bind(limit).fetch_all(c).await)?;
    let read = |(agent, began_at, ended_at): (String, i64, Option<i64>)| HeldRow {
        agent: agent.into(),
        began_at: Timestamp(began_at),
        ended_at: ended_at.map(Timestamp),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// The newest `limit` times online that began from `from` on and before `until`. One that lasts ends at `until`, like
/// those that are longer.
pub async fn online(
    tx: &mut Tx,
    tenant: &TenantId,
    from: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<TimeOnline>> {
    // SQLite keeps the order of a cross join: the only index needs the agent.
    let rows: Vec<(i64, Option<i64>)> = on!(tx, c => sqlx::query_as(
        "SELECT presence_intervals.started_at, presence_intervals.ended_at
         FROM agents CROSS JOIN presence_intervals
         WHERE agents.tenant_id = $1 AND presence_intervals.tenant_id = agents.tenant_id
           AND presence_intervals.agent_id = agents.id AND presence_intervals.state = $2
           AND presence_intervals.started_at >= $3 AND presence_intervals.started_at < $4
         ORDER BY presence_intervals.started_at DESC LIMIT $5")
        .bind(tenant.as_str()).bind(PresenceState::Online.as_str()).bind(from.0).bind(until.0).bind(limit)
        .fetch_all(c).await)?;
    let read = |(from, ended): (i64, Option<i64>)| {
        let ended = ended.map_or(until, |ended| Timestamp(ended).min(until));
        TimeOnline { from: Timestamp(from), until: ended }
    };
    Ok(rows.into_iter().map(read).collect())
}
