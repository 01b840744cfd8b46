//! The tools that a tenant's language model may call.

use super::{Result, RowId, Tx, db::on, to_json};
use crate::domain::{ids::TenantId, model::ToolDefinition};

pub async fn list(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<ToolDefinition>> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT name, definition FROM tools WHERE tenant_id = $1 ORDER BY name").bind(tenant.as_str()).fetch_all(c).await)?;
    rows.iter().map(|(name, definition)| RowId::new("tools", name).json("definition", definition)).collect()
}

pub async fn save(tx: &mut Tx, tenant: &TenantId, tool: &ToolDefinition) -> Result<()> {
    let json = to_json(tool)?;
    on!(tx, c => sqlx::query(
        "INSERT INTO tools (tenant_id, name, definition) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, name) DO UPDATE SET definition = excluded.definition")
        .bind(tenant.as_str()).bind(tool.name.as_str()).bind(json).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Returns whether it existed.
pub async fn remove(tx: &mut Tx, tenant: &TenantId, name: &str) -> Result<bool> {
    let done = on!(tx, c => sqlx::query("DELETE FROM tools WHERE tenant_id = $1 AND name = $2")
        .bind(tenant.as_str()).bind(name).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}
