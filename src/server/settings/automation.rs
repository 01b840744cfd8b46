//! How much the bot may send to one customer.

use crate::{
    domain::{
        automation::{AutomationBounds, bounds_fault},
        event::{Change, Initiator, Setting},
        ids::TenantId,
    },
    server::store::tenants,
};

use super::{Result, Settings, SettingsError, configured};

impl Settings {
    /// Applies to the bot's next messages.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if a number is too large.
    pub async fn automation_save(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        bounds: AutomationBounds,
    ) -> Result<()> {
        if let Some(detail) = bounds_fault(bounds) {
            return Err(SettingsError::Invalid(detail));
        }
        let (mut tx, record) = self.begin(tenant).await?;
        let mut values = record.settings;
        if values.automation == bounds {
            return Ok(tx.rollback().await?);
        }
        values.automation = bounds;
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::AutomationBounds, None, Change::Changed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}
