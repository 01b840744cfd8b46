//! What the customer of an open conversation gets if its agent closes now.

use crate::{
    contract::conversation::GoodbyeTemplate,
    domain::{
        conversation::{Conversation, Goodbye},
        interpolation::ClosingValues,
        rating::RatingRule,
        settings::TextName,
        template::TemplateCategory,
        time::Timestamp,
        window::closed::{KnownTemplate, WindowRecipient},
    },
    server::{
        accounts::Agent,
        store::{
            self, Tx, channels,
            customers::CustomerRow,
            entries,
            templates::{self, KnownPeople},
            tenants::Tenant,
        },
    },
};

/// The tenant's text.
pub(super) fn text(
    agent: &Agent,
    it: &Conversation,
    customer_name: &str,
    tenant: &Tenant,
    now: Timestamp,
) -> Option<String> {
    let values = ClosingValues { customer_name, agent_name: agent.name(), tenant_name: &tenant.name };
    let message = Goodbye::Standard.message(&tenant.settings.texts.closing, it.window, now, &values);
    message.ok().flatten().filter(|_| it.is_open())
}

/// The question for a rating, for the customer of a handoff.
pub(super) fn question(
    agent: &Agent,
    it: &Conversation,
    customer_name: &str,
    tenant: &Tenant,
    now: Timestamp,
) -> Option<String> {
    let rating = &tenant.settings.rating;
    if rating.rule == RatingRule::Off || it.handoff().is_none() || !it.window.is_open(now) {
        return None;
    }
    let values = ClosingValues { customer_name, agent_name: agent.name(), tenant_name: &tenant.name };
    rating.filled(&values).ok().filter(|question| !question.is_empty())
}

/// The template in the place of the text, if the window has closed and it can be sent.
pub(super) async fn template(
    tx: &mut Tx,
    agent: &Agent,
    it: &Conversation,
    customer: &CustomerRow,
    tenant: &Tenant,
    now: Timestamp,
) -> store::Result<Option<GoodbyeTemplate>> {
    let chosen = tenant.settings.window_templates.of(TextName::Closing, &it.channel);
    let is_closed = it.is_open() && !it.window.is_open(now);
    let Some(chosen) = chosen.filter(|_| is_closed) else { return Ok(None) };
    let Some(channel) = channels::find(tx, agent.tenant(), &it.channel).await? else { return Ok(None) };
    let row = templates::find(tx, agent.tenant(), &chosen.template).await?;
    let Some(row) = row.filter(|row| row.waba_id == channel.waba_id) else { return Ok(None) };
    let category = row.template.category;
    let has_opted_out =
        category == TemplateCategory::Marketing && entries::has_opted_out(tx, agent.tenant(), &customer.id).await?;
    let people = KnownPeople {
        customer: Some(&customer.name),
        agent: Some(agent.name()),
        tenant: &tenant.name,
        number: &channel.display_phone,
    };
    let known = templates::known_values(tx, agent.tenant(), &it.id, people).await?;
    let to = WindowRecipient {
        known: &known,
        phone: customer.wa_id.as_deref(),
        user_id: customer.user_id.as_deref(),
        has_opted_out,
    };
    let template = KnownTemplate { template: &row.template, revision: row.revision };
    let message = chosen.message(Some(template), &to).ok();
    Ok(message.map(|message| GoodbyeTemplate { category, text: message.preview.body }))
}
