//! Resumes numbers that WhatsApp stopped.

use crate::{
    domain::event::{Change, Initiator, Setting},
    server::{
        seal::SealedField,
        secret::Secret,
        store::{
            channels::{self, ChannelRow},
            jobs,
        },
    },
};

use super::{ChannelError, Channels, Result, numbers::configured};

impl Channels {
    /// Resumes a number's queue after WhatsApp stopped it, with a new token or the current one.
    ///
    /// # Errors
    /// [`ChannelError::NotFound`] if no tenant has the number.
    pub async fn resume_number(&self, phone_number_id: &str, token: Option<&Secret>) -> Result<ChannelRow> {
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        let channel = channels::by_number_of_any(&mut tx, phone_number_id).await?.ok_or(ChannelError::NotFound)?;
        if let Some(token) = token {
            let sealed =
                self.sealed("The access token", SealedField::AccessToken(&channel.tenant_id, &channel.id), token)?;
            channels::set_token(&mut tx, &channel.tenant_id, &channel.id, &sealed).await?;
        }
        channels::set_down(&mut tx, &channel.tenant_id, &channel.id, None).await?;
        jobs::reschedule_media(&mut tx, &channel.tenant_id, &channel.id, now).await?;
        let change = configured(Setting::Channel, channel.id.as_str(), Change::Changed);
        self.log.commit_all(tx, &channel.tenant_id, now, Initiator::SYSTEM, vec![change]).await?;
        Ok(channel)
    }
}
