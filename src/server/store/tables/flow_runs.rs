//! The flow run of a conversation: its flow, version and position.

use std::collections::HashMap;

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, slices},
    to_json,
};
use crate::domain::{
    flow::run::Position,
    ids::{ConversationId, FlowId, TenantId},
    time::Timestamp,
};

/// A run stays on the version with which it began.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowRunRow {
    pub flow: FlowId,
    pub version: i64,
    pub position: Position,
    /// Increases with every move.
    pub revision: i64,
    /// Moves since the customer's last message.
    pub auto_steps: i64,
    /// When it reached its position.
    pub moved_at: Timestamp,
}

#[derive(FromRow)]
struct RawFlowRun {
    conversation_id: String,
    flow_id: String,
    flow_version: i64,
    position: String,
    revision: i64,
    alone: i64,
    moved_at: i64,
}

impl TryFrom<RawFlowRun> for FlowRunRow {
    type Error = StoreError;
    fn try_from(row: RawFlowRun) -> Result<Self> {
        Ok(Self {
            flow: row.flow_id.into(),
            version: row.flow_version,
            position: RowId::new("flow_runs", &row.conversation_id).json("position", &row.position)?,
            revision: row.revision,
            auto_steps: row.alone,
            moved_at: Timestamp(row.moved_at),
        })
    }
}

/// The versions of flows that conversations are in.
pub async fn versions_in_use(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<(FlowId, i64)>> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT DISTINCT flow_id, flow_version FROM flow_runs WHERE tenant_id = $1 ORDER BY flow_id, flow_version")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(flow, version)| (flow.into(), version)).collect())
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<Option<FlowRunRow>> {
    Ok(find_all(tx, tenant, &[conversation]).await?.remove(conversation))
}

/// The runs of several conversations. Those without a run are left out.
pub async fn find_all(
    tx: &mut Tx,
    tenant: &TenantId,
    ids: &[&ConversationId],
) -> Result<HashMap<ConversationId, FlowRunRow>> {
    let mut runs = HashMap::new();
    for slice in slices(ids) {
        let rows: Vec<RawFlowRun> = on!(tx, c => {
            let mut query = QueryBuilder::new(
                "SELECT conversation_id, flow_id, flow_version, position, revision, alone, moved_at FROM flow_runs
                 WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND conversation_id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            let id = ConversationId::from(row.conversation_id.as_str());
            runs.insert(id, FlowRunRow::try_from(row)?);
        }
    }
    Ok(runs)
}

/// The revisions of several conversations' runs. Conversations without a run are left out.
pub async fn revisions(
    tx: &mut Tx,
    tenant: &TenantId,
    ids: &[&ConversationId],
) -> Result<HashMap<ConversationId, i64>> {
    let mut revisions = HashMap::new();
    for slice in slices(ids) {
        let rows: Vec<(String, i64)> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT conversation_id, revision FROM flow_runs WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND conversation_id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        revisions.extend(rows.into_iter().map(|(id, revision)| (id.into(), revision)));
    }
    Ok(revisions)
}

/// Saves the current position.
pub async fn save(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId, run: &FlowRunRow) -> Result<()> {
    save_all(tx, tenant, &[(conversation, run)]).await
}

/// As [`save`], for several conversations in one statement.
pub async fn save_all(tx: &mut Tx, tenant: &TenantId, runs: &[(&ConversationId, &FlowRunRow)]) -> Result<()> {
    for slice in slices(runs) {
        let mut rows = Vec::with_capacity(slice.len());
        for (conversation, run) in slice {
            rows.push((*conversation, *run, to_json(&run.position)?));
        }
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO flow_runs (conversation_id, tenant_id, flow_id, flow_version, position, revision, alone,
                    moved_at) ");
            query.push_values(&rows, |mut row, (conversation, run, position)| {
                row.push_bind(conversation.as_str()).push_bind(tenant.as_str()).push_bind(run.flow.as_str())
                    .push_bind(run.version).push_bind(position.as_str()).push_bind(run.revision)
                    .push_bind(run.auto_steps).push_bind(run.moved_at.0);
            });
            query.push(
                " ON CONFLICT (conversation_id) DO UPDATE SET flow_id = excluded.flow_id,
                    flow_version = excluded.flow_version, position = excluded.position, revision = excluded.revision,
                    alone = excluded.alone, moved_at = excluded.moved_at");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Ends the runs of these conversations.
pub async fn remove_all(tx: &mut Tx, tenant: &TenantId, ids: &[&ConversationId]) -> Result<()> {
    for slice in slices(ids) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("DELETE FROM flow_runs WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND conversation_id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(")");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}
