//! Meta's alerts about a number or an account.
//!
//! Meta gives an alert no id. The digest in `mark` is stored, so that a repeated alert changes nothing.

use crate::{
    domain::{
        event::{Actor, Event},
        ids::ChannelId,
        inbound::ChannelAlert,
        trouble,
    },
    server::conversations::{Result, UnitOfWork},
};

impl UnitOfWork {
    pub(in crate::server::conversations) async fn channel_alert(
        &mut self,
        channel: &ChannelId,
        alert: &ChannelAlert,
    ) -> Result<()> {
        if !self.mark_processed(channel, &alert.mark).await? {
            return Ok(());
        }
        let ChannelAlert { field, code, title, details, .. } = alert;
        match trouble::is_good_news(field, title, details.as_deref()) {
            true => tracing::info!(%channel, field, title, details, "webhook: channel recovery reported by Meta"),
            false => {
                tracing::warn!(%channel, code, field, title, details, "webhook: channel problem reported by Meta");
            }
        }
        let event = Event::ChannelTrouble {
            channel: channel.clone(),
            code: *code,
            field: field.clone(),
            title: title.clone(),
            details: details.clone(),
        };
        self.append(None, Actor::Meta, event);
        Ok(())
    }
}
