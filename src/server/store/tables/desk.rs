//! Reads lists of conversations: keyset pages of one group, single rows for frames, and bounded counts of a filtered
//! group.

mod conditions;
mod matching;
mod wall;

use sqlx::FromRow;

use super::{
    Result, RowId, Tx, agents,
    conversations::{self, PreviewKind, Stage},
    db::on,
};
use crate::domain::{
    conversation::{ReplyClock, describe::AgentNames},
    desk::{Count, EndingMark, Group, Key, PreviewBy, Row, RowState},
    event::{Actor, CloseReason},
    handoff::{Trigger, Waited},
    ids::{AgentId, ConversationId, TenantId},
    time::{Span, Timestamp},
    window::Window,
};

use self::conditions::{Bound, Conditions, parts};
pub use self::{
    conditions::DeskScope,
    matching::{matching, newest_of_customers},
    wall::{active_with_bot, at_risk, replies_due},
};

#[derive(FromRow)]
struct RawRow {
    id: String,
    version: i64,
    channel_id: String,
    channel_name: String,
    name: String,
    wa_id: Option<String>,
    stage: String,
    agent_id: Option<String>,
    preview: String,
    preview_by: String,
    unread: i64,
    started_at: i64,
    requested_at: Option<i64>,
    closed_at: Option<i64>,
    last_at: i64,
    last_turn_at: Option<i64>,
    window_refused_at: Option<i64>,
    last_item_id: Option<String>,
    trigger_json: Option<String>,
    handoff_requested_at: Option<i64>,
    handoff_target: Option<i64>,
    handoff_claimed_by: Option<String>,
    first_reply_at: Option<i64>,
    released_at: Option<i64>,
    released_by: Option<String>,
    next_reply_at: Option<i64>,
    ended_at: Option<i64>,
    pending_id: Option<String>,
    pending_kind: Option<String>,
    pending_agent: Option<String>,
    pending_due: Option<i64>,
    preview_delivery: Option<String>,
    reply_since: Option<i64>,
    reply_target: Option<i64>,
    snooze: Option<String>,
    snoozed_until: Option<i64>,
    closed_by: Option<String>,
    close_reason: Option<String>,
    outcome_name: Option<String>,
    thread_control: Option<String>,
}

const SELECT: &str = "SELECT c.id, c.version, c.channel_id, h.name AS channel_name, u.name, u.wa_id, c.stage, c.agent_id, \
     c.preview, c.preview_by, c.unread, c.started_at, c.requested_at, c.closed_at, c.last_at, c.last_turn_at, \
     c.window_refused_at, c.last_item_id, o.trigger_json, o.requested_at AS handoff_requested_at, \
     o.target AS handoff_target, o.claimed_by AS handoff_claimed_by, o.first_reply_at, o.released_at, o.released_by, \
     o.next_reply_at, o.ended_at, e.id AS pending_id, e.kind AS pending_kind, e.agent_id AS pending_agent, \
     e.due_at AS pending_due, m.delivery AS preview_delivery, c.reply_since, c.reply_target, c.snooze, c.snoozed_until, \
     c.closed_by, c.close_reason, k.name AS outcome_name, c.thread_control \
     FROM conversations c JOIN channels h ON h.id = c.channel_id JOIN customers u ON u.id = c.customer_id \
     LEFT JOIN handoffs o ON o.id = c.handoff_id LEFT JOIN pending_endings e ON e.conversation_id = c.id \
     LEFT JOIN messages m ON m.id = c.preview_id LEFT JOIN outcomes k ON k.id = c.outcome_id";

