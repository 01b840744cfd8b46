//! The WhatsApp numbers of tenants.

use crate::{
    domain::{
        event::{Change, Event, Initiator, Setting},
        ids::{AppId, ChannelId, TenantId},
    },
    server::{
        seal::SealedField,
        secret::Secret,
        store::{
            apps,
            channels::{self, ChannelRow},
            tenants,
        },
    },
};

use super::{ChannelError, Channels, Result, named, taken};

/// A WhatsApp number to connect.
#[derive(Clone, Debug)]
pub struct NewNumber {
    pub app: AppId,
    /// Meta's id of the number: digits, but not the phone number itself.
    pub phone_number_id: String,
    /// Meta's id of the number's WhatsApp Business account.
    pub waba_id: String,
    /// The number as shown to people, for example +49 30 1234567.
    pub display_phone: String,
    /// The number's name as agents see it.
    pub name: String,
    pub token: Secret,
}

impl Channels {
    /// Connects a number to a tenant.
    ///
    /// # Errors
    /// [`ChannelError::Taken`] if any tenant has the number already; [`ChannelError::Invalid`] for an unknown app or an
    /// invalid value; [`ChannelError::NotFound`] for an unknown tenant.
    pub async fn add_number(&self, tenant: &TenantId, number: NewNumber) -> Result<ChannelId> {
        let now = self.clock.now();
        let phone_number_id = meta_id("phone number ID", &number.phone_number_id)?;
        let waba_id = meta_id("WhatsApp account ID", &number.waba_id)?;
        let id: ChannelId = self.entropy.id(now);
        let token = self.sealed("The access token", SealedField::AccessToken(tenant, &id), &number.token)?;
        let channel = ChannelRow {
            id,
            tenant_id: tenant.clone(),
            app_id: number.app,
            phone_number_id: phone_number_id.to_owned(),
            waba_id: waba_id.to_owned(),
            display_phone: named("The displayed number", &number.display_phone)?.to_owned(),
            name: named("The number's name", &number.name)?.to_owned(),
            token,
            down_code: None,
            down_since: None,
            shared_since: None,
        };
        let mut tx = self.db.begin_write().await?;
        tenants::lock(&mut tx, tenant).await?.ok_or(ChannelError::NotFound)?;
        if apps::find(&mut tx, &channel.app_id).await?.is_none() {
            return Err(ChannelError::Invalid(format!("There is no app “{}”. Add it first.", channel.app_id)));
        }
        let is_known_app = channels::list(&mut tx, tenant).await?.iter().any(|other| other.app_id == channel.app_id);
        channels::insert(&mut tx, &channel, now)
            .await
            .map_err(|error| taken(error, || format!("The number {phone_number_id} is already connected.")))?;
        let mut changes = Vec::with_capacity(2);
        if !is_known_app {
            changes.push(configured(Setting::App, channel.app_id.as_str(), Change::Added));
        }
        changes.push(configured(Setting::Channel, channel.id.as_str(), Change::Added));
        self.log.commit_all(tx, tenant, now, Initiator::SYSTEM, changes).await?;
        Ok(channel.id)
    }
}

pub(super) fn configured(what: Setting, subject: &str, change: Change) -> Event {
    Event::Configured { what, subject: Some(subject.to_owned()), change }
}

/// Checks an id of Meta's. It becomes part of URLs that we call, so only digits are accepted.
fn meta_id<'i>(what: &str, id: &'i str) -> Result<&'i str> {
    let id = id.trim();
    let fits = !id.is_empty() && id.len() <= 32 && id.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(id).ok_or_else(|| {
        // The error does not repeat the value, because it may be a token that was pasted into the wrong field.
        ChannelError::Invalid(format!("Enter the {what} as Meta's dashboard shows it. It has only digits."))
    })
}
