//! Whether what an agent writes within some seconds is sent as one message.

use crate::{
    domain::{
        event::{Change, Initiator, Setting},
        ids::TenantId,
        scheduled::joined::join_fault,
        time::Span,
    },
    server::store::tenants,
};

use super::{Result, Settings, SettingsError, configured};

impl Settings {
    /// Applies to texts that are written from now on. 0 sends each by itself.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] for a time that is none of those on the page.
    pub async fn join_time_save(&self, tenant: &TenantId, initiator: Initiator, within: Span) -> Result<()> {
        if let Some(detail) = join_fault(within) {
            return Err(SettingsError::Invalid(detail));
        }
        let (mut tx, record) = self.begin(tenant).await?;
        let mut values = record.settings;
        if values.join_within == within {
            return Ok(tx.rollback().await?);
        }
        values.join_within = within;
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::JoinTime, None, Change::Changed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}
