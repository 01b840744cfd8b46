//! The question for a rating after a close, and its buttons.

use crate::{
    domain::{
        event::{Change, Initiator, Setting},
        ids::TenantId,
        interpolation::{ClosingValues, SAMPLE_CUSTOMER},
        rating::{RatingSettings, rating_fault},
        settings::TenantSettings,
    },
    server::store::tenants,
};

use super::{Result, Settings, SettingsError, configured, texts::SAMPLE_AGENT};

impl Settings {
    /// Applies to closes from now on. What was asked before can still be answered.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if a text is empty, too long or not a valid template, or if two buttons are the same.
    pub async fn rating_save(&self, tenant: &TenantId, initiator: Initiator, rating: RatingSettings) -> Result<()> {
        if let Some(detail) = rating_fault(&rating) {
            return Err(SettingsError::Invalid(detail));
        }
        let rating = rating.trimmed();
        let (mut tx, record) = self.begin(tenant).await?;
        if record.settings.rating == rating {
            return Ok(tx.rollback().await?);
        }
        let sample =
            ClosingValues { customer_name: SAMPLE_CUSTOMER, agent_name: SAMPLE_AGENT, tenant_name: &record.name };
        rating.filled(&sample).map_err(|fault| SettingsError::Invalid(fault.detail))?;
        let values = TenantSettings { rating, ..record.settings };
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::Rating, None, Change::Changed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}