fn to_row(row: RawRow, names: &AgentNames) -> Result<Row> {
    let this = RowId::new("conversations", &row.id);
    let state = match this.variant("stage", &row.stage)? {
        Stage::Bot => RowState::Bot,
        Stage::Waiting => RowState::Waiting,
        Stage::Claimed => {
            let agent = this.present("agent_id", row.agent_id)?.into();
            RowState::Claimed { name: names.of(&agent), agent }
        }
        Stage::Phone => RowState::Phone,
        Stage::Closed => RowState::Closed { at: Timestamp(this.present("closed_at", row.closed_at)?) },
    };
    let waited = row.handoff_requested_at.zip(row.handoff_target).map(|(requested_at, target)| Waited {
        requested_at: Timestamp(requested_at),
        target: Span(target),
        first_reply_at: row.first_reply_at.map(Timestamp),
        released_at: row.released_at.map(Timestamp),
        next_reply_at: row.next_reply_at.map(Timestamp),
        ended_at: row.ended_at.map(Timestamp),
    });
    let (first_wait, next_wait) = (waited.map(|waited| waited.first()), waited.and_then(|waited| waited.next()));
    let with_people = state != RowState::Bot;
    let trigger = row.trigger_json.as_deref().filter(|_| with_people);
    let trigger = this.json_if::<Trigger>("trigger_json", trigger)?;
    let trigger = trigger.map(|trigger| (trigger.kind(), trigger.label()));
    let ending = match row.pending_id {
        Some(id) => {
            let agent = this.present("pending_agent", row.pending_agent)?.into();
            Some(EndingMark {
                id: id.into(),
                kind: this.variant("pending_kind", &this.present("pending_kind", row.pending_kind)?)?,
                name: names.of(&agent),
                agent,
                due_at: Timestamp(this.present("pending_due", row.pending_due)?),
            })
        }
        None => None,
    };
    let reply = conversations::reply_clock(row.reply_since, row.reply_target).map(ReplyClock::wait);
    let snooze = conversations::snooze(&this, row.snooze.as_deref(), row.snoozed_until)?;
    let control = conversations::control(this, row.thread_control.as_deref())?;
    let last_delivery = this.variant_if("preview_delivery", row.preview_delivery.as_deref())?;
    let preview_by = this.json::<PreviewKind>("preview_by", &row.preview_by)?.named(|agent| names.of(agent));
    let closed_by = closed_by(this, row.closed_by.as_deref(), row.close_reason.as_deref(), names)?;
    let window =
        Window { last_turn: row.last_turn_at.map(Timestamp), refused_at: row.window_refused_at.map(Timestamp) };
    Ok(Row {
        id: row.id.into(),
        version: row.version,
        name: row.name,
        phone: row.wa_id.map(|digits| format!("+{digits}")),
        channel: row.channel_id.into(),
        channel_name: row.channel_name,
        state,
        preview: row.preview,
        preview_by,
        last_delivery,
        // The bot reads for nobody: the count is for the agent who gets the conversation.
        unread: if with_people { row.unread } else { 0 },
        trigger,
        wait: next_wait.or(first_wait),
        earlier_wait: next_wait.and(first_wait),
        reply,
        claimed_by: row.handoff_claimed_by.map(Into::into),
        started_at: Timestamp(row.started_at),
        requested_at: row.requested_at.map(Timestamp),
        alerted_at: row.released_at.or(row.handoff_requested_at).map(Timestamp),
        released_by: row.released_by.filter(|_| with_people).map(Into::into),
        last_at: Timestamp(row.last_at),
        window_closes: window.closes_at(),
        last_turn: row.last_item_id.map(Into::into),
        snooze,
        ending,
        closed_by,
        outcome: row.outcome_name,
        control,
    })
}

/// Who closed a conversation. Nobody did if it was merged or imported.
fn closed_by(
    this: RowId<'_>,
    actor: Option<&str>,
    reason: Option<&str>,
    names: &AgentNames,
) -> Result<Option<PreviewBy>> {
    let reason = this.variant_if::<CloseReason>("close_reason", reason)?;
    let actor = this.json_if::<Actor>("closed_by", actor)?;
    let Some((reason, actor)) = reason.zip(actor) else { return Ok(None) };
    Ok(match reason {
        CloseReason::Merged | CloseReason::Imported => None,
        CloseReason::Done | CloseReason::Bot | CloseReason::Silent => Some(match actor {
            Actor::Agent(agent) => PreviewBy::Agent { name: names.of(&agent), agent },
            Actor::Bot => PreviewBy::Bot,
            Actor::Customer | Actor::System | Actor::Meta => PreviewBy::Business,
        }),
    })
}

