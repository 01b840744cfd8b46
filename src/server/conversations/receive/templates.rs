//! WhatsApp has reviewed, changed, rated or paused a template.

use crate::{
    domain::{
        ids::ChannelId,
        inbound::{TemplateChange, TemplateNews},
    },
    server::{
        conversations::{Result, UnitOfWork},
        store::{channels, templates},
    },
};

impl UnitOfWork {
    /// The templates of the number's account are read again when somebody asks for them. The update itself does not hold
    /// their components. What must not be sent by itself any more is marked at once: no person looks before it is sent.
    pub(in crate::server::conversations) async fn templates_changed(
        &mut self,
        channel: &ChannelId,
        news: &TemplateNews,
    ) -> Result<()> {
        let tenant = self.tenant_id();
        let Some(number) = channels::find(&mut self.tx, &tenant, channel).await? else { return Ok(()) };
        tracing::info!(%channel, field = news.event.field, summary = news.event.summary, "webhook: templates changed");
        let (waba, name, language) = (number.waba_id.as_str(), news.name.as_str(), news.language.as_str());
        match news.change {
            TemplateChange::Stopped(status) => {
                templates::stop(&mut self.tx, &tenant, waba, (name, language), status).await?;
            }
            TemplateChange::Components => templates::revise(&mut self.tx, &tenant, waba, (name, language)).await?,
            TemplateChange::Other => {}
        }
        templates::outdate(&mut self.tx, &tenant, waba).await?;
        Ok(())
    }
}
