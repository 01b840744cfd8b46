//! What the customer of an open conversation gets if its agent closes now.

use crate::{
    contract::conversation::GoodbyeTemplate,
    domain::{
        conversation::{Conversation, Goodbye},
        interpolation::ClosingValues,
        rating::RatingRule,
        settings::TextName,
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        store::{
            self, Tx, channels,
            customers::CustomerRow,
            templates::{self, WindowCustomer},
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
    let to = WindowCustomer {
        conversation: &it.id,
        customer,
        channel: &channel,
        agent_name: Some(agent.name()),
        tenant_name: &tenant.name,
    };
    let message = templates::window_message(tx, agent.tenant(), chosen, to).await?;
    Ok(message.ok().map(|(category, message)| GoodbyeTemplate { category, text: message.preview.body }))
}
