//! Setting up: tenants, Meta apps, WhatsApp numbers and first keywords, for the command line and the demo.
//!
//! Secrets are sealed before they come near a table and never stand in an error or an entry. An app belongs to no tenant,
//! so it enters a tenant's audit log with the first number that the tenant connects through it.

use crate::{
    domain::{
        event::{Actor, Change, Setting},
        ids::{AppId, ChannelId, KeywordId, TenantId},
        settings::Settings as Values,
    },
    server::{
        secret::Secret,
        store::{
            StoreError, apps,
            channels::{self, ChannelRow},
            jobs, tenants,
        },
    },
};

use super::{Result, Settings, SettingsError, configured, keywords::NewKeyword};

/// The longest name of a tenant, an app or a number, in characters.
const NAME_LIMIT: usize = 80;
/// The longest app key: it stands in the webhook's address.
const KEY_LIMIT: usize = 40;

/// A WhatsApp number that is to be connected.
#[derive(Clone, Debug)]
pub struct NewNumber {
    pub app: AppId,
    /// Meta's id of the number: digits, not the number itself.
    pub phone_number_id: String,
    /// Meta's id of the account that the number is in.
    pub waba_id: String,
    /// The number as shown to people, for example +49 30 1234567.
    pub display_phone: String,
    /// The number's name as agents see it.
    pub name: String,
    pub token: Secret,
}

impl Settings {
    /// Creates a tenant with the default settings and its default team.
    ///
    /// # Errors
    /// [`SettingsError::Taken`] when there is one of that name.
    pub async fn create_tenant(&self, name: &str) -> Result<TenantId> {
        let name = named("The tenant's name", name)?;
        let now = self.clock.now();
        let id: TenantId = self.entropy.id(now);
        let mut tx = self.db.begin_write().await?;
        if tenants::by_name(&mut tx, name).await?.is_some() {
            return Err(SettingsError::Taken(format!("There is already a tenant “{name}”.")));
        }
        tenants::insert(&mut tx, &id, name, &self.entropy.id(now), &Values::default(), now).await?;
        tx.commit().await?;
        tracing::info!(tenant = %id, "settings: tenant created");
        Ok(id)
    }

    /// Adds a Meta app. `key` becomes its id and the end of its webhook's address.
    ///
    /// # Errors
    /// [`SettingsError::Taken`] when the key is in use; [`SettingsError::Invalid`] when it cannot stand in an address or
    /// something is empty.
    pub async fn add_app(&self, key: &str, name: &str, secret: &Secret, verify_token: &Secret) -> Result<AppId> {
        let key = key.trim();
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if key.is_empty() || key.len() > KEY_LIMIT || !key.bytes().all(fits) {
            return Err(SettingsError::Invalid(format!(
                "Use 1 to {KEY_LIMIT} lowercase letters, digits or hyphens for an app key."
            )));
        }
        let name = named("The app's name", name)?;
        let secret = self.sealed("The app secret", secret)?;
        let verify_token = self.sealed("The verify token", verify_token)?;
        let id = AppId::from(key);
        let mut tx = self.db.begin_write().await?;
        apps::insert(&mut tx, &id, name, &secret, &verify_token, self.clock.now())
            .await
            .map_err(|error| taken(error, || format!("There is already an app “{key}”.")))?;
        tx.commit().await?;
        tracing::info!(app = %id, "settings: app added");
        Ok(id)
    }

