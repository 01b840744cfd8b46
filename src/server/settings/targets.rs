//! The targets for first and further replies, the grace time after a close, the time zone, and when messages are marked
//! as read.

use crate::{
    domain::{
        event::{Change, Initiator, Setting},
        ids::TenantId,
        settings::{ReadPolicy, TenantSettings, grace_fault, target_fault},
        time::Span,
    },
    server::store::tenants,
};

use super::{Result, Settings, SettingsError, configured};

/// The values to save. `None` keeps the one that is set, because each is on a page with some of the others only.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    pub waiting_target: Option<Span>,
    pub reply_target: Option<Span>,
    pub grace_time: Option<Span>,
    /// An IANA name in any case.
    pub zone: Option<String>,
    pub read_policy: Option<ReadPolicy>,
}

impl Settings {
    /// Saves the values that differ, with one entry for each.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if a time is out of bounds or the time zone is unknown. Nothing is saved then.
    pub async fn targets_save(&self, tenant: &TenantId, initiator: Initiator, targets: Targets) -> Result<()> {
        for target in targets.waiting_target.into_iter().chain(targets.reply_target) {
            if let Some(detail) = target_fault(target) {
                return Err(SettingsError::Invalid(detail));
            }
        }
        if let Some(detail) = targets.grace_time.and_then(grace_fault) {
            return Err(SettingsError::Invalid(detail));
        }
        let zone = targets.zone.as_deref().map(known_zone).transpose()?;
        let (mut tx, record) = self.begin(tenant).await?;
        let was = record.settings;
        let values = TenantSettings {
            waiting_target: targets.waiting_target.unwrap_or(was.waiting_target),
            reply_target: targets.reply_target.unwrap_or(was.reply_target),
            grace_time: targets.grace_time.unwrap_or(was.grace_time),
            zone: zone.unwrap_or_else(|| was.zone.clone()),
            read_policy: targets.read_policy.unwrap_or(was.read_policy),
            ..was.clone()
        };
        let changes: Vec<_> = [
            (was.waiting_target != values.waiting_target, Setting::WaitingTarget),
            (was.reply_target != values.reply_target, Setting::ReplyTarget),
            (was.grace_time != values.grace_time, Setting::GraceTime),
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
        self.commit(tx, tenant, self.clock.now(), initiator, changes).await
    }
}

/// The time zone's name as the IANA database spells it.
fn known_zone(name: &str) -> Result<String> {
    let name = name.trim();
    let zone = jiff::tz::TimeZone::get(name).ok();
    zone.as_ref().and_then(|zone| zone.iana_name()).map(str::to_owned).ok_or_else(|| {
        SettingsError::Invalid(format!("“{name}” isn't a known time zone. Enter a name such as Europe/Berlin or UTC."))
    })
}
