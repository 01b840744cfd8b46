//! What the picker of a conversation lists, or that of one that is to begin.

use jiff::tz::TimeZone;

use crate::{
    contract::templates::{HeldTemplate, ListedTemplate, TemplatePicker},
    domain::{
        ids::{ChannelId, ConversationId, CustomerId},
        market::market_of,
        message::{Content, Delivery, outgoing::FileSource},
        template::{
            TemplateCategory,
            held::{again_at, is_held_back},
        },
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        store::{
            Tx,
            channels::{self, ChannelRow},
            conversations,
            customers::{self, CustomerRow},
            messages, prices, scheduled_messages,
            templates::{self, KnownPeople},
            tenants::{self, Tenant},
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
        let market = market_of(phone, user_id);
        let prices = prices::read(&mut tx, tenant).await?.list;
        let price = |category: TemplateCategory| {
            let price = prices.price(market.as_deref(), category.priced()?)?;
            Some(price.price(&prices.currency))
        };
        let mut uses = templates::last_uses(&mut tx, tenant, agent.id()).await?;
        let rows = templates::list(&mut tx, tenant, &channel.waba_id).await?;
        let synced_at = templates::synced_at(&mut tx, tenant, &channel.waba_id).await?;
        let listed = rows.into_iter().map(|row| ListedTemplate {
            refusal: row.template.refusal(agent.role(), phone, user_id),
            prefilled: row.template.definition.prefill(&known),
            last_use: uses.remove(&row.id).unwrap_or_default(),
            price: price(row.template.category),
            id: row.id,
            revision: row.revision,
            template: row.template,
        });
        let mut templates: Vec<ListedTemplate> = listed.collect();
        // Stable, so that each part stays in the order of names.
        templates.sort_by_key(|listed| listed.refusal.is_some());
        let held = match conversation {
            Some(id) => held_back(&mut tx, &owner, id, &templates, self.clock.now()).await?,
            None => None,
        };
        Ok(TemplatePicker { templates, synced_at, fault, held })
    }
}

/// What WhatsApp held back, if nothing was written since and it does not wait already.
async fn held_back(
    tx: &mut Tx,
    tenant: &Tenant,
    id: &ConversationId,
    listed: &[ListedTemplate],
    now: Timestamp,
) -> Result<Option<HeldTemplate>> {
    let Some(newest) = messages::newest_reply(tx, &tenant.id, id).await? else { return Ok(None) };
    let Some(row) = messages::find(tx, &tenant.id, &newest).await? else { return Ok(None) };
    let (Content::TemplateSent(sent), Some(Delivery::Failed), Some(fault)) = (&row.content, row.delivery, &row.fault)
    else {
        return Ok(None);
    };
    if !fault.code.is_some_and(is_held_back) {
        return Ok(None);
    }
    let is_it = |one: &&ListedTemplate| one.template.name == sent.name && one.template.language == sent.language;
    let Some(found) = listed.iter().find(is_it).filter(|found| found.refusal.is_none()) else { return Ok(None) };
    let waits = scheduled_messages::of_conversations(tx, &tenant.id, std::slice::from_ref(id)).await?;
    let does_wait =
        waits.iter().any(|waiting| waiting.template.as_ref().is_some_and(|waiting| waiting.template == found.id));
    let is_uploaded = matches!(sent.file(), Some((_, FileSource::Uploaded(_))));
    let zone = TimeZone::get(&tenant.settings.zone).unwrap_or(TimeZone::UTC);
    let again = found.template.values_again(sent).zip(again_at(row.at, &zone, now));
    let Some((values, at)) = again.filter(|_| !does_wait && !is_uploaded) else { return Ok(None) };
    Ok(Some(HeldTemplate {
        template: found.id.clone(),
        revision: found.revision,
        name: found.template.name.clone(),
        values,
        at,
        reason: fault.detail.clone(),
        price: found.price.clone(),
    }))
}
