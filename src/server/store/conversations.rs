//! Conversations: lock and load, save. The state machine itself is `domain::conversation`.

use std::collections::HashMap;

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, StoreError, Tx,
    db::{TENANT_BESIDE_IDS, on, slices},
    from_json, handoffs, to_json,
};
use crate::domain::{
    conversation::{Conversation, Epoch, Owner, State},
    desk::PreviewBy,
    event::{Actor, CloseReason},
    ids::{AgentId, ChannelId, ConversationId, CustomerId, TenantId},
    time::Timestamp,
    window::Window,
};

/// A conversation together with what its row keeps for lists.
#[derive(Clone, Debug)]
pub struct Stored {
    pub conversation: Conversation,
    pub version: i64,
    pub requested_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub last_at: Timestamp,
    pub preview: String,
    pub preview_by: PreviewKind,
    /// The bucket it is counted in; `None` before its first save.
    pub counted: Option<String>,
}

/// Who said the last line, as the row keeps it: ids only, names are joined when read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum PreviewKind {
    Customer,
    Bot,
    Business,
    Agent { agent: AgentId },
}

impl PreviewKind {
    pub fn named(self, name: impl FnOnce(&AgentId) -> String) -> PreviewBy {
        match self {
            Self::Customer => PreviewBy::Customer,
            Self::Bot => PreviewBy::Bot,
            Self::Business => PreviewBy::Business,
            Self::Agent { agent } => {
                let name = name(&agent);
                PreviewBy::Agent { agent, name }
            }
        }
    }
}

#[derive(FromRow)]
struct ConversationRow {
    id: String,
    channel_id: String,
    customer_id: String,
    team_id: String,
    previous_id: Option<String>,
    version: i64,
    epoch: i64,
    stage: String,
    agent_id: Option<String>,
    agent_since: Option<i64>,
    handoff_id: Option<String>,
    started_at: i64,
    requested_at: Option<i64>,
    closed_at: Option<i64>,
    closed_by: Option<String>,
    close_reason: Option<String>,
    last_turn_at: Option<i64>,
    window_refused_at: Option<i64>,
    last_turn_id: Option<String>,
    unread: i64,
    last_at: i64,
    preview: String,
    preview_by: String,
}

const COLUMNS: &str = "id, channel_id, customer_id, team_id, previous_id, version, epoch, stage, agent_id, agent_since, \
     handoff_id, started_at, requested_at, closed_at, closed_by, close_reason, last_turn_at, window_refused_at, \
     last_turn_id, unread, last_at, preview, preview_by";

pub fn stage(state: &State) -> &'static str {
    match state {
        State::Bot => "bot",
        State::Human { owner: Owner::Nobody, .. } => "waiting",
        State::Human { owner: Owner::Agent { .. }, .. } => "claimed",
        State::Human { owner: Owner::Phone, .. } => "phone",
        State::Closed { .. } => "closed",
    }
}

/// The place in its group; must agree with `domain::desk::Row::key`.
fn rank(stored: &Stored) -> i64 {
    match &stored.conversation.state {
        State::Human { owner: Owner::Nobody, handoff } => handoff.requested_at.0,
        State::Closed { at, .. } => -at.0,
        State::Bot | State::Human { .. } => -stored.last_at.0,
    }
}

