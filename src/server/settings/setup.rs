//! The checklist that a new company sees until everything is set up. `live::setup` says what is missing.

use crate::{
    domain::{
        event::{Change, Initiator, Setting},
        ids::TenantId,
    },
    server::store::tenants,
};

use super::{Result, Settings, configured};

impl Settings {
    /// Dismisses the checklist for everybody.
    pub async fn dismiss_setup(&self, tenant: &TenantId, initiator: Initiator) -> Result<()> {
        let (mut tx, record) = self.begin(tenant).await?;
        let mut values = record.settings;
        if values.setup_dismissed {
            return Ok(tx.rollback().await?);
        }
        values.setup_dismissed = true;
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::SetupChecklist, None, Change::Removed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}
