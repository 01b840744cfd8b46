//! A tenant's language model and its key. The key is encrypted here and decrypted only for a call.

use crate::{
    domain::{
        event::{Change, Setting},
        ids::TenantId,
        model::{ModelSettings, secret::value_fault},
    },
    server::{accounts::Reauthenticated, seal::SealedField, store::models},
};

use super::{Result, Settings, SettingsError, configured};

impl Settings {
    /// `key` replaces the saved key; `None` keeps it.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if a value is out of bounds, or if the saved key would be sent to another server than
    /// the one for which it was set. Otherwise anyone who may change the address could read the key.
    pub async fn model_save(
        &self,
        tenant: &TenantId,
        by: Reauthenticated,
        model: ModelSettings,
        key: Option<&str>,
    ) -> Result<()> {
        let model = trimmed(model);
        let key = usable(&model, key)?;
        let (mut tx, _) = self.begin(tenant).await?;
        let row = models::find(&mut tx, tenant).await?;
        if key.is_none()
            && let Some(row) = &row
            && row.key.is_some()
            && !row.settings.same_server(&model)
        {
            return Err(SettingsError::Invalid(OTHER_SERVER.to_owned()));
        }
        let now = self.clock.now();
        let mut changes = Vec::with_capacity(2);
        if row.as_ref().is_none_or(|row| row.settings != model) {
            models::save_settings(&mut tx, tenant, &model).await?;
            let change = if row.is_some() { Change::Changed } else { Change::Added };
            changes.push(configured(Setting::Model, None, change));
        }
        if let Some(key) = key {
            let sealed = self.seal.seal(&self.entropy, SealedField::ModelKey(tenant), key)?;
            models::save_key(&mut tx, tenant, Some(&sealed), now).await?;
            let had_one = row.is_some_and(|row| row.key.is_some());
            changes.push(configured(Setting::ModelKey, None, if had_one { Change::Changed } else { Change::Added }));
        }
        self.commit(tx, tenant, now, by.into_initiator(), changes).await
    }

    /// Removes the key, if there is one.
    pub async fn model_key_forget(&self, tenant: &TenantId, by: Reauthenticated) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        if models::find(&mut tx, tenant).await?.is_none_or(|row| row.key.is_none()) {
            return Ok(tx.rollback().await?);
        }
        let now = self.clock.now();
        models::save_key(&mut tx, tenant, None, now).await?;
        self.commit(tx, tenant, now, by.into_initiator(), vec![configured(Setting::ModelKey, None, Change::Removed)])
            .await
    }
}

/// Why the saved key is not used for the server that was typed.
pub const OTHER_SERVER: &str =
    "The saved key belongs to another server. Enter this server's key, or remove the saved key first.";

/// Trims the address and name of the model.
pub fn trimmed(mut model: ModelSettings) -> ModelSettings {
    model.address = model.address.trim().to_owned();
    model.model = model.model.trim().to_owned();
    model
}

/// Validates the settings, and returns the key that was typed, if any.
///
/// # Errors
/// [`SettingsError::Invalid`] names the invalid value.
pub fn usable<'k>(model: &ModelSettings, key: Option<&'k str>) -> Result<Option<&'k str>> {
    if let Some(detail) = model.fault() {
        return Err(SettingsError::Invalid(detail));
    }
    let key = key.map(str::trim).filter(|key| !key.is_empty());
    match key.and_then(value_fault) {
        Some(detail) => Err(SettingsError::Invalid(format!("The key can't be used: {detail}"))),
        None => Ok(key),
    }
}
