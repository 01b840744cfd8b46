//! How many conversations stand in each stage, kept by the writer.

use std::collections::BTreeMap;

use super::{Result, Tx, db::on};
use crate::domain::{
    desk::Counts,
    ids::{AgentId, TenantId},
};

const CLAIMED: &str = "claimed:";

/// The bucket of a stage.
pub fn bucket(stage: &str, agent: Option<&AgentId>) -> String {
    match agent {
        Some(agent) if stage == "claimed" => format!("{CLAIMED}{agent}"),
        _ => stage.to_owned(),
    }
}

/// Adds `deltas`. Called while the tenant's row is locked, so the order of buckets cannot deadlock.
pub async fn add(tx: &mut Tx, tenant: &TenantId, deltas: &BTreeMap<String, i64>) -> Result<()> {
    for (bucket, delta) in deltas.iter().filter(|(_, delta)| **delta != 0) {
        on!(tx, c => sqlx::query(
            "INSERT INTO counters (tenant_id, bucket, n) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, bucket) DO UPDATE SET n = counters.n + excluded.n")
            .bind(tenant.as_str()).bind(bucket.as_str()).bind(delta).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

pub async fn read(tx: &mut Tx, tenant: &TenantId) -> Result<Counts> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT bucket, n FROM counters WHERE tenant_id = $1 AND n <> 0")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    let mut counts = Counts::default();
    for (bucket, n) in rows {
        match bucket.as_str() {
            "waiting" => counts.waiting = n,
            "bot" => counts.bot = n,
            "closed" => counts.closed = n,
            "phone" => counts.phone = n,
            _ => {
                if let Some(agent) = bucket.strip_prefix(CLAIMED) {
                    counts.claimed.insert(agent.into(), n);
                }
            }
        }
    }
    Ok(counts)
}
