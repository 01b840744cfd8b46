//! What a tenant's language model may cost on one day of the tenant's zone, in tokens: its turns and the questions of
//! the playground together.

use crate::{
    domain::{calendar, ids::TenantId, model::ModelSettings, time::Timestamp},
    server::store::{Db, Result, Tx, models, tenants},
};

/// What is left of the tenant's day under these settings.
pub async fn tokens_left(
    tx: &mut Tx,
    tenant: &TenantId,
    zone: &str,
    settings: &ModelSettings,
    now: Timestamp,
) -> Result<u64> {
    let used = models::used(tx, tenant, &calendar::date(zone, now)).await?;
    Ok(settings.daily_budget.saturating_sub(u64::try_from(used).unwrap_or(0)))
}

/// Adds what a turn or a question cost to the tenant's day.
pub async fn spend(db: &Db, tenant: &TenantId, now: Timestamp, tokens: u64) -> Result<()> {
    if tokens == 0 {
        return Ok(());
    }
    let mut tx = db.begin_write().await?;
    let Some(record) = tenants::find(&mut tx, tenant).await? else { return Ok(()) };
    let day = calendar::date(&record.settings.zone, now);
    models::add_used(&mut tx, tenant, &day, i64::try_from(tokens).unwrap_or(i64::MAX)).await?;
    tx.commit().await
}
