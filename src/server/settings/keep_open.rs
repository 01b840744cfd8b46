//! When customers who wait for a reply are asked to keep the reply window open.

use crate::{
    domain::{
        event::{Change, Initiator, Setting},
        ids::TenantId,
        window::keep_open::AskBefore,
    },
    server::store::tenants,
};

use super::{Result, Settings, configured};

impl Settings {
    /// Applies to what customers write from now on, and to those who are looked after already.
    pub async fn keep_open_save(&self, tenant: &TenantId, initiator: Initiator, before: AskBefore) -> Result<()> {
        let (mut tx, record) = self.begin(tenant).await?;
        let mut values = record.settings;
        if values.keep_open == before {
            return Ok(tx.rollback().await?);
        }
        values.keep_open = before;
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::KeepOpen, None, Change::Changed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}
