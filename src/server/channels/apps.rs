//! Meta apps. An app does not belong to a tenant, so it appears in a tenant's audit log only with the first number that
//! the tenant connects through it.

use crate::{
    domain::ids::AppId,
    server::{seal::SealedField, secret::Secret, store::apps},
};

use super::{ChannelError, Channels, Result, named, taken};

/// The longest app key, in bytes. It is part of the webhook's URL.
const KEY_LIMIT: usize = 40;

impl Channels {
    /// Adds a Meta app. `key` becomes its id and the last part of its webhook's URL.
    ///
    /// # Errors
    /// [`ChannelError::Taken`] if the key is in use; [`ChannelError::Invalid`] if it cannot be part of a URL or a value
    /// is empty.
    pub async fn add_app(&self, key: &str, name: &str, secret: &Secret, verify_token: &Secret) -> Result<AppId> {
        let key = key.trim();
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if key.is_empty() || key.len() > KEY_LIMIT || !key.bytes().all(fits) {
            return Err(ChannelError::Invalid(format!(
                "Use 1 to {KEY_LIMIT} lowercase letters, digits or hyphens for an app key."
            )));
        }
        let name = named("The app's name", name)?;
        let id = AppId::from(key);
        let secret = self.sealed("The app secret", SealedField::AppSecret(&id), secret)?;
        let verify_token = self.sealed("The verify token", SealedField::VerifyToken(&id), verify_token)?;
        let mut tx = self.db.begin_write().await?;
        apps::insert(&mut tx, &id, name, &secret, &verify_token, self.clock.now())
            .await
            .map_err(|error| taken(error, || format!("There is already an app “{key}”.")))?;
        tx.commit().await?;
        tracing::info!(app = %id, "channels: app added");
        Ok(id)
    }

    /// Replaces an app's secret after a reset at Meta.
    ///
    /// # Errors
    /// [`ChannelError::NotFound`] for an unknown app.
    pub async fn set_app_secret(&self, key: &str, secret: &Secret) -> Result<()> {
        let id = AppId::from(key);
        let sealed = self.sealed("The app secret", SealedField::AppSecret(&id), secret)?;
        let mut tx = self.db.begin_write().await?;
        if !apps::set_secret(&mut tx, &id, &sealed).await? {
            return Err(ChannelError::NotFound);
        }
        tx.commit().await?;
        tracing::info!(app = key, "channels: app secret replaced");
        Ok(())
    }
}
