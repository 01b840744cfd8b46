//! The tenant's texts for customers.

use crate::{
    domain::{
        event::{Change, Initiator, Setting},
        ids::TenantId,
        interpolation::{self, ClosingValues, SAMPLE_CUSTOMER, closing_message},
        settings::{TextName, text_fault},
    },
    server::store::tenants,
};

use super::{Result, Settings, SettingsError, configured};

impl Settings {
    /// The text as a customer would see it, signed by `agent`.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if the text is too long or not a valid template.
    pub async fn text_preview(&self, tenant: &TenantId, name: TextName, text: &str, agent: &str) -> Result<String> {
        let tenant = self.tenant(tenant).await?;
        filled(name, text, agent, &tenant.name)
    }

    /// # Errors
    /// [`SettingsError::Invalid`] if the text is too long or not a valid template.
    pub async fn text_save(&self, tenant: &TenantId, initiator: Initiator, name: TextName, text: String) -> Result<()> {
        let (mut tx, record) = self.begin(tenant).await?;
        let mut values = record.settings;
        if values.texts.get(name) == text {
            return Ok(tx.rollback().await?);
        }
        filled(name, &text, SAMPLE_AGENT, &record.name)?;
        values.texts.set(name, text);
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::Texts, Some(stored_name(name)), Change::Changed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}

pub(super) const SAMPLE_AGENT: &str = "Ana";

/// The text with sample values. Only texts of a conversation that an agent has can name the agent.
fn filled(name: TextName, text: &str, agent: &str, tenant: &str) -> Result<String> {
    if let Some(detail) = text_fault(text) {
        return Err(SettingsError::Invalid(detail));
    }
    let filled = match name {
        TextName::Closing | TextName::Reminder => {
            let values = ClosingValues { customer_name: SAMPLE_CUSTOMER, agent_name: agent, tenant_name: tenant };
            closing_message(text, &values)
        }
        TextName::Greeting | TextName::Fallback | TextName::NoticeOnline | TextName::NoticeOffline => {
            interpolation::filled(
                text,
                &interpolation::TextValues { customer_name: SAMPLE_CUSTOMER, tenant_name: tenant },
            )
        }
    };
    filled.map_err(|fault| SettingsError::Invalid(fault.detail))
}

/// A text's name in the log. Entries contain it, so it must never change.
pub(super) fn stored_name(name: TextName) -> &'static str {
    match name {
        TextName::Greeting => "greeting",
        TextName::Fallback => "fallback",
        TextName::NoticeOnline => "notice_online",
        TextName::NoticeOffline => "notice_offline",
        TextName::Closing => "closing",
        TextName::Reminder => "reminder",
    }
}
