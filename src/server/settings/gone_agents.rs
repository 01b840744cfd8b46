//! What becomes of the conversations of agents who are gone while their customers wait.

use crate::{
    domain::{
        event::{Change, Initiator, Setting},
        ids::TenantId,
        settings::GoneAgents,
    },
    server::store::tenants,
};

use super::{Result, Settings, configured};

impl Settings {
    /// Applies to customers who wait now, too.
    pub async fn gone_agents_save(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        gone_agents: GoneAgents,
    ) -> Result<()> {
        let (mut tx, record) = self.begin(tenant).await?;
        let mut values = record.settings;
        if values.gone_agents == gone_agents {
            return Ok(tx.rollback().await?);
        }
        values.gone_agents = gone_agents;
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::GoneAgents, None, Change::Changed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}
