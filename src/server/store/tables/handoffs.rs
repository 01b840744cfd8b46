//! Handoffs: the records from which all metrics are derived.

use std::collections::HashMap;

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, push_ids, slices},
    to_json,
};
use crate::domain::{
    handoff::{Brief, Claimed, FirstReply, Handoff, HandoffEnd, Trigger},
    ids::{AgentId, ConversationId, HandoffId, KeywordId, MessageId, TenantId},
    time::{Span, Timestamp},
};

#[derive(FromRow)]
struct RawHandoff {
    id: String,
    team_id: String,
    trigger_json: String,
    message_id: Option<String>,
    target: i64,
    requested_at: i64,
    claimed_by: Option<String>,
    claimed_at: Option<i64>,
    first_reply_by: Option<String>,
    first_reply_at: Option<i64>,
    released_at: Option<i64>,
    released_by: Option<String>,
    next_reply_at: Option<i64>,
    ended_at: Option<i64>,
    end_reason: Option<String>,
    reason: String,
    note: String,
    summary: String,
    urgency: String,
}

/// A handoff with its summary, and when and how it ended.
#[derive(Clone, Debug)]
pub struct PastHandoffRow {
    pub handoff: Handoff,
    pub brief: Brief,
    pub ended_at: Option<Timestamp>,
    pub end: Option<HandoffEnd>,
}

impl TryFrom<RawHandoff> for PastHandoffRow {
    type Error = StoreError;
    fn try_from(row: RawHandoff) -> Result<Self> {
        let this = RowId::new("handoffs", &row.id);
        let claimed = row.claimed_by.zip(row.claimed_at).map(|(by, at)| Claimed { by: by.into(), at: Timestamp(at) });
        let first_reply = match row.first_reply_by.as_deref().zip(row.first_reply_at) {
            Some((by, at)) => Some(FirstReply { by: this.json("first_reply_by", by)?, at: Timestamp(at) }),
            None => None,
        };
        let trigger = this.json("trigger_json", &row.trigger_json)?;
        let urgency = this.variant("urgency", &row.urgency)?;
        let end = this.variant_if("end_reason", row.end_reason.as_deref())?;
        let handoff = Handoff {
            id: row.id.into(),
            trigger,
            message: row.message_id.map(Into::into),
            team: row.team_id.into(),
            requested_at: Timestamp(row.requested_at),
            target: Span(row.target),
            claimed,
            first_reply,
            released_at: row.released_at.map(Timestamp),
            released_by: row.released_by.map(Into::into),
            next_reply_at: row.next_reply_at.map(Timestamp),
        };
        let brief = Brief { reason: row.reason, note: row.note, summary: row.summary, urgency };
        Ok(Self { handoff, brief, ended_at: row.ended_at.map(Timestamp), end })
    }
}

const COLUMNS: &str = "SELECT id, team_id, trigger_json, message_id, target, requested_at, claimed_by, claimed_at, \
     first_reply_by, first_reply_at, released_at, released_by, next_reply_at, ended_at, end_reason, reason, note, \
     summary, urgency FROM handoffs";

