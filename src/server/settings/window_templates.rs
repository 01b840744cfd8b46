//! What is sent in the place of an automatic text when a customer's 24-hour window has closed.

use std::collections::BTreeSet;

use crate::{
    contract::window_templates::ChosenWindowTemplate,
    domain::{
        event::{Change, Initiator, Setting},
        ids::TenantId,
        window::closed::WindowTemplate,
    },
    server::store::{Tx, channels, flows, templates, tenants},
};

use super::{Result, Settings, SettingsError, configured, texts::stored_name};

const GONE: &str = "This template no longer exists. Choose another one.";
const CHANGED: &str = "This template was changed at WhatsApp. Check its fields, then save again.";

impl Settings {
    /// Sets the template for a text of a number; without one, nothing is sent there in a closed window.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if it cannot be sent, or needs what may not be known; [`SettingsError::Stale`] if it has
    /// changed.
    pub async fn window_template_save(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        save: ChosenWindowTemplate,
    ) -> Result<()> {
        let (mut tx, record) = self.begin(tenant).await?;
        let ChosenWindowTemplate { text, channel, choice } = save;
        let number = channels::find(&mut tx, tenant, &channel).await?.ok_or(SettingsError::NotFound)?;
        let mut values = record.settings;
        let before = values.window_templates.of(text, &channel).cloned();
        let chosen = choice.map(|choice| WindowTemplate {
            text,
            channel: channel.clone(),
            template: choice.template,
            revision: choice.revision,
            values: choice.values,
        });
        if before == chosen {
            return Ok(tx.rollback().await?);
        }
        let change = match (&before, &chosen) {
            (None, Some(_)) => Change::Added,
            (Some(_), None) => Change::Removed,
            (Some(_), Some(_)) | (None, None) => Change::Changed,
        };
        match chosen {
            Some(chosen) => {
                self.check(&mut tx, tenant, &number.waba_id, &chosen).await?;
                values.window_templates.set(chosen);
            }
            None => values.window_templates.remove(text, &channel),
        }
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::WindowTemplate, Some(stored_name(text)), change);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }

    async fn check(&self, tx: &mut Tx, tenant: &TenantId, waba: &str, chosen: &WindowTemplate) -> Result<()> {
        let row = templates::find(tx, tenant, waba, &chosen.template).await?;
        let row = row.ok_or_else(|| SettingsError::Stale(GONE.to_owned()))?;
        if row.revision != chosen.revision {
            return Err(SettingsError::Stale(CHANGED.to_owned()));
        }
        let live = flows::live(tx, tenant).await?;
        let collected: BTreeSet<String> =
            live.iter().flat_map(|flow| flow.flow.variables()).map(str::to_owned).collect();
        match chosen.fault(&row.template, &collected) {
            Some(detail) => Err(SettingsError::Invalid(detail)),
            None => Ok(()),
        }
    }
}