async fn hydrate(tx: &mut Tx, tenant: &TenantId, row: ConversationRow) -> Result<Stored> {
    let unreadable = |what: &str| StoreError::Unreadable(format!("conversation {}: {what}", row.id));
    let handoff = match (&row.handoff_id, row.stage.as_str()) {
        (Some(id), "waiting" | "claimed" | "phone") => {
            Some(handoffs::find(tx, tenant, &id.as_str().into()).await?.ok_or_else(|| unreadable("no handoff"))?)
        }
        _ => None,
    };
    let agent = row.agent_id.clone().map(AgentId::from);
    let state = match (row.stage.as_str(), handoff) {
        ("bot", _) => State::Bot,
        ("waiting", Some(handoff)) => State::Human { handoff, owner: Owner::Nobody },
        ("phone", Some(handoff)) => State::Human { handoff, owner: Owner::Phone },
        ("claimed", Some(handoff)) => {
            let agent = agent.clone().ok_or_else(|| unreadable("no agent"))?;
            let since = Timestamp(row.agent_since.unwrap_or_default());
            State::Human { handoff, owner: Owner::Agent { agent, since } }
        }
        ("closed", _) => State::Closed {
            at: Timestamp(row.closed_at.unwrap_or_default()),
            by: row.closed_by.as_deref().map(from_json::<Actor>).transpose()?.unwrap_or(Actor::System),
            reason: CloseReason::from_word(row.close_reason.as_deref().unwrap_or_default()),
        },
        (stage, _) => return Err(unreadable(stage)),
    };
    let counted = Some(super::counters::bucket(&row.stage, agent.as_ref()));
    Ok(Stored {
        conversation: Conversation {
            id: row.id.into(),
            channel: row.channel_id.into(),
            customer: row.customer_id.into(),
            team: row.team_id.into(),
            previous: row.previous_id.map(Into::into),
            started_at: Timestamp(row.started_at),
            epoch: Epoch(row.epoch),
            window: Window {
                last_turn: row.last_turn_at.map(Timestamp),
                refused_at: row.window_refused_at.map(Timestamp),
            },
            last_turn: row.last_turn_id.map(Into::into),
            unread: row.unread,
            state,
        },
        version: row.version,
        requested_at: row.requested_at.map(Timestamp),
        closed_at: row.closed_at.map(Timestamp),
        last_at: Timestamp(row.last_at),
        preview: row.preview,
        preview_by: from_json(&row.preview_by)?,
        counted,
    })
}

/// Locks a conversation and loads it, in one statement on both engines. Its version is the next one already.
pub async fn lock(tx: &mut Tx, tenant: &TenantId, id: &ConversationId) -> Result<Option<Stored>> {
    let row: Option<ConversationRow> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE conversations SET version = version + 1 WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    match row {
        Some(row) => hydrate(tx, tenant, row).await.map(Some),
        None => Ok(None),
    }
}

/// As [`lock`] for several, in a statement for all. Unknown ids are left out.
pub async fn lock_all(tx: &mut Tx, tenant: &TenantId, ids: &[&ConversationId]) -> Result<Vec<Stored>> {
    let mut locked = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<ConversationRow> = on!(tx, c => {
            let mut query = QueryBuilder::new("UPDATE conversations SET version = version + 1 WHERE ");
            query.push(TENANT_BESIDE_IDS).push(" = ").push_bind(tenant.as_str()).push(" AND id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(") RETURNING ").push(COLUMNS);
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            locked.push(hydrate(tx, tenant, row).await?);
        }
    }
    Ok(locked)
}

/// Loads without locking, for reading only.
pub async fn load(tx: &mut Tx, tenant: &TenantId, id: &ConversationId) -> Result<Option<Stored>> {
    let row: Option<ConversationRow> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM conversations WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    match row {
        Some(row) => hydrate(tx, tenant, row).await.map(Some),
        None => Ok(None),
    }
}

/// The open conversation of a customer on a number (invariant 1: at most one).
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

/// The archive of a customer's past on a number.
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

/// Every open conversation of a customer, in id order: the order in which rows are locked.
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

