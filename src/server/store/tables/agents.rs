//! Agents, leads and admins: their accounts, whether they are away, and what they chose for their desk.

use sqlx::FromRow;

use super::{Result, RowId, StoreError, Tx, db::on, to_json};
use crate::domain::{
    access::Role,
    alert::SilencedAlerts,
    conversation::describe::AgentNames,
    ids::{AgentId, TeamId, TenantId},
    time::Timestamp,
};

#[derive(FromRow)]
struct RawAgent {
    id: String,
    tenant_id: String,
    team_id: String,
    email: String,
    name: String,
    role: String,
    password_hash: String,
    away: bool,
    muted: bool,
    undo_seconds: i64,
    typing_keys: bool,
    send_delay_seconds: i64,
    compact_list: bool,
    silenced_alerts: String,
    active: bool,
}

#[derive(Clone)]
pub struct AgentRow {
    pub id: AgentId,
    pub tenant: TenantId,
    pub team: TeamId,
    /// Trimmed and in lower case.
    pub email: String,
    pub name: String,
    pub role: Role,
    pub password_hash: String,
    pub away: bool,
    pub muted: bool,
    /// How long the agent can undo a close or a return to the bot.
    pub undo_seconds: i64,
    /// Whether single keys are shortcuts, and typing in a thread moves the focus to its composer.
    pub typing_keys: bool,
    /// For how long the agent's messages can be taken back before they are sent; 0: they are sent at once.
    pub send_delay_seconds: i64,
    /// Whether the rows of the list are compact.
    pub compact_list: bool,
    pub silenced_alerts: SilencedAlerts,
    pub active: bool,
}

impl TryFrom<RawAgent> for AgentRow {
    type Error = StoreError;
    fn try_from(row: RawAgent) -> Result<Self> {
        let this = RowId::new("agents", &row.id);
        let role = this.variant("role", &row.role)?;
        let silenced_alerts = this.json("silenced_alerts", &row.silenced_alerts)?;
        Ok(Self {
            id: row.id.into(),
            tenant: row.tenant_id.into(),
            team: row.team_id.into(),
            email: row.email,
            name: row.name,
            role,
            password_hash: row.password_hash,
            away: row.away,
            muted: row.muted,
            undo_seconds: row.undo_seconds,
            typing_keys: row.typing_keys,
            send_delay_seconds: row.send_delay_seconds,
            compact_list: row.compact_list,
            silenced_alerts,
            active: row.active,
        })
    }
}

pub async fn insert(tx: &mut Tx, agent: &AgentRow, now: Timestamp) -> Result<()> {
    let silenced = to_json(&agent.silenced_alerts)?;
    on!(tx, c => sqlx::query(
        "INSERT INTO agents (id, tenant_id, team_id, email, name, role, password_hash, away, muted, undo_seconds,
            typing_keys, active, created_at, silenced_alerts, compact_list,
            send_delay_seconds)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)")
        .bind(agent.id.as_str()).bind(agent.tenant.as_str()).bind(agent.team.as_str()).bind(agent.email.as_str())
        .bind(agent.name.as_str()).bind(agent.role.as_str()).bind(agent.password_hash.as_str())
        .bind(agent.away).bind(agent.muted).bind(agent.undo_seconds).bind(agent.typing_keys).bind(agent.active)
        .bind(now.0).bind(silenced).bind(agent.compact_list).bind(agent.send_delay_seconds)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// By email, which is unique across tenants, because the sign-in form does not ask for a tenant.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<AgentRow>> {
    let row: Option<RawAgent> = on!(tx, c => sqlx::query_as("SELECT * FROM agents WHERE email = $1")
        .bind(email).fetch_optional(c).await)?;
    row.map(AgentRow::try_from).transpose()
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, id: &AgentId) -> Result<Option<AgentRow>> {
    let row: Option<RawAgent> = on!(tx, c => sqlx::query_as("SELECT * FROM agents WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(AgentRow::try_from).transpose()
}

/// As [`find`], held until the commit: a change of the agent's account at the same time comes before it, and is in the
/// answer, or after it.
pub async fn hold(tx: &mut Tx, tenant: &TenantId, id: &AgentId) -> Result<Option<AgentRow>> {
    let for_share = tx.for_share();
    let row: Option<RawAgent> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT * FROM agents WHERE tenant_id = $1 AND id = $2 {for_share}")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(AgentRow::try_from).transpose()
}

/// Finds and locks an account. Other changes of its second factor wait for the commit. Lock several in the order of
/// their ids, and the tenant's row after them.
pub async fn lock(tx: &mut Tx, tenant: &TenantId, id: &AgentId) -> Result<Option<AgentRow>> {
    // Writing a column to itself is the one row lock with the same syntax on both engines.
    let row: Option<RawAgent> = on!(tx, c => sqlx::query_as(
        "UPDATE agents SET name = name WHERE tenant_id = $1 AND id = $2 RETURNING *")
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(AgentRow::try_from).transpose()
}

pub async fn list(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<AgentRow>> {
    let rows: Vec<RawAgent> = on!(tx, c => sqlx::query_as("SELECT * FROM agents WHERE tenant_id = $1 ORDER BY name, id")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(AgentRow::try_from).collect()
}

/// Returns whether anything changed.
pub async fn set_away(tx: &mut Tx, tenant: &TenantId, id: &AgentId, away: bool) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query("UPDATE agents SET away = $3 WHERE tenant_id = $1 AND id = $2 AND away <> $3")
        .bind(tenant.as_str()).bind(id.as_str()).bind(away).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

pub async fn set_muted(tx: &mut Tx, tenant: &TenantId, id: &AgentId, muted: bool) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE agents SET muted = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(muted).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn set_undo_seconds(tx: &mut Tx, tenant: &TenantId, id: &AgentId, seconds: i64) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE agents SET undo_seconds = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(seconds).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn set_typing_keys(tx: &mut Tx, tenant: &TenantId, id: &AgentId, typing_keys: bool) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE agents SET typing_keys = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(typing_keys).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn set_send_delay_seconds(tx: &mut Tx, tenant: &TenantId, id: &AgentId, seconds: i64) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE agents SET send_delay_seconds = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(seconds).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn set_compact_list(tx: &mut Tx, tenant: &TenantId, id: &AgentId, compact: bool) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE agents SET compact_list = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(compact).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn set_silenced_alerts(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &AgentId,
    silenced: &SilencedAlerts,
) -> Result<()> {
    let silenced = to_json(silenced)?;
    on!(tx, c => sqlx::query("UPDATE agents SET silenced_alerts = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(silenced).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn set_password(tx: &mut Tx, tenant: &TenantId, id: &AgentId, hash: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE agents SET password_hash = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(hash).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn set_role(tx: &mut Tx, tenant: &TenantId, id: &AgentId, role: Role) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE agents SET role = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).bind(role.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn deactivate(tx: &mut Tx, tenant: &TenantId, id: &AgentId) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE agents SET active = FALSE WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn reactivate(tx: &mut Tx, tenant: &TenantId, id: &AgentId) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE agents SET active = TRUE WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The names of a tenant's agents.
pub async fn names(tx: &mut Tx, tenant: &TenantId) -> Result<AgentNames> {
    Ok(list(tx, tenant).await?.into_iter().map(|agent| (agent.id, agent.name)).collect())
}
