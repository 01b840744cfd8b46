//! Deletes a tenant's facts before a rebuild, a few in each transaction, so that others need not wait for all of them.

use super::{Added, ReportFacts};
use crate::{
    domain::ids::TenantId,
    server::store::{
        self, Tx, report_closings, report_conversations, report_handoffs, report_messages, report_packed_days,
        report_progress::{self, ProgressRow},
        report_ratings, report_stints, report_unpacked_rows, report_waits,
    },
};

/// Facts that one transaction deletes.
const DELETED: i64 = 500;
/// Packed days that one transaction deletes. Each may be a megabyte.
const DELETED_DAYS: i64 = 8;

impl ReportFacts {
    pub(super) async fn clear(&self, tenant: &TenantId) -> store::Result<Added> {
        let mut tx = self.db.begin_write().await?;
        let ProgressRow { clearing, rebuilds, .. } = report_progress::lock(&mut tx, tenant).await?;
        if !clearing {
            tx.rollback().await?;
            return Ok(Added { count: 0, is_full: true });
        }
        let deleted = delete_some(&mut tx, tenant).await?;
        if deleted == 0 {
            report_progress::save(&mut tx, tenant, ProgressRow { rebuilds, ..ProgressRow::default() }).await?;
        }
        tx.commit().await?;
        // The end of the deletion counts, too: the log is read next.
        Ok(Added { count: usize::try_from(deleted).unwrap_or(usize::MAX).max(1), is_full: true })
    }
}

/// Deletes facts of the first table that has any. Returns how many.
async fn delete_some(tx: &mut Tx, tenant: &TenantId) -> store::Result<u64> {
    // A packed day must not outlive its facts.
    let mut deleted = report_packed_days::delete_some(tx, tenant, DELETED_DAYS).await?;
    if deleted == 0 {
        deleted = report_unpacked_rows::delete_some(tx, tenant, DELETED).await?;
    }
    if deleted == 0 {
        deleted = report_messages::delete_some(tx, tenant, DELETED).await?;
    }
    if deleted == 0 {
        deleted = report_waits::delete_some(tx, tenant, DELETED).await?;
    }
    if deleted == 0 {
        deleted = report_stints::delete_some(tx, tenant, DELETED).await?;
    }
    if deleted == 0 {
        deleted = report_closings::delete_some(tx, tenant, DELETED).await?;
    }
    if deleted == 0 {
        deleted = report_ratings::delete_some(tx, tenant, DELETED).await?;
    }
    if deleted == 0 {
        deleted = report_handoffs::delete_some(tx, tenant, DELETED).await?;
    }
    if deleted == 0 {
        deleted = report_conversations::delete_some(tx, tenant, DELETED).await?;
    }
    Ok(deleted)
}
