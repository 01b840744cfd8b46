//! The ids that Meta gave to uploaded files: of each content one per number.

use super::{Result, Tx, db::on};
use crate::domain::{
    ids::{ChannelId, TenantId},
    time::Timestamp,
};

/// Meta's id of the bytes at this path, for a number, if they were uploaded since that time.
pub async fn find(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    path: &str,
    since: Timestamp,
) -> Result<Option<String>> {
    let id: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT remote_id FROM remote_files WHERE tenant_id = $1 AND channel_id = $2 AND path = $3 AND uploaded_at >= $4")
        .bind(tenant.as_str()).bind(channel.as_str()).bind(path).bind(since.0).fetch_optional(c).await)?;
    Ok(id)
}

/// Keeps what Meta calls the bytes at this path.
pub async fn keep(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    path: &str,
    remote_id: &str,
    now: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO remote_files (tenant_id, channel_id, path, remote_id, uploaded_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, channel_id, path) DO UPDATE SET remote_id = excluded.remote_id,
            uploaded_at = excluded.uploaded_at")
        .bind(tenant.as_str()).bind(channel.as_str()).bind(path).bind(remote_id).bind(now.0)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets what Meta calls the bytes at this path, so that they are uploaded anew.
pub async fn forget(tx: &mut Tx, tenant: &TenantId, path: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM remote_files WHERE tenant_id = $1 AND path = $2")
        .bind(tenant.as_str()).bind(path).execute(c).await.map(|_| ()))?;
    Ok(())
}