    /// Connects a number to a tenant.
    ///
    /// # Errors
    /// [`SettingsError::Taken`] when the number is connected already, to whichever tenant; [`SettingsError::Invalid`]
    /// for an unknown app or a malformed value; [`SettingsError::NotFound`] for an unknown tenant.
    pub async fn add_number(&self, tenant: &TenantId, number: NewNumber) -> Result<ChannelId> {
        let now = self.clock.now();
        let phone_number_id = meta_id("phone number ID", &number.phone_number_id)?;
        let waba_id = meta_id("WhatsApp account ID", &number.waba_id)?;
        let channel = ChannelRow {
            id: self.entropy.id(now),
            tenant_id: tenant.clone(),
            app_id: number.app,
            phone_number_id: phone_number_id.to_owned(),
            waba_id: waba_id.to_owned(),
            display_phone: named("The displayed number", &number.display_phone)?.to_owned(),
            name: named("The number's name", &number.name)?.to_owned(),
            token: self.sealed("The access token", &number.token)?,
            down_code: None,
            down_since: None,
        };
        let (mut tx, _) = self.begin(tenant).await?;
        if apps::find(&mut tx, &channel.app_id).await?.is_none() {
            return Err(SettingsError::Invalid(format!("There is no app “{}”. Add it first.", channel.app_id)));
        }
        let is_known_app = channels::list(&mut tx, tenant).await?.iter().any(|other| other.app_id == channel.app_id);
        channels::insert(&mut tx, &channel, now)
            .await
            .map_err(|error| taken(error, || format!("The number {phone_number_id} is already connected.")))?;
        let mut changes = Vec::with_capacity(2);
        if !is_known_app {
            changes.push(configured(Setting::App, Some(channel.app_id.as_str()), Change::Added));
        }
        changes.push(configured(Setting::Channel, Some(channel.id.as_str()), Change::Added));
        self.commit(tx, tenant, now, Actor::System, changes).await?;
        Ok(channel.id)
    }

    /// Gives a number a new token, or keeps the one it has, and lets its queue go on: what to do after WhatsApp stopped it.
    ///
    /// # Errors
    /// [`SettingsError::NotFound`] when no tenant has the number.
    pub async fn resume_number(&self, phone_number_id: &str, token: Option<&Secret>) -> Result<ChannelRow> {
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        let channel = channels::by_number_of_any(&mut tx, phone_number_id).await?.ok_or(SettingsError::NotFound)?;
        if let Some(token) = token {
            let sealed = self.sealed("The access token", token)?;
            channels::set_token(&mut tx, &channel.tenant_id, &channel.id, &sealed).await?;
        }
        channels::set_down(&mut tx, &channel.tenant_id, &channel.id, None).await?;
        jobs::reschedule_media(&mut tx, &channel.tenant_id, &channel.id, now).await?;
        let change = configured(Setting::Channel, Some(channel.id.as_str()), Change::Changed);
        self.commit(tx, &channel.tenant_id, now, Actor::System, vec![change]).await?;
        Ok(channel)
    }

    /// Replaces an app's secret, after it was reset at Meta.
    ///
    /// # Errors
    /// [`SettingsError::NotFound`] for an unknown app.
    pub async fn set_app_secret(&self, key: &str, secret: &Secret) -> Result<()> {
        let sealed = self.sealed("The app secret", secret)?;
        let mut tx = self.db.begin_write().await?;
        if !apps::set_secret(&mut tx, &AppId::from(key), &sealed).await? {
            return Err(SettingsError::NotFound);
        }
        tx.commit().await?;
        tracing::info!(app = key, "settings: app secret replaced");
        Ok(())
    }

    /// Adds a rule in the platform's own name; bounds and errors are those of [`Settings::keyword_add`].
    pub async fn add_keyword(&self, tenant: &TenantId, rule: NewKeyword) -> Result<KeywordId> {
        self.keyword_add(tenant, Actor::System, rule).await
    }

    fn sealed(&self, what: &str, secret: &Secret) -> Result<Vec<u8>> {
        let plain = secret.expose().trim();
        if plain.is_empty() {
            return Err(SettingsError::Invalid(format!("{what} is empty.")));
        }
        Ok(self.seal.seal(&self.entropy, plain)?)
    }
}

/// A name without the blanks around it.
fn named<'n>(what: &str, name: &'n str) -> Result<&'n str> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(SettingsError::Invalid(format!("{what} is empty."))),
        length if length > NAME_LIMIT => Err(SettingsError::Invalid(format!(
            "{what} is too long: it has {length} characters, and the limit is {NAME_LIMIT}."
        ))),
        _ => Ok(name),
    }
}

/// An id of Meta's. It becomes a part of addresses that we call, so nothing but digits passes.
fn meta_id<'i>(what: &str, id: &'i str) -> Result<&'i str> {
    let id = id.trim();
    let fits = !id.is_empty() && id.len() <= 32 && id.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(id).ok_or_else(|| {
        // The value is not repeated: what is pasted into the wrong place may be a token.
        SettingsError::Invalid(format!("Enter the {what} as Meta's dashboard shows it. It has only digits."))
    })
}

fn taken(error: StoreError, words: impl FnOnce() -> String) -> SettingsError {
    if error.is_taken() { SettingsError::Taken(words()) } else { error.into() }
}
