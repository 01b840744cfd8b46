//! The secrets of numbers and apps. They are encrypted before they are stored, decrypted only for a call, and never
//! part of an error or a log entry.

use crate::server::{
    gateway::Credentials,
    seal::{SealError, SealedField},
    secret::Secret,
    store::{StoreError, apps, channels::ChannelRow},
};

use super::{ChannelError, Channels, Result};

/// Why Meta cannot be called for a number.
#[derive(Debug, thiserror::Error)]
pub enum NoCredentials {
    #[error("the number's app no longer exists")]
    NoApp,
    /// They were encrypted with another key than this server's.
    #[error("the number's secrets couldn't be decrypted: {0}")]
    Sealed(#[from] SealError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Channels {
    /// The credentials for calls to Meta for this number.
    pub async fn credentials(&self, channel: &ChannelRow) -> std::result::Result<Credentials, NoCredentials> {
        let mut tx = self.db.begin_read().await?;
        let app = apps::find(&mut tx, &channel.app_id).await?.ok_or(NoCredentials::NoApp)?;
        drop(tx);
        Ok(Credentials {
            phone_number_id: channel.phone_number_id.clone(),
            token: self.seal.open(SealedField::AccessToken(&channel.tenant_id, &channel.id), &channel.token)?,
            app_secret: self.seal.open(SealedField::AppSecret(&app.id), &app.secret)?,
        })
    }

    pub(super) fn sealed(&self, what: &str, field: SealedField<'_>, secret: &Secret) -> Result<Vec<u8>> {
        let plain = secret.expose().trim();
        if plain.is_empty() {
            return Err(ChannelError::Invalid(format!("{what} is empty.")));
        }
        Ok(self.seal.seal(&self.entropy, field, plain)?)
    }
}