/// The page of `group` after `after`, at most `limit` rows.
pub async fn page(
    tx: &mut Tx,
    tenant: &TenantId,
    viewer: &AgentId,
    group: Group,
    scope: &DeskScope,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<Row>> {
    if scope.excludes(group) {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for part in parts(group) {
        let mut conditions = Conditions::of(tenant);
        conditions.part(group, *part, viewer);
        conditions.scope(scope);
        let rank = part.rank();
        if let Some(after) = after {
            conditions.and(&format!("{rank} >= ?"), Bound::Number(after.rank));
            let value = conditions.values.len();
            conditions.and(&format!("({rank} > ${value} OR c.id > ?)"), Bound::Text(after.id.as_str().to_owned()));
        }
        let sql = format!("{SELECT}{} ORDER BY {rank}, c.id LIMIT {limit}", conditions.sql);
        rows.extend(fetch(tx, tenant, sql, conditions.values).await?);
    }
    rows.sort_by_cached_key(|row| row.key(group));
    rows.truncate(limit);
    Ok(rows)
}

/// The rows of `ids`, in no particular order. Unknown ids and ids of other tenants are left out.
pub async fn rows(tx: &mut Tx, tenant: &TenantId, ids: &[ConversationId]) -> Result<Vec<Row>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(200) {
        let mut conditions = Conditions::beside_ids(tenant);
        conditions.and_in("c.id", chunk.iter().map(|id| id.as_str()));
        let sql = format!("{SELECT}{}", conditions.sql);
        found.extend(fetch(tx, tenant, sql, conditions.values).await?);
    }
    Ok(found)
}

/// The other conversations of a conversation's customer, newest first.
pub async fn earlier(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId, limit: usize) -> Result<Vec<Row>> {
    let mut conditions = Conditions::of(tenant);
    conditions.and(
        "c.customer_id = (SELECT customer_id FROM conversations WHERE tenant_id = $1 AND id = ?) AND c.id <> ?",
        Bound::Text(conversation.as_str().to_owned()),
    );
    let sql = format!("{SELECT}{} ORDER BY c.started_at DESC, c.id DESC LIMIT {limit}", conditions.sql);
    fetch(tx, tenant, sql, conditions.values).await
}

/// Counts a filtered group up to `cap`, so that the scan is bounded. Larger counts are shown as "1,000+". The unfiltered
/// counts need no scan: the writer keeps them.
pub async fn count(
    tx: &mut Tx,
    tenant: &TenantId,
    viewer: &AgentId,
    group: Group,
    scope: &DeskScope,
    cap: i64,
) -> Result<Count> {
    if scope.excludes(group) {
        return Ok(Count::default());
    }
    let mut n = 0;
    for part in parts(group) {
        let mut conditions = Conditions::of(tenant);
        conditions.part(group, *part, viewer);
        conditions.scope(scope);
        let sql = format!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM conversations c{} LIMIT {}) AS found",
            conditions.sql,
            cap + 1
        );
        let values = conditions.values;
        n += on!(tx, c => {
            let mut query = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql.as_str()));
            for value in &values {
                query = match value {
                    Bound::Text(text) => query.bind(text.as_str()),
                    Bound::Number(number) => query.bind(*number),
                };
            }
            query.fetch_one(c).await
        })?;
    }
    Ok(Count { n: n.min(cap), more: n > cap })
}

async fn fetch(tx: &mut Tx, tenant: &TenantId, sql: String, values: Vec<Bound>) -> Result<Vec<Row>> {
    let rows: Vec<RawRow> = on!(tx, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()));
        for value in &values {
            query = match value {
                Bound::Text(text) => query.bind(text.as_str()),
                Bound::Number(number) => query.bind(*number),
            };
        }
        query.fetch_all(c).await
    })?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let names = agents::names(tx, tenant).await?;
    rows.into_iter().map(|row| to_row(row, &names)).collect()
}
