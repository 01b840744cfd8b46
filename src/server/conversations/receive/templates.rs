//! WhatsApp has reviewed, changed, rated or paused a template.

use crate::{
    domain::{ids::ChannelId, inbound::IgnoredEvent},
    server::{
        conversations::{Result, UnitOfWork},
        store::{channels, templates},
    },
};

impl UnitOfWork {
    /// The templates of the number's account are read again when somebody asks for them. The update itself does not hold
    /// their components.
    pub(in crate::server::conversations) async fn templates_changed(
        &mut self,
        channel: &ChannelId,
        news: &IgnoredEvent,
    ) -> Result<()> {
        let tenant = self.tenant_id();
        let Some(number) = channels::find(&mut self.tx, &tenant, channel).await? else { return Ok(()) };
        tracing::info!(%channel, field = news.field, summary = news.summary, "webhook: templates changed");
        templates::outdate(&mut self.tx, &tenant, &number.waba_id).await?;
        Ok(())
    }
}
