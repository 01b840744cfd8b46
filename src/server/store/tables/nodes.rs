//! The server processes of this database, each with the time until which it counts as present.

use sqlx::FromRow;

use super::{Result, Tx, db::on};
use crate::domain::{ids::NodeId, time::Timestamp};

#[derive(Clone, Debug, FromRow)]
pub struct NodeRow {
    #[sqlx(try_from = "String")]
    pub id: NodeId,
    pub started_at: i64,
    pub expires_at: i64,
}

/// Renews a node's presence. Inserts its row if it was removed.
pub async fn save(tx: &mut Tx, node: &NodeRow) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO nodes (id, started_at, expires_at) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at")
        .bind(node.id.as_str()).bind(node.started_at).bind(node.expires_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn all(tx: &mut Tx) -> Result<Vec<NodeRow>> {
    Ok(on!(tx, c => sqlx::query_as("SELECT id, started_at, expires_at FROM nodes ORDER BY id").fetch_all(c).await)?)
}

pub async fn remove(tx: &mut Tx, id: &NodeId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM nodes WHERE id = $1").bind(id.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn remove_others(tx: &mut Tx, id: &NodeId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM nodes WHERE id <> $1").bind(id.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn remove_expired(tx: &mut Tx, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM nodes WHERE expires_at <= $1").bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}
