//! What the picker of a conversation lists, or that of one that is to begin.

use crate::{
    contract::templates::{ListedTemplate, TemplatePicker},
    domain::ids::{ChannelId, ConversationId, CustomerId},
    server::{
        accounts::Agent,
        store::{
            channels::{self, ChannelRow},
            conversations,
            customers::{self, CustomerRow},
            templates::{self, KnownPeople},
            tenants,
        },
    },
};

use super::{Result, TemplateError, Templates, sync::Freshness};

impl Templates {
    /// The templates that the conversation's number can send. They are read from WhatsApp first if that was not done for
    /// some minutes, or if WhatsApp has announced a change.
    ///
    /// # Errors
    /// [`TemplateError::NotFound`] for a conversation that is not this tenant's.
    pub async fn picker(&self, agent: &Agent, id: &ConversationId) -> Result<TemplatePicker> {
        let tenant = agent.tenant();
        let mut tx = self.db.begin_read().await?;
        let found = conversations::load(&mut tx, tenant, id).await?.ok_or(TemplateError::NotFound)?;
        let conversation = found.conversation;
        let customer = customers::find(&mut tx, tenant, &conversation.customer).await?;
        let customer = customer.ok_or(TemplateError::NotFound)?;
        let channel = channels::find(&mut tx, tenant, &conversation.channel).await?.ok_or(TemplateError::NotFound)?;
        drop(tx);
        self.listed(agent, &channel, Some(&customer), Some(id)).await
    }

    /// The templates that a number can send to a customer, or to somebody who is not known yet.
    ///
    /// # Errors
    /// [`TemplateError::NotFound`] for a number or a customer of another tenant.
    pub async fn first_picker(
        &self,
        agent: &Agent,
        channel: &ChannelId,
        customer: Option<&CustomerId>,
    ) -> Result<TemplatePicker> {
        let tenant = agent.tenant();
        let mut tx = self.db.begin_read().await?;
        let channel = channels::find(&mut tx, tenant, channel).await?.ok_or(TemplateError::NotFound)?;
        let customer = match customer {
            Some(id) => Some(customers::current(&mut tx, tenant, id).await?.ok_or(TemplateError::NotFound)?),
            None => None,
        };
        drop(tx);
        self.listed(agent, &channel, customer.as_ref(), None).await
    }

    async fn listed(
        &self,
        agent: &Agent,
        channel: &ChannelRow,
        customer: Option<&CustomerRow>,
        conversation: Option<&ConversationId>,
    ) -> Result<TemplatePicker> {
        let tenant = agent.tenant();
        let fault = self.sync(channel, Freshness::Minutes).await?;
        let mut tx = self.db.begin_read().await?;
        let owner = tenants::find(&mut tx, tenant).await?.ok_or(TemplateError::NotFound)?;
        let people = KnownPeople {
            customer: customer.map(|customer| customer.name.as_str()),
            agent: Some(agent.name()),
            tenant: &owner.name,
            number: &channel.display_phone,
        };
        let known = match conversation {
            Some(id) => templates::known_values(&mut tx, tenant, id, people).await?,
            None => people.values(),
        };
        let (phone, user_id) =
            customer.map_or((None, None), |customer| (customer.wa_id.as_deref(), customer.user_id.as_deref()));
        let rows = templates::list(&mut tx, tenant, &channel.waba_id).await?;
        let synced_at = templates::synced_at(&mut tx, tenant, &channel.waba_id).await?;
        let listed = rows.into_iter().map(|row| ListedTemplate {
            refusal: row.template.refusal(agent.role(), phone, user_id),
            prefilled: row.template.definition.prefill(&known),
            id: row.id,
            revision: row.revision,
            template: row.template,
        });
        let mut templates: Vec<ListedTemplate> = listed.collect();
        // Stable, so that each part stays in the order of names.
        templates.sort_by_key(|listed| listed.refusal.is_some());
        Ok(TemplatePicker { templates, synced_at, fault })
    }
}