/// Gives all conversations of one customer record to another.
pub async fn move_customer(tx: &mut Tx, tenant: &TenantId, from: &CustomerId, into: &CustomerId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE conversations SET customer_id = $3, version = version + 1 WHERE tenant_id = $1 AND customer_id = $2")
        .bind(tenant.as_str()).bind(from.as_str()).bind(into.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Who closed which of `ids`.
pub async fn closers(tx: &mut Tx, tenant: &TenantId, ids: &[ConversationId]) -> Result<HashMap<ConversationId, Actor>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, String)> = on!(tx, c => {
        let mut query = QueryBuilder::new("SELECT id, closed_by FROM conversations WHERE ");
        query.push(TENANT_BESIDE_IDS).push(" = ").push_bind(tenant.as_str());
        query.push(" AND closed_by IS NOT NULL AND id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.as_str());
        }
        query.push(")");
        query.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter().map(|(id, by)| Ok((id.into(), from_json(&by)?))).collect()
}

/// What a conversation's row says besides the columns that never change.
struct ConversationState<'a> {
    agent: Option<&'a str>,
    since: Option<i64>,
    closed_by: Option<String>,
    close_reason: Option<&'static str>,
    preview_by: String,
}

impl<'a> ConversationState<'a> {
    fn of(stored: &'a Stored) -> Result<Self> {
        let (agent, since) = match &stored.conversation.state {
            State::Human { owner: Owner::Agent { agent, since }, .. } => (Some(agent.as_str()), Some(since.0)),
            _ => (None, None),
        };
        let (closed_by, close_reason) = match &stored.conversation.state {
            State::Closed { by, reason, .. } => (Some(to_json(by)?), Some(reason.word())),
            _ => (None, None),
        };
        Ok(Self { agent, since, closed_by, close_reason, preview_by: to_json(&stored.preview_by)? })
    }
}

/// Writes conversations that are new, as they stand now.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, begun: &[&Stored]) -> Result<()> {
    for slice in slices(begun) {
        let rows =
            slice.iter().map(|stored| Ok((*stored, ConversationState::of(stored)?))).collect::<Result<Vec<_>>>()?;
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO conversations (id, tenant_id, channel_id, customer_id, team_id, previous_id, version, epoch,
                    stage, agent_id, agent_since, handoff_id, started_at, requested_at, closed_at, closed_by, close_reason,
                    last_turn_at, window_refused_at, last_turn_id, unread, rank, last_at, preview, preview_by) ");
            query.push_values(&rows, |mut row, (stored, standing)| {
                let it = &stored.conversation;
                row.push_bind(it.id.as_str()).push_bind(tenant.as_str()).push_bind(it.channel.as_str())
                    .push_bind(it.customer.as_str()).push_bind(it.team.as_str())
                    .push_bind(it.previous.as_ref().map(|id| id.as_str())).push_bind(stored.version).push_bind(it.epoch.0)
                    .push_bind(stage(&it.state)).push_bind(standing.agent).push_bind(standing.since)
                    .push_bind(it.handoff().map(|handoff| handoff.id.as_str())).push_bind(it.started_at.0)
                    .push_bind(stored.requested_at.map(|at| at.0)).push_bind(stored.closed_at.map(|at| at.0))
                    .push_bind(standing.closed_by.as_deref()).push_bind(standing.close_reason)
                    .push_bind(it.window.last_turn.map(|at| at.0)).push_bind(it.window.refused_at.map(|at| at.0))
                    .push_bind(it.last_turn.as_ref().map(|id| id.as_str())).push_bind(it.unread).push_bind(rank(stored))
                    .push_bind(stored.last_at.0).push_bind(stored.preview.as_str()).push_bind(standing.preview_by.as_str());
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Writes back a locked conversation.
pub async fn save(tx: &mut Tx, tenant: &TenantId, stored: &Stored) -> Result<()> {
    save_all(tx, tenant, &[stored]).await
}

/// Writes back locked conversations, in a statement for all.
pub async fn save_all(tx: &mut Tx, tenant: &TenantId, locked: &[&Stored]) -> Result<()> {
    for slice in slices(locked) {
        let rows =
            slice.iter().map(|stored| Ok((*stored, ConversationState::of(stored)?))).collect::<Result<Vec<_>>>()?;
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                // Both engines call the columns of VALUES column1, column2 and so on.
                "UPDATE conversations SET team_id = v.column3, version = v.column4, epoch = v.column5,
                    stage = v.column6, agent_id = v.column7, agent_since = v.column8,
                    handoff_id = COALESCE(v.column9, handoff_id), requested_at = v.column10,
                    closed_at = v.column11, closed_by = v.column12, close_reason = v.column13,
                    last_turn_at = v.column14, window_refused_at = v.column15, last_turn_id = v.column16,
                    unread = v.column17, rank = v.column18, last_at = v.column19, preview = v.column20,
                    preview_by = v.column21
                 FROM (");
            query.push_values(&rows, |mut row, (stored, standing)| {
                let it = &stored.conversation;
                row.push_bind(tenant.as_str()).push_bind(it.id.as_str()).push_bind(it.team.as_str())
                    .push_bind(stored.version).push_bind(it.epoch.0).push_bind(stage(&it.state)).push_bind(standing.agent)
                    .push_bind(standing.since).push_bind(it.handoff().map(|handoff| handoff.id.as_str()))
                    .push_bind(stored.requested_at.map(|at| at.0)).push_bind(stored.closed_at.map(|at| at.0))
                    .push_bind(standing.closed_by.as_deref()).push_bind(standing.close_reason)
                    .push_bind(it.window.last_turn.map(|at| at.0)).push_bind(it.window.refused_at.map(|at| at.0))
                    .push_bind(it.last_turn.as_ref().map(|id| id.as_str())).push_bind(it.unread).push_bind(rank(stored))
                    .push_bind(stored.last_at.0).push_bind(stored.preview.as_str())
                    .push_bind(standing.preview_by.as_str());
            });
            query.push(") AS v WHERE conversations.id = v.column2 AND conversations.tenant_id = v.column1");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}
