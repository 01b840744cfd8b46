//! The language model of a tenant and its key. The key is sealed here and opened for a call only.

use crate::{
    domain::{
        event::{Actor, Change, Setting},
        ids::TenantId,
        model::{ModelSettings, secret::value_fault},
    },
    server::store::models,
};

use super::{Result, Settings, SettingsError, configured};

/// Saves the model, and its key if one is given.
impl Settings {
    /// `key` replaces the one there is; `None` keeps it.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] when a value is out of its bounds, or when the kept key would go to another server than
    /// the one it was set for: whoever may set an address must not be able to read the key by it.
    pub async fn model_save(
        &self,
        tenant: &TenantId,
        actor: Actor,
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
            let sealed = self.seal.seal(&self.entropy, key)?;
            models::save_key(&mut tx, tenant, Some(&sealed), now).await?;
            let had_one = row.is_some_and(|row| row.key.is_some());
            changes.push(configured(Setting::ModelKey, None, if had_one { Change::Changed } else { Change::Added }));
        }
        self.commit(tx, tenant, now, actor, changes).await
    }

    /// Forgets the key; without one it does nothing.
    pub async fn model_key_forget(&self, tenant: &TenantId, actor: Actor) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        if models::find(&mut tx, tenant).await?.is_none_or(|row| row.key.is_none()) {
            return Ok(tx.rollback().await?);
        }
        let now = self.clock.now();
        models::save_key(&mut tx, tenant, None, now).await?;
        self.commit(tx, tenant, now, actor, vec![configured(Setting::ModelKey, None, Change::Removed)]).await
    }
}

/// Why a saved key is not used for the server that is typed.
pub const OTHER_SERVER: &str =
    "The saved key belongs to another server. Enter this server's key, or remove the saved key first.";

/// Address and name of the model without blanks around them.
pub fn trimmed(mut model: ModelSettings) -> ModelSettings {
    model.address = model.address.trim().to_owned();
    model.model = model.model.trim().to_owned();
    model
}

/// The settings within their bounds, and the key that was typed, if one was.
///
/// # Errors
/// [`SettingsError::Invalid`] says which value cannot be used.
pub fn usable<'k>(model: &ModelSettings, key: Option<&'k str>) -> Result<Option<&'k str>> {
    if let Some(words) = model.fault() {
        return Err(SettingsError::Invalid(words));
    }
    let key = key.map(str::trim).filter(|key| !key.is_empty());
    match key.and_then(value_fault) {
        Some(words) => Err(SettingsError::Invalid(format!("The key can't be used: {words}"))),
        None => Ok(key),
    }
}
