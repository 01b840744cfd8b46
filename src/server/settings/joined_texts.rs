//! Which texts are sent as one message: what an agent writes within some seconds, and what the bot says in one turn.

use crate::{
    domain::{
        event::{Change, Initiator, Setting},
        ids::TenantId,
        scheduled::joined::join_fault,
        settings::{BotTexts, TenantSettings},
        time::Span,
    },
    server::store::tenants,
};

use super::{Result, Settings, SettingsError, configured};

impl Settings {
    /// Applies to what is written from now on. A time of 0 sends each text of an agent by itself.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] for a time that is none of those on the page.
    pub async fn joined_texts_save(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        join_within: Span,
        bot_texts: BotTexts,
    ) -> Result<()> {
        if let Some(detail) = join_fault(join_within) {
            return Err(SettingsError::Invalid(detail));
        }
        let (mut tx, record) = self.begin(tenant).await?;
        let was = record.settings;
        let values = TenantSettings { join_within, bot_texts, ..was.clone() };
        if values == was {
            return Ok(tx.rollback().await?);
        }
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::JoinedTexts, None, Change::Changed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}
