//! Creates tenants, for the command line and the demo.

use crate::{
    domain::{ids::TenantId, settings::TenantSettings as Values},
    server::store::tenants,
};

use super::{ChannelError, Channels, Result, named};

impl Channels {
    /// Creates a tenant with the settings of a new company and its default team.
    ///
    /// # Errors
    /// [`ChannelError::Taken`] if a tenant has the name already.
    pub async fn create_tenant(&self, name: &str) -> Result<TenantId> {
        let name = named("The tenant's name", name)?;
        let now = self.clock.now();
        let id: TenantId = self.entropy.id(now);
        let mut tx = self.db.begin_write().await?;
        if tenants::by_name(&mut tx, name).await?.is_some() {
            return Err(ChannelError::Taken(format!("There is already a tenant “{name}”.")));
        }
        tenants::insert(&mut tx, &id, name, &self.entropy.id(now), &Values::of_new_company(), now).await?;
        tx.commit().await?;
        tracing::info!(tenant = %id, "channels: tenant created");
        Ok(id)
    }
}