/// The handoffs with these ids. Unknown ones are left out.
pub async fn by_ids(tx: &mut Tx, tenant: &TenantId, ids: &[HandoffId]) -> Result<HashMap<HandoffId, Handoff>> {
    let mut found = HashMap::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<RawHandoff> = on!(tx, c => {
            let mut query = QueryBuilder::new(COLUMNS);
            push_ids(query.push(" WHERE "), tenant, "id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            let handoff = PastHandoffRow::try_from(row)?.handoff;
            found.insert(handoff.id.clone(), handoff);
        }
    }
    Ok(found)
}

/// The conversations of these handoffs. Unknown ones are left out.
pub async fn conversations_of(
    tx: &mut Tx,
    tenant: &TenantId,
    ids: &[HandoffId],
) -> Result<HashMap<HandoffId, ConversationId>> {
    let mut found = HashMap::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<(String, String)> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT id, conversation_id FROM handoffs WHERE ");
            push_ids(&mut query, tenant, "id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|(id, conversation)| (id.into(), conversation.into())));
    }
    Ok(found)
}

/// The reasons that were given with these handoffs, where there is one.
pub async fn reasons(tx: &mut Tx, tenant: &TenantId, ids: &[HandoffId]) -> Result<HashMap<HandoffId, String>> {
    let mut found = HashMap::new();
    for slice in slices(ids) {
        let rows: Vec<(String, String)> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT id, reason FROM handoffs WHERE reason <> '' AND ");
            push_ids(&mut query, tenant, "id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|(id, reason)| (HandoffId::from(id), reason)));
    }
    Ok(found)
}

/// The phrase of a keyword at the newest handoff that it requested.
pub async fn keyword_phrase(tx: &mut Tx, tenant: &TenantId, keyword: &KeywordId) -> Result<Option<String>> {
    let row: Option<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, trigger_json FROM handoffs WHERE tenant_id = $1 AND keyword_id = $2 ORDER BY requested_at DESC LIMIT 1")
        .bind(tenant.as_str()).bind(keyword.as_str()).fetch_optional(c).await)?;
    let Some((id, json)) = row else { return Ok(None) };
    let trigger: Trigger = RowId::new("handoffs", &id).json("trigger_json", &json)?;
    Ok(trigger.phrase().map(str::to_owned))
}

/// The handoffs of a conversation, newest first.
pub async fn of(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<Vec<PastHandoffRow>> {
    let rows: Vec<RawHandoff> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY requested_at DESC, id DESC")))
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(PastHandoffRow::try_from).collect()
}

/// The requests of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourCount {
    /// When the hour began.
    pub slot: Timestamp,
    pub count: i64,
    /// How many of them came before the time that was asked for.
    pub so_far: i64,
}

/// How many agents were requested in each hour after `from` and before `to`, and how many of them before `cut`. Hours
/// without a request are left out, and so is what agents began themselves.
pub async fn requested_by_hour(
    tx: &mut Tx,
    tenant: &TenantId,
    (from, to): (Timestamp, Timestamp),
    cut: Timestamp,
) -> Result<Vec<HourCount>> {
    let rows: Vec<(i64, i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT (requested_at - $2) / 3600000 AS slot, COUNT(*),
            CAST(SUM(CASE WHEN requested_at < $4 THEN 1 ELSE 0 END) AS BIGINT)
         FROM handoffs WHERE tenant_id = $1 AND requested_at >= $2 AND requested_at < $3 AND trigger_kind <> 'outbound'
         GROUP BY slot ORDER BY slot")
        .bind(tenant.as_str()).bind(from.0).bind(to.0).bind(cut.0).fetch_all(c).await)?;
    let hour = |(slot, count, so_far)| HourCount { slot: from.plus(Span::hours(slot)), count, so_far };
    Ok(rows.into_iter().map(hour).collect())
}

/// When the tenant's first agent was requested.
pub async fn first_requested(tx: &mut Tx, tenant: &TenantId) -> Result<Option<Timestamp>> {
    let at: Option<i64> = on!(tx, c => sqlx::query_scalar(
        // The second condition changes nothing, but lets the plan show that one row of the index is read.
        "SELECT requested_at FROM handoffs WHERE tenant_id = $1 AND requested_at >= $2 ORDER BY requested_at LIMIT 1")
        .bind(tenant.as_str()).bind(i64::MIN).fetch_optional(c).await)?;
    Ok(at.map(Timestamp))
}

/// The conversation of a handoff.
pub async fn conversation_of(tx: &mut Tx, tenant: &TenantId, id: &HandoffId) -> Result<Option<ConversationId>> {
    let found: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT conversation_id FROM handoffs WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(found.map(Into::into))
}

/// A first message that WhatsApp did not deliver.
#[derive(Clone, Debug, FromRow)]
pub struct FailedFirstRow {
    #[sqlx(try_from = "String")]
    pub conversation: ConversationId,
    #[sqlx(try_from = "String")]
    pub message: MessageId,
    pub at: i64,
    #[sqlx(try_from = "String")]
    pub agent: AgentId,
    pub name: String,
    /// Digits without `+`.
    pub wa_id: Option<String>,
    pub channel_name: String,
    pub fault_words: Option<String>,
}

/// The conversations since `from` whose first message failed and was not sent again, newest first. That message has the time
/// of the handoff: both are made at once.
pub async fn failed_first(tx: &mut Tx, tenant: &TenantId, from: Timestamp, limit: i64) -> Result<Vec<FailedFirstRow>> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT h.conversation_id AS conversation, m.id AS message, h.requested_at AS at, m.author_id AS agent, u.name,
            u.wa_id, n.name AS channel_name, m.fault_words
         FROM handoffs h JOIN messages m ON m.conversation_id = h.conversation_id AND m.at = h.requested_at
            JOIN conversations c ON c.id = h.conversation_id JOIN customers u ON u.id = c.customer_id
            JOIN channels n ON n.id = c.channel_id
         WHERE h.tenant_id = $1 AND h.trigger_kind = 'outbound' AND h.requested_at >= $2 AND m.author = 'agent'
            AND m.delivery = 'failed'
         ORDER BY h.requested_at DESC, h.id DESC LIMIT $3")
        .bind(tenant.as_str()).bind(from.0).bind(limit).fetch_all(c).await)?)
}

