//! The tenant's daily budget for its language model, in tokens. A day is one in the tenant's time zone. Turns and the
//! playground's questions share the budget.

use crate::{
    domain::{calendar, ids::TenantId, model::ModelSettings, time::Timestamp},
    server::store::{Db, Result, Tx, models, tenants},
};

/// The tokens left today under these settings.
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

/// Adds the tokens of a turn or question to today's use.
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
