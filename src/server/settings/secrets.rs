//! Secrets that flows and tools put into headers by name, each for a list of servers. Values are encrypted when they
//! are set and never returned.

use crate::{
    domain::{
        event::{Change, Setting},
        ids::TenantId,
        model::secret::{SECRETS, name_fault, value_fault},
    },
    server::{accounts::Reauthenticated, seal::SealedField, store::secrets},
};

use super::{Result, Settings, SettingsError, configured, secret_hosts};

impl Settings {
    /// Sets a secret, or replaces its value and the servers that it may be sent to: `hosts` as they were typed. Whoever
    /// changes the servers must know the value, because a server that they choose would receive it.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if name, servers or value are invalid. The message never contains the value.
    pub async fn secret_set(
        &self,
        tenant: &TenantId,
        by: Reauthenticated,
        name: &str,
        hosts: &str,
        value: &str,
    ) -> Result<()> {
        let (name, value) = (name.trim(), value.trim());
        if let Some(detail) = name_fault(name) {
            return Err(SettingsError::Invalid(detail));
        }
        let hosts = secret_hosts::parse(hosts)?;
        let (mut tx, _) = self.begin(tenant).await?;
        let known = secrets::list(&mut tx, tenant).await?;
        let before = known.iter().find(|known| known.name == name);
        if value.is_empty() && before.is_some_and(|before| before.hosts != hosts) {
            return Err(SettingsError::Invalid(ENTER_AGAIN.to_owned()));
        }
        if let Some(detail) = value_fault(value) {
            return Err(SettingsError::Invalid(detail));
        }
        if before.is_none() && known.len() >= SECRETS {
            return Err(SettingsError::Invalid(format!("You can have up to {SECRETS} secrets. Remove one first.")));
        }
        let now = self.clock.now();
        let sealed = self.seal.seal(&self.entropy, SealedField::Named(tenant, name), value)?;
        secrets::save(&mut tx, tenant, name, &sealed, &hosts, now).await?;
        let change = if before.is_some() { Change::Changed } else { Change::Added };
        self.commit(tx, tenant, now, by.into_initiator(), vec![configured(Setting::Secret, Some(name), change)]).await
    }

    /// # Errors
    /// [`SettingsError::NotFound`] if there is no secret of that name.
    pub async fn secret_remove(&self, tenant: &TenantId, by: Reauthenticated, name: &str) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        if !secrets::remove(&mut tx, tenant, name).await? {
            return Err(SettingsError::NotFound);
        }
        let changes = vec![configured(Setting::Secret, Some(name), Change::Removed)];
        self.commit(tx, tenant, self.clock.now(), by.into_initiator(), changes).await
    }
}

const ENTER_AGAIN: &str = "Enter the value again, because its servers change.";
