//! Flows: the draft of each, and its published versions.
//!
//! A version is never changed or removed, because a conversation finishes on the version with which it began. New
//! conversations get `live_version`; without one the flow is offline.

use std::sync::Arc;

use sqlx::FromRow;

use super::{Result, RowId, StoreError, Tx, db::on, to_json};
use crate::domain::{
    bot::LiveFlow,
    flow::definition::Flow,
    ids::{AgentId, FlowId, TenantId},
    time::Timestamp,
};

/// A flow with its draft.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowRow {
    pub id: FlowId,
    pub draft: Flow,
    /// Increases with every save of the draft. A save must name the revision that it is based on.
    pub revision: i64,
    /// Who last saved the draft.
    pub by: Option<AgentId>,
    pub live: Option<i64>,
    /// When the draft was last saved.
    pub updated_at: Timestamp,
}

/// A published version, without its definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub version: i64,
    pub at: Timestamp,
    /// `None` if the platform published it, as in the demo.
    pub by: Option<AgentId>,
}

#[derive(FromRow)]
struct RawFlow {
    id: String,
    draft: String,
    draft_revision: i64,
    draft_by: Option<String>,
    live_version: Option<i64>,
    updated_at: i64,
}

impl TryFrom<RawFlow> for FlowRow {
    type Error = StoreError;
    fn try_from(row: RawFlow) -> Result<Self> {
        Ok(Self {
            draft: RowId::new("flows", &row.id).json("draft", &row.draft)?,
            id: row.id.into(),
            revision: row.draft_revision,
            by: row.draft_by.map(Into::into),
            live: row.live_version,
            updated_at: Timestamp(row.updated_at),
        })
    }
}

