//! Conversations: lock, load, save. The state machine is `domain::conversation`.

mod row;

use std::collections::HashMap;

use sqlx::QueryBuilder;

use super::{
    Result, RowId, Tx,
    db::{on, push_asked, push_ids, slices},
    to_json,
};
use crate::domain::{
    conversation::{Owner, State},
    desk::Group,
    event::Actor,
    ids::{AgentId, ChannelId, ConversationId, CustomerId, TenantId},
};

use self::row::{COLUMNS, RawConversation, TABLE, hydrate_all};
pub use self::row::{ConversationRow, PreviewKind, Stage};
pub(super) use self::row::{control, reply_clock, snooze};

/// The sort key in its group. Must agree with `domain::desk::Row::key`.
fn rank(stored: &ConversationRow) -> i64 {
    match &stored.conversation.state {
        State::Human { owner: Owner::Nobody, handoff } => handoff.requested_at.0,
        State::Closed { at, .. } => -at.0,
        State::Bot | State::Human { .. } => -stored.last_at.0,
    }
}

/// The group of a claimed conversation for its owner, and its sort key there. Must agree with `domain::desk::Row`.
fn own_place(stored: &ConversationRow) -> Option<(Group, i64)> {
    let it = &stored.conversation;
    it.agent()?;
    Some(match (it.snooze, it.reply_clock) {
        (Some(snooze), _) => (Group::Snoozed, snooze.rank()),
        (None, Some(clock)) => (Group::ReplyNow, clock.since.0),
        (None, None) => (Group::CustomersTurn, -stored.last_at.0),
    })
}

/// Locks a conversation and loads it, in one statement on both engines. The loaded version is incremented already.
pub async fn lock(tx: &mut Tx, tenant: &TenantId, id: &ConversationId) -> Result<Option<ConversationRow>> {
    let row: Option<RawConversation> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE conversations SET version = version + 1 WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(hydrate_all(tx, tenant, row.into_iter().collect()).await?.pop())
}

/// As [`lock`], for several in one statement. Unknown ids are left out. They are locked in the order of `ids`, which must
/// ascend: two transactions that lock the same conversations then wait for each other, and do not deadlock.
pub async fn lock_all(tx: &mut Tx, tenant: &TenantId, ids: &[&ConversationId]) -> Result<Vec<ConversationRow>> {
    let mut locked = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        hold_in_order(tx, tenant, slice).await?;
        let rows: Vec<RawConversation> = on!(tx, c => {
            let mut query = QueryBuilder::new("UPDATE conversations SET version = version + 1 WHERE ");
            push_ids(&mut query, tenant, "id", slice.iter().map(|id| id.as_str()));
            query.push(" RETURNING ").push(COLUMNS);
            query.build_query_as().fetch_all(c).await
        })?;
        locked.extend(hydrate_all(tx, tenant, rows).await?);
    }
    Ok(locked)
}