/// The columns of a handoff that are JSON.
struct HandoffJson {
    trigger: String,
    reply_by: Option<String>,
}

impl HandoffJson {
    fn of(handoff: &Handoff) -> Result<Self> {
        let reply_by = handoff.first_reply.as_ref().map(|reply| to_json(&reply.by)).transpose()?;
        Ok(Self { trigger: to_json(&handoff.trigger)?, reply_by })
    }
}

/// Inserts or updates the handoffs of conversations, in one statement. Trigger, target and time of the request are not
/// updated.
pub async fn save_all(tx: &mut Tx, tenant: &TenantId, handoffs: &[(&ConversationId, &Handoff)]) -> Result<()> {
    for slice in slices(handoffs) {
        let mut rows = Vec::with_capacity(slice.len());
        for (conversation, handoff) in slice {
            rows.push((*conversation, *handoff, HandoffJson::of(handoff)?));
        }
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO handoffs (id, tenant_id, conversation_id, team_id, trigger_kind, trigger_json, keyword_id,
                    message_id, target, requested_at, claimed_by, claimed_at, first_reply_by, first_reply_at, released_at,
                    next_reply_at, released_by) ");
            query.push_values(&rows, |mut row, (conversation, handoff, json)| {
                let claimed = handoff.claimed.as_ref();
                row.push_bind(handoff.id.as_str()).push_bind(tenant.as_str()).push_bind(conversation.as_str())
                    .push_bind(handoff.team.as_str()).push_bind(handoff.trigger.kind().as_str())
                    .push_bind(json.trigger.as_str()).push_bind(handoff.trigger.keyword().map(|keyword| keyword.as_str()))
                    .push_bind(handoff.message.as_ref().map(|id| id.as_str())).push_bind(handoff.target.0)
                    .push_bind(handoff.requested_at.0).push_bind(claimed.map(|claimed| claimed.by.as_str()))
                    .push_bind(claimed.map(|claimed| claimed.at.0)).push_bind(json.reply_by.as_deref())
                    .push_bind(handoff.first_reply.as_ref().map(|reply| reply.at.0))
                    .push_bind(handoff.released_at.map(|at| at.0)).push_bind(handoff.next_reply_at.map(|at| at.0))
                    .push_bind(handoff.released_by.as_ref().map(|agent| agent.as_str()));
            });
            query.push(
                " ON CONFLICT (id) DO UPDATE SET claimed_by = excluded.claimed_by, claimed_at = excluded.claimed_at,
                    first_reply_by = excluded.first_reply_by, first_reply_at = excluded.first_reply_at,
                    released_at = excluded.released_at, next_reply_at = excluded.next_reply_at,
                    released_by = excluded.released_by");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Sets or removes the first reply of a handoff that has ended; [`save_all`] does it for an open one.
pub async fn set_first_reply(tx: &mut Tx, tenant: &TenantId, id: &HandoffId, reply: Option<&FirstReply>) -> Result<()> {
    let by = reply.map(|reply| to_json(&reply.by)).transpose()?;
    on!(tx, c => sqlx::query(
        "UPDATE handoffs SET first_reply_by = $3, first_reply_at = $4 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(by.as_deref()).bind(reply.map(|reply| reply.at.0))
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Stores the reason, note, summary and urgency for the agent.
pub async fn describe(tx: &mut Tx, tenant: &TenantId, id: &HandoffId, brief: &Brief) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE handoffs SET reason = $3, note = $4, summary = $5, urgency = $6 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(brief.reason.as_str()).bind(brief.note.as_str())
        .bind(brief.summary.as_str()).bind(brief.urgency.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn end(tx: &mut Tx, tenant: &TenantId, id: &HandoffId, at: Timestamp, reason: HandoffEnd) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE handoffs SET ended_at = $3, end_reason = $4 WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL")
        .bind(tenant.as_str()).bind(id.as_str()).bind(at.0).bind(reason.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}