/// All flows of a tenant, in the order in which their triggers are checked.
pub async fn list(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<FlowRow>> {
    let rows: Vec<RawFlow> = on!(tx, c => sqlx::query_as(
        "SELECT id, draft, draft_revision, draft_by, live_version, updated_at FROM flows WHERE tenant_id = $1 ORDER BY position, id")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(FlowRow::try_from).collect()
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, id: &FlowId) -> Result<Option<FlowRow>> {
    let row: Option<RawFlow> = on!(tx, c => sqlx::query_as(
        "SELECT id, draft, draft_revision, draft_by, live_version, updated_at FROM flows WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(FlowRow::try_from).transpose()
}

/// Adds a flow as the last one, offline.
pub async fn insert(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &FlowId,
    draft: &Flow,
    by: Option<&AgentId>,
    now: Timestamp,
) -> Result<()> {
    let json = to_json(draft)?;
    on!(tx, c => sqlx::query(
        "INSERT INTO flows (id, tenant_id, name, position, draft, draft_revision, draft_by, live_version, created_at, updated_at)
         VALUES ($1, $2, $3, (SELECT COALESCE(MAX(position), 0) + 1 FROM flows WHERE tenant_id = $2), $4, 1, $6, NULL, $5, $5)")
        .bind(id.as_str()).bind(tenant.as_str()).bind(draft.name.as_str()).bind(json).bind(now.0)
        .bind(by.map(|by| by.as_str()))
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Saves the draft if its revision is still `revision`. Returns the new revision, or `None` if another save came first.
pub async fn save_draft(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &FlowId,
    revision: i64,
    draft: &Flow,
    by: Option<&AgentId>,
    now: Timestamp,
) -> Result<Option<i64>> {
    let json = to_json(draft)?;
    let saved: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "UPDATE flows SET draft = $4, name = $5, draft_revision = draft_revision + 1, draft_by = $7, updated_at = $6
         WHERE tenant_id = $1 AND id = $2 AND draft_revision = $3 RETURNING draft_revision")
        .bind(tenant.as_str()).bind(id.as_str()).bind(revision).bind(json).bind(draft.name.as_str()).bind(now.0)
        .bind(by.map(|by| by.as_str())).fetch_optional(c).await)?;
    Ok(saved)
}

/// Returns whether the flow existed. Its versions are kept.
pub async fn remove(tx: &mut Tx, tenant: &TenantId, id: &FlowId) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query("DELETE FROM flows WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

/// Stores `flow` as the next version and makes it live. Returns its number.
pub async fn publish(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &FlowId,
    flow: &Flow,
    by: Option<&AgentId>,
    now: Timestamp,
) -> Result<i64> {
    let json = to_json(flow)?;
    let version: i64 = on!(tx, c => sqlx::query_scalar(
        "INSERT INTO flow_versions (tenant_id, flow_id, version, definition, published_at, published_by)
         VALUES ($1, $2, (SELECT COALESCE(MAX(version), 0) + 1 FROM flow_versions WHERE tenant_id = $1 AND flow_id = $2),
                 $3, $4, $5) RETURNING version")
        .bind(tenant.as_str()).bind(id.as_str()).bind(json).bind(now.0).bind(by.map(|by| by.as_str()))
        .fetch_one(c).await)?;
    go_live(tx, tenant, id, Some(version)).await?;
    Ok(version)
}

/// Sets the position at which a flow's triggers are checked.
pub async fn place(tx: &mut Tx, tenant: &TenantId, id: &FlowId, position: i64) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE flows SET position = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(position).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Sets the version that new conversations get; `None` takes the flow offline.
pub async fn go_live(tx: &mut Tx, tenant: &TenantId, id: &FlowId, version: Option<i64>) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE flows SET live_version = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(version).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The live versions, in the order in which triggers are checked.
pub async fn live_versions(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<(FlowId, i64)>> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT id, live_version FROM flows WHERE tenant_id = $1 AND live_version IS NOT NULL ORDER BY position, id")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, version)| (id.into(), version)).collect())
}

/// The live flows, in the order in which triggers are checked. Unreadable ones are logged and left out.
pub async fn live(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<LiveFlow>> {
    let rows: Vec<(String, i64, String)> = on!(tx, c => sqlx::query_as(
        "SELECT f.id, v.version, v.definition FROM flows f
         JOIN flow_versions v ON v.tenant_id = f.tenant_id AND v.flow_id = f.id AND v.version = f.live_version
         WHERE f.tenant_id = $1 ORDER BY f.position, f.id")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    let readable = |(id, version, text): (String, i64, String)| match definition(&id, version, &text) {
        Ok(flow) => Some(LiveFlow::new(id.into(), version, Arc::new(flow))),
        Err(error) => {
            tracing::error!(%tenant, flow = %id, version, %error, "bot: published flow unreadable");
            None
        }
    };
    Ok(rows.into_iter().filter_map(readable).collect())
}

/// A published version, also of a removed flow.
pub async fn version(tx: &mut Tx, tenant: &TenantId, id: &FlowId, version: i64) -> Result<Option<Flow>> {
    let text: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT definition FROM flow_versions WHERE tenant_id = $1 AND flow_id = $2 AND version = $3")
        .bind(tenant.as_str()).bind(id.as_str()).bind(version).fetch_optional(c).await)?;
    text.map(|text| definition(id.as_str(), version, &text)).transpose()
}

fn definition(id: &str, version: i64, text: &str) -> Result<Flow> {
    RowId::new("flow_versions", &format!("{id}/{version}")).json("definition", text)
}

/// The flow's versions, newest first.
pub async fn versions(tx: &mut Tx, tenant: &TenantId, id: &FlowId, limit: i64) -> Result<Vec<Published>> {
    let rows: Vec<(i64, i64, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT version, published_at, published_by FROM flow_versions
         WHERE tenant_id = $1 AND flow_id = $2 ORDER BY version DESC LIMIT $3")
        .bind(tenant.as_str()).bind(id.as_str()).bind(limit).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(version, at, by)| Published { version, at: Timestamp(at), by: by.map(Into::into) })
        .collect())
}
