//! Which agents are there: a row for each agent and node, which expires unless the node renews it, and the intervals in
//! which an agent was online or away. Intervals are closed and kept.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, Tx,
    db::{on, slices},
};
use crate::domain::{
    ids::{AgentId, NodeId, TenantId},
    time::Timestamp,
    variant_names::variant_names,
};

/// An agent's streams and calls at one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceRow {
    pub tenant: TenantId,
    pub agent: AgentId,
    /// When a stream was last open.
    pub streamed_at: Option<Timestamp>,
    /// When the agent last called.
    pub called_at: Option<Timestamp>,
    /// Until when the agent counts as online.
    pub expires_at: Timestamp,
}

/// An agent who is online or away at a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentAgent {
    pub tenant: TenantId,
    pub agent: AgentId,
    pub node: NodeId,
    pub expires_at: Timestamp,
    pub away: bool,
}

/// The state of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresenceState {
    Online,
    Away,
}

variant_names!(PresenceState {
    Online => "online",
    Away => "away",
});

/// An interval without an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenInterval {
    pub tenant: TenantId,
    pub agent: AgentId,
    pub state: PresenceState,
    /// When the agent last had a stream, on any node.
    pub streamed_at: Option<Timestamp>,
}

/// An interval in which an agent was online or away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceInterval {
    pub state: PresenceState,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct RawPresent {
    tenant_id: String,
    agent_id: String,
    node_id: String,
    expires_at: i64,
    away: bool,
}

/// Inserts or renews a node's rows.
pub async fn save(tx: &mut Tx, node: &NodeId, rows: &[PresenceRow]) -> Result<()> {
    for slice in slices(rows) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO presence (tenant_id, agent_id, node_id, streamed_at, called_at, expires_at) ");
            query.push_values(slice, |mut values, row| {
                values.push_bind(row.tenant.as_str()).push_bind(row.agent.as_str()).push_bind(node.as_str())
                    .push_bind(row.streamed_at.map(|at| at.0)).push_bind(row.called_at.map(|at| at.0))
                    .push_bind(row.expires_at.0);
            });
            query.push(
                " ON CONFLICT (tenant_id, agent_id, node_id) DO UPDATE SET streamed_at = excluded.streamed_at,
                    called_at = excluded.called_at, expires_at = excluded.expires_at");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Removes the rows of agents who have not been seen since `before`.
pub async fn remove_unseen(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "DELETE FROM presence WHERE expires_at <= $1 AND (called_at IS NULL OR called_at <= $1)")
        .bind(before.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The agents whose rows have not expired, of all tenants and nodes.
pub async fn present(tx: &mut Tx, now: Timestamp) -> Result<Vec<PresentAgent>> {
    let rows: Vec<RawPresent> = on!(tx, c => sqlx::query_as(
        "SELECT p.tenant_id, p.agent_id, p.node_id, p.expires_at, a.away FROM presence p
         JOIN agents a ON a.id = p.agent_id WHERE p.expires_at > $1")
        .bind(now.0).fetch_all(c).await)?;
    let present = rows.into_iter().map(|row| PresentAgent {
        tenant: row.tenant_id.into(),
        agent: row.agent_id.into(),
        node: row.node_id.into(),
        expires_at: Timestamp(row.expires_at),
        away: row.away,
    });
    Ok(present.collect())
}

/// Until when an agent counts as online, and when they last had a stream or called, on any node.
pub async fn last_seen(
    tx: &mut Tx,
    tenant: &TenantId,
    agent: &AgentId,
) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
    let (expires, streamed, called): (Option<i64>, Option<i64>, Option<i64>) = on!(tx, c => sqlx::query_as(
        "SELECT MAX(expires_at), MAX(streamed_at), MAX(called_at) FROM presence WHERE tenant_id = $1 AND agent_id = $2")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_one(c).await)?;
    Ok((expires.map(Timestamp), streamed.max(called).map(Timestamp)))
}

/// The intervals without an end, of all tenants.
pub async fn open_intervals(tx: &mut Tx) -> Result<Vec<OpenInterval>> {
    let rows: Vec<(String, String, String, Option<i64>)> = on!(tx, c => sqlx::query_as(
        "SELECT i.tenant_id, i.agent_id, i.state,
            (SELECT MAX(p.streamed_at) FROM presence p WHERE p.tenant_id = i.tenant_id AND p.agent_id = i.agent_id)
         FROM presence_intervals i WHERE i.ended_at IS NULL")
        .fetch_all(c).await)?;
    let read = |(tenant, agent, state, streamed_at): (String, String, String, Option<i64>)| {
        let state = RowId::new("presence_intervals", &agent).variant("state", &state)?;
        Ok(OpenInterval { tenant: tenant.into(), agent: agent.into(), state, streamed_at: streamed_at.map(Timestamp) })
    };
    rows.into_iter().map(read).collect()
}

/// Since when these agents have been online or away. Those who are not there are left out.
pub async fn since(
    tx: &mut Tx,
    tenant: &TenantId,
    agents: &[AgentId],
) -> Result<Vec<(AgentId, PresenceState, Timestamp)>> {
    let mut found = Vec::new();
    for slice in slices(agents) {
        let rows: Vec<(String, String, i64)> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT agent_id, state, started_at FROM presence_intervals WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND ended_at IS NULL AND agent_id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        for (agent, state, started_at) in rows {
            let state = RowId::new("presence_intervals", &agent).variant("state", &state)?;
            found.push((agent.into(), state, Timestamp(started_at)));
        }
    }
    Ok(found)
}

/// Begins an interval, unless one is open.
pub async fn begin_interval(
    tx: &mut Tx,
    tenant: &TenantId,
    agent: &AgentId,
    state: PresenceState,
    at: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO presence_intervals (tenant_id, agent_id, state, started_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(state.as_str()).bind(at.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Ends the open interval of an agent, but not before it began.
pub async fn end_interval(tx: &mut Tx, tenant: &TenantId, agent: &AgentId, at: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE presence_intervals SET ended_at = CASE WHEN started_at > $3 THEN started_at ELSE $3 END
         WHERE tenant_id = $1 AND agent_id = $2 AND ended_at IS NULL")
        .bind(tenant.as_str()).bind(agent.as_str()).bind(at.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// When the first interval of any agent of a tenant began.
pub async fn first_interval(tx: &mut Tx, tenant: &TenantId) -> Result<Option<Timestamp>> {
    let first: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT MIN((SELECT MIN(p.started_at) FROM presence_intervals p
            WHERE p.tenant_id = a.tenant_id AND p.agent_id = a.id))
         FROM agents a WHERE a.tenant_id = $1")
        .bind(tenant.as_str()).fetch_one(c).await)?;
    Ok(first.map(Timestamp))
}

/// The intervals of an agent, oldest first.
pub async fn intervals(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<Vec<PresenceInterval>> {
    let rows: Vec<(String, i64, Option<i64>)> = on!(tx, c => sqlx::query_as(
        "SELECT state, started_at, ended_at FROM presence_intervals WHERE tenant_id = $1 AND agent_id = $2
         ORDER BY started_at")
        .bind(tenant.as_str()).bind(agent.as_str()).fetch_all(c).await)?;
    let read = |(state, started_at, ended_at): (String, i64, Option<i64>)| {
        let state = RowId::new("presence_intervals", agent.as_str()).variant("state", &state)?;
        Ok(PresenceInterval { state, started_at: Timestamp(started_at), ended_at: ended_at.map(Timestamp) })
    };
    rows.into_iter().map(read).collect()
}