/// Locks several rows in the order of their ids, for the update of all that follows.
async fn hold_in_order(tx: &mut Tx, tenant: &TenantId, ids: &[&ConversationId]) -> Result<()> {
    let Some(for_change) = tx.for_change().filter(|_| ids.len() > 1) else { return Ok(()) };
    on!(tx, c => {
        let mut query = QueryBuilder::new("SELECT id FROM conversations WHERE ");
        push_ids(&mut query, tenant, "id", ids.iter().map(|id| id.as_str()));
        query.push(" ORDER BY id ").push(for_change);
        query.build().execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// As [`load`], for several in one statement. Unknown ids are left out.
pub async fn load_all(tx: &mut Tx, tenant: &TenantId, ids: &[&ConversationId]) -> Result<Vec<ConversationRow>> {
    let mut found = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<RawConversation> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT ");
            query.push(COLUMNS).push(" FROM conversations WHERE ");
            push_ids(&mut query, tenant, "id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(hydrate_all(tx, tenant, rows).await?);
    }
    Ok(found)
}

/// Loads without a lock, for reading only.
pub async fn load(tx: &mut Tx, tenant: &TenantId, id: &ConversationId) -> Result<Option<ConversationRow>> {
    let row: Option<RawConversation> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM conversations WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(hydrate_all(tx, tenant, row.into_iter().collect()).await?.pop())
}

/// The open conversation of a customer on a number (promise 1: at most one).
pub async fn open_of(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    customer: &CustomerId,
) -> Result<Option<ConversationId>> {
    let id: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM conversations WHERE tenant_id = $1 AND channel_id = $2 AND customer_id = $3 AND stage <> 'closed'")
        .bind(tenant.as_str()).bind(channel.as_str()).bind(customer.as_str()).fetch_optional(c).await)?;
    Ok(id.map(Into::into))
}

/// As [`open_of`], for several customers, each on a number, in one statement.
pub async fn open_of_all(
    tx: &mut Tx,
    tenant: &TenantId,
    customers: &[(&ChannelId, &CustomerId)],
) -> Result<Vec<ConversationId>> {
    let mut open = Vec::with_capacity(customers.len());
    for slice in slices(customers) {
        let ids: Vec<String> = on!(tx, c => {
            let mut query = QueryBuilder::new("");
            push_asked(&mut query, slice.iter().map(|(channel, customer)| (*channel, customer.as_str())));
            query.push(
                "SELECT id FROM asked CROSS JOIN conversations WHERE stage <> 'closed' AND channel_id = asked.number
                 AND customer_id = asked.value AND tenant_id = ");
            query.push_bind(tenant.as_str()).build_query_scalar().fetch_all(c).await
        })?;
        open.extend(ids.into_iter().map(ConversationId::from));
    }
    Ok(open)
}

/// The customer's newest conversation on a number, open or closed.
pub async fn newest_of(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    customer: &CustomerId,
) -> Result<Option<ConversationId>> {
    let id: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM conversations WHERE tenant_id = $1 AND channel_id = $2 AND customer_id = $3
         ORDER BY started_at DESC, id DESC LIMIT 1")
        .bind(tenant.as_str()).bind(channel.as_str()).bind(customer.as_str()).fetch_optional(c).await)?;
    Ok(id.map(Into::into))
}

/// The customer's conversation on a number that was closed last. It need not be the newest, because an older one can be
/// reopened. Those that were merged or imported ended nothing for the customer.
pub async fn last_closed_of(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    customer: &CustomerId,
) -> Result<Option<ConversationId>> {
    // Expressions, so that the index over the customer's conversations is read, and none over those of the number or of
    // the tenant.
    let id: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM conversations WHERE tenant_id = $1 AND COALESCE(channel_id, '') = $2 AND customer_id = $3
            AND close_reason NOT IN ('merged', 'imported') ORDER BY COALESCE(closed_at, 0) DESC, id DESC LIMIT 1")
        .bind(tenant.as_str()).bind(channel.as_str()).bind(customer.as_str()).fetch_optional(c).await)?;
    Ok(id.map(Into::into))
}

/// The archive of a customer's imported history on a number.
pub async fn imported_of(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    customer: &CustomerId,
) -> Result<Option<ConversationId>> {
    let id: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM conversations WHERE tenant_id = $1 AND channel_id = $2 AND customer_id = $3
            AND close_reason = 'imported' ORDER BY started_at, id LIMIT 1")
        .bind(tenant.as_str()).bind(channel.as_str()).bind(customer.as_str()).fetch_optional(c).await)?;
    Ok(id.map(Into::into))
}

/// The conversations that an agent owns in id order, which is the order of locking.
pub async fn owned_by(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Vec<ConversationId>> {
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM conversations WHERE tenant_id = $1 AND agent_id = $2 AND stage = 'claimed' ORDER BY id")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_all(c).await)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// The conversations of an agent that hold news the agent has not seen.
pub async fn unread_of(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Vec<ConversationId>> {
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM conversations WHERE tenant_id = $1 AND agent_id = $2 AND stage = 'claimed' AND unread > 0
         ORDER BY id")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_all(c).await)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// All open conversations of a customer in id order, which is the order of locking.
pub async fn all_open_of(
    tx: &mut Tx,
    tenant: &TenantId,
    customer: &CustomerId,
) -> Result<Vec<(ConversationId, ChannelId)>> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, channel_id FROM conversations WHERE tenant_id = $1 AND customer_id = $2 AND stage <> 'closed' ORDER BY id")
        .bind(tenant.as_str()).bind(customer.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, channel)| (id.into(), channel.into())).collect())
}

/// Moves all conversations of one customer record to another.
pub async fn move_customer(tx: &mut Tx, tenant: &TenantId, from: &CustomerId, into: &CustomerId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE conversations SET customer_id = $3, version = version + 1 WHERE tenant_id = $1 AND customer_id = $2")
        .bind(tenant.as_str()).bind(from.as_str()).bind(into.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Who closed each of `ids`.
pub async fn closers(tx: &mut Tx, tenant: &TenantId, ids: &[ConversationId]) -> Result<HashMap<ConversationId, Actor>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, String)> = on!(tx, c => {
        let mut query = QueryBuilder::new("SELECT id, closed_by FROM conversations WHERE ");
        push_ids(&mut query, tenant, "id", ids.iter().map(|id| id.as_str()));
        query.push(" AND closed_by IS NOT NULL");
        query.build_query_as().fetch_all(c).await
    })?;
    let read = |(id, by): (String, String)| {
        let by = RowId::new(TABLE, &id).json("closed_by", &by)?;
        Ok((id.into(), by))
    };
    rows.into_iter().map(read).collect()
}

/// The columns of a conversation's row that change.
struct ConversationState<'a> {
    agent: Option<&'a str>,
    since: Option<i64>,
    closed_by: Option<String>,
    close_reason: Option<&'static str>,
    preview_by: String,
    own_group: Option<&'static str>,
    own_rank: Option<i64>,
    /// Of the open handoff. Without one the row keeps that of the last, as it keeps its id.
    trigger: Option<&'static str>,
    control: Option<String>,
}

