//! Secrets that flows and tools put into headers by name. Values are encrypted when they are set and never returned.

use crate::{
    domain::{
        event::{Actor, Change, Setting},
        ids::TenantId,
        model::secret::{SECRETS, name_fault, value_fault},
    },
    server::store::secrets,
};

use super::{Result, Settings, SettingsError, configured};

impl Settings {
    /// Sets a secret, or replaces its value.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if name or value are invalid. The message never contains the value.
    pub async fn secret_set(&self, tenant: &TenantId, actor: Actor, name: &str, value: &str) -> Result<()> {
        let (name, value) = (name.trim(), value.trim());
        if let Some(detail) = name_fault(name).or_else(|| value_fault(value)) {
            return Err(SettingsError::Invalid(detail));
        }
        let sealed = self.seal.seal(&self.entropy, value)?;
        let (mut tx, _) = self.begin(tenant).await?;
        let known = secrets::names(&mut tx, tenant).await?;
        let is_known = known.iter().any(|(known, _)| known == name);
        if !is_known && known.len() >= SECRETS {
            return Err(SettingsError::Invalid(format!("You can have up to {SECRETS} secrets. Remove one first.")));
        }
        let now = self.clock.now();
        secrets::save(&mut tx, tenant, name, &sealed, now).await?;
        let change = if is_known { Change::Changed } else { Change::Added };
        self.commit(tx, tenant, now, actor, vec![configured(Setting::Secret, Some(name), change)]).await
    }

    /// # Errors
    /// [`SettingsError::NotFound`] if there is no secret of that name.
    pub async fn secret_remove(&self, tenant: &TenantId, actor: Actor, name: &str) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        if !secrets::remove(&mut tx, tenant, name).await? {
            return Err(SettingsError::NotFound);
        }
        let changes = vec![configured(Setting::Secret, Some(name), Change::Removed)];
        self.commit(tx, tenant, self.clock.now(), actor, changes).await
    }
}
