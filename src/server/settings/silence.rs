//! When silent customers are reminded, and when their conversations close.

use crate::{
    domain::{
        event::{Change, Initiator, Setting},
        ids::TenantId,
        settings::{SilenceTimes, silence_fault},
    },
    server::store::tenants,
};

use super::{Result, Settings, SettingsError, configured};

impl Settings {
    /// Applies to replies that are sent from now on, and to silences that have begun.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if a time is out of bounds.
    pub async fn silence_save(&self, tenant: &TenantId, initiator: Initiator, times: SilenceTimes) -> Result<()> {
        if let Some(detail) = silence_fault(times) {
            return Err(SettingsError::Invalid(detail));
        }
        let (mut tx, record) = self.begin(tenant).await?;
        let mut values = record.settings;
        if values.silence == times {
            return Ok(tx.rollback().await?);
        }
        values.silence = times;
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::SilenceTimes, None, Change::Changed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}