impl<'a> ConversationState<'a> {
    fn of(stored: &'a ConversationRow) -> Result<Self> {
        let (agent, since) = match &stored.conversation.state {
            State::Human { owner: Owner::Agent { agent, since }, .. } => (Some(agent.as_str()), Some(since.0)),
            State::Human { owner: Owner::Nobody | Owner::Phone, .. } | State::Bot | State::Closed { .. } => {
                (None, None)
            }
        };
        let (closed_by, close_reason) = match &stored.conversation.state {
            State::Closed { by, reason, .. } => (Some(to_json(by)?), Some(reason.as_str())),
            State::Bot | State::Human { .. } => (None, None),
        };
        let (own_group, own_rank) = own_place(stored).map(|(group, rank)| (group.as_str(), rank)).unzip();
        let preview_by = to_json(&stored.preview_by)?;
        let trigger = stored.conversation.handoff().map(|handoff| handoff.trigger.kind().as_str());
        let control = Some(&stored.conversation.control).filter(|control| !control.is_default());
        let control = control.map(to_json).transpose()?;
        Ok(Self { agent, since, closed_by, close_reason, preview_by, own_group, own_rank, trigger, control })
    }
}

/// Whether the tenant has this conversation.
pub async fn exists(tx: &mut Tx, tenant: &TenantId, id: &ConversationId) -> Result<bool> {
    let found: Option<i32> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM conversations WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Inserts new conversations in their current state.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, begun: &[&ConversationRow]) -> Result<()> {
    for slice in slices(begun) {
        let rows =
            slice.iter().map(|stored| Ok((*stored, ConversationState::of(stored)?))).collect::<Result<Vec<_>>>()?;
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO conversations (id, tenant_id, channel_id, customer_id, team_id, previous_id, version, epoch,
                    stage, agent_id, agent_since, handoff_id, started_at, requested_at, closed_at, closed_by, close_reason,
                    last_turn_at, window_refused_at, last_turn_id, unread, rank, last_at, preview, preview_by, ending_id,
                    last_item_id, preview_id, reply_since, reply_target, snooze, snoozed_until, own_group, own_rank,
                    trigger_kind, outcome_id, thread_control) ");
            query.push_values(&rows, |mut row, (stored, standing)| {
                let it = &stored.conversation;
                row.push_bind(it.id.as_str()).push_bind(tenant.as_str()).push_bind(it.channel.as_str())
                    .push_bind(it.customer.as_str()).push_bind(it.team.as_str())
                    .push_bind(it.previous.as_ref().map(|id| id.as_str())).push_bind(stored.version).push_bind(it.epoch.0)
                    .push_bind(Stage::of(&it.state).as_str()).push_bind(standing.agent).push_bind(standing.since)
                    .push_bind(it.handoff().map(|handoff| handoff.id.as_str())).push_bind(it.started_at.0)
                    .push_bind(stored.requested_at.map(|at| at.0)).push_bind(stored.closed_at.map(|at| at.0))
                    .push_bind(standing.closed_by.as_deref()).push_bind(standing.close_reason)
                    .push_bind(it.window.last_turn.map(|at| at.0)).push_bind(it.window.refused_at.map(|at| at.0))
                    .push_bind(it.last_turn.as_ref().map(|id| id.as_str())).push_bind(it.unread).push_bind(rank(stored))
                    .push_bind(stored.last_at.0).push_bind(stored.preview.as_str()).push_bind(standing.preview_by.as_str())
                    .push_bind(it.ending.as_ref().map(|ending| ending.id.as_str()))
                    .push_bind(it.last_item.as_ref().map(|id| id.as_str()))
                    .push_bind(stored.preview_id.as_ref().map(|id| id.as_str()))
                    .push_bind(it.reply_clock.map(|clock| clock.since.0))
                    .push_bind(it.reply_clock.map(|clock| clock.target.0))
                    .push_bind(it.snooze.map(|snooze| snooze.kind.as_str()))
                    .push_bind(it.snooze.and_then(|snooze| snooze.until).map(|until| until.0))
                    .push_bind(standing.own_group).push_bind(standing.own_rank).push_bind(standing.trigger)
                    .push_bind(stored.outcome.as_ref().map(|id| id.as_str())).push_bind(standing.control.as_deref());
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Saves a locked conversation.
pub async fn save(tx: &mut Tx, tenant: &TenantId, stored: &ConversationRow) -> Result<()> {
    save_all(tx, tenant, &[stored]).await
}

/// Saves locked conversations in one statement.
pub async fn save_all(tx: &mut Tx, tenant: &TenantId, locked: &[&ConversationRow]) -> Result<()> {
    for slice in slices(locked) {
        let rows =
            slice.iter().map(|stored| Ok((*stored, ConversationState::of(stored)?))).collect::<Result<Vec<_>>>()?;
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                // Both engines name the columns of VALUES column1, column2 and so on.
                "UPDATE conversations SET team_id = v.column3, version = v.column4, epoch = v.column5,
                    stage = v.column6, agent_id = v.column7, agent_since = v.column8,
                    handoff_id = COALESCE(v.column9, handoff_id), requested_at = v.column10,
                    closed_at = v.column11, closed_by = v.column12, close_reason = v.column13,
                    last_turn_at = v.column14, window_refused_at = v.column15, last_turn_id = v.column16,
                    unread = v.column17, rank = v.column18, last_at = v.column19, preview = v.column20,
                    preview_by = v.column21, ending_id = v.column22, last_item_id = v.column23,
                    preview_id = v.column24, reply_since = v.column25, reply_target = v.column26,
                    snooze = v.column27, snoozed_until = v.column28, own_group = v.column29, own_rank = v.column30,
                    trigger_kind = COALESCE(v.column31, trigger_kind), outcome_id = v.column32,
                    thread_control = v.column33
                 FROM (");
            query.push_values(&rows, |mut row, (stored, standing)| {
                let it = &stored.conversation;
                row.push_bind(tenant.as_str()).push_bind(it.id.as_str()).push_bind(it.team.as_str())
                    .push_bind(stored.version).push_bind(it.epoch.0).push_bind(Stage::of(&it.state).as_str()).push_bind(standing.agent)
                    .push_bind(standing.since).push_bind(it.handoff().map(|handoff| handoff.id.as_str()))
                    .push_bind(stored.requested_at.map(|at| at.0)).push_bind(stored.closed_at.map(|at| at.0))
                    .push_bind(standing.closed_by.as_deref()).push_bind(standing.close_reason)
                    .push_bind(it.window.last_turn.map(|at| at.0)).push_bind(it.window.refused_at.map(|at| at.0))
                    .push_bind(it.last_turn.as_ref().map(|id| id.as_str())).push_bind(it.unread).push_bind(rank(stored))
                    .push_bind(stored.last_at.0).push_bind(stored.preview.as_str())
                    .push_bind(standing.preview_by.as_str()).push_bind(it.ending.as_ref().map(|ending| ending.id.as_str()))
                    .push_bind(it.last_item.as_ref().map(|id| id.as_str()))
                    .push_bind(stored.preview_id.as_ref().map(|id| id.as_str()))
                    .push_bind(it.reply_clock.map(|clock| clock.since.0))
                    .push_bind(it.reply_clock.map(|clock| clock.target.0))
                    .push_bind(it.snooze.map(|snooze| snooze.kind.as_str()))
                    .push_bind(it.snooze.and_then(|snooze| snooze.until).map(|until| until.0))
                    .push_bind(standing.own_group).push_bind(standing.own_rank).push_bind(standing.trigger)
                    .push_bind(stored.outcome.as_ref().map(|id| id.as_str())).push_bind(standing.control.as_deref());
            });
            query.push(") AS v WHERE conversations.id = v.column2 AND conversations.tenant_id = v.column1");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}
