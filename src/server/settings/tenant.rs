//! A tenant's own values: the texts customers read, the waiting target, the zone, and when ticks turn blue.

use crate::{
    domain::{
        event::{Actor, Change, Setting},
        ids::TenantId,
        interpolation::{self, ClosingValues, SAMPLE_CUSTOMER, closing_message},
        settings::{ReadPolicy, Settings as TenantSettings, TextName, target_fault, text_fault},
        time::Span,
    },
    server::store::tenants::{self, Tenant},
};

use super::{Result, Settings, SettingsError, configured};

/// What the targets page saves at once.
#[derive(Clone, Debug)]
pub struct Targets {
    pub waiting_target: Span,
    /// An IANA name, in any case.
    pub zone: String,
    pub read_policy: ReadPolicy,
}

impl Settings {
    /// The tenant with its settings.
    pub async fn tenant(&self, tenant: &TenantId) -> Result<Tenant> {
        let mut tx = self.db.begin_read().await?;
        tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)
    }

    /// The text as a customer would read it, signed by `agent`.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] when the text is too long, or no valid template.
    pub async fn preview_text(&self, tenant: &TenantId, name: TextName, text: &str, agent: &str) -> Result<String> {
        let tenant = self.tenant(tenant).await?;
        filled(name, text, agent, &tenant.name)
    }

    /// # Errors
    /// [`SettingsError::Invalid`] when the text is too long, or no valid template.
    pub async fn save_text(&self, tenant: &TenantId, actor: Actor, name: TextName, text: String) -> Result<()> {
        let (mut tx, record) = self.begin(tenant).await?;
        let mut values = record.settings;
        if values.texts.get(name) == text {
            return Ok(tx.rollback().await?);
        }
        filled(name, &text, SAMPLE_AGENT, &record.name)?;
        values.texts.set(name, text);
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let change = configured(Setting::Texts, Some(word(name)), Change::Changed);
        self.commit(tx, tenant, self.clock.now(), actor, vec![change]).await
    }

    /// Writes what differs, with an entry for each value that does.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] when the target is out of bounds or the zone is not known; nothing is saved then.
    pub async fn save_targets(&self, tenant: &TenantId, actor: Actor, targets: Targets) -> Result<()> {
        if let Some(words) = target_fault(targets.waiting_target) {
            return Err(SettingsError::Invalid(words));
        }
        let zone = known_zone(&targets.zone)?;
        let (mut tx, record) = self.begin(tenant).await?;
        let was = record.settings;
        let values = TenantSettings {
            waiting_target: targets.waiting_target,
            zone,
            read_policy: targets.read_policy,
            ..was.clone()
        };
        let changes: Vec<_> = [
            (was.waiting_target != values.waiting_target, Setting::WaitingTarget),
            (was.zone != values.zone, Setting::TimeZone),
            (was.read_policy != values.read_policy, Setting::ReadPolicy),
        ]
        .into_iter()
        .filter(|(differs, _)| *differs)
        .map(|(_, what)| configured(what, None, Change::Changed))
        .collect();
        if changes.is_empty() {
            return Ok(tx.rollback().await?);
        }
        tenants::save_settings(&mut tx, tenant, &values).await?;
        self.commit(tx, tenant, self.clock.now(), actor, changes).await
    }
}

const SAMPLE_AGENT: &str = "Ana";

/// The text with sample values; only behind the closing text stands an agent.
fn filled(name: TextName, text: &str, agent: &str, tenant: &str) -> Result<String> {
    if let Some(words) = text_fault(text) {
        return Err(SettingsError::Invalid(words));
    }
    let filled = match name {
        TextName::Closing => {
            let values = ClosingValues { customer_name: SAMPLE_CUSTOMER, agent_name: agent, tenant_name: tenant };
            closing_message(text, &values)
        }
        TextName::Greeting | TextName::Fallback | TextName::NoticeOnline | TextName::NoticeOffline => {
            interpolation::filled(text, &interpolation::Values { customer_name: SAMPLE_CUSTOMER, tenant_name: tenant })
        }
    };
    filled.map_err(|fault| SettingsError::Invalid(fault.detail))
}

/// The zone as the IANA database spells it.
fn known_zone(name: &str) -> Result<String> {
    let name = name.trim();
    let zone = jiff::tz::TimeZone::get(name).ok();
    zone.as_ref().and_then(|zone| zone.iana_name()).map(str::to_owned).ok_or_else(|| {
        SettingsError::Invalid(format!("“{name}” isn't a known time zone. Enter a name such as Europe/Berlin or UTC."))
    })
}

/// A text's name in the log. For ever: entries hold it.
fn word(name: TextName) -> &'static str {
    match name {
        TextName::Greeting => "greeting",
        TextName::Fallback => "fallback",
        TextName::NoticeOnline => "notice_online",
        TextName::NoticeOffline => "notice_offline",
        TextName::Closing => "closing",
    }
}
