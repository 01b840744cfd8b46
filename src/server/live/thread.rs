//! A conversation's thread: a page of messages and events, and its dossier.

use super::{Live, dossier, goodbye, view};
use crate::{
    contract::conversation::{CustomerDetails, Earlier, OlderItems, Thread},
    domain::{
        block::{BlockState, CustomerBlock},
        conversation::describe::AgentNames,
        desk::{Item, RowState},
        event::Actor,
        ids::{AgentId, ConversationId, Seq, TenantId},
        outcome::{Outcome, OutcomeChoice},
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        store::{
            self, Tx, agents,
            blocks::{self, BlockRow},
            conversations,
            customers::{self, CustomerRow},
            desk, drafts, entries,
            media::{self, UploadRow},
            messages, notes, outcomes, scheduled_messages, tenants,
        },
    },
};

/// Items of one page.
const PAGE: usize = 60;
/// Most earlier conversations in the dossier.
const EARLIER: usize = 10;

impl Live {
    /// `None` if it does not exist or belongs to another tenant.
    pub async fn thread(&self, agent: &Agent, id: &ConversationId) -> store::Result<Option<Thread>> {
        let tenant = agent.tenant();
        let mut tx = self.db.begin_read().await?;
        let Some(row) = desk::rows(&mut tx, tenant, std::slice::from_ref(id)).await?.pop() else { return Ok(None) };
        let Some(stored) = conversations::load(&mut tx, tenant, id).await? else { return Ok(None) };
        let Some(customer) = customers::find(&mut tx, tenant, &stored.conversation.customer).await? else {
            return Ok(None);
        };
        let Some(tenant_row) = tenants::find(&mut tx, tenant).await? else { return Ok(None) };
        let names = agents::names(&mut tx, tenant).await?;
        let outcomes = outcomes::list(&mut tx, tenant).await?;
        let (items, older) = page(&mut tx, tenant, id, None, &names, &outcomes).await?;
        let outcomes = OutcomeChoice::of(&outcomes, tenant_row.settings.outcome_rule);
        let dossier = dossier::read(&mut tx, tenant, id, (&names, agent.id())).await?;
        let earlier = desk::earlier(&mut tx, tenant, id, EARLIER).await?;
        let ids: Vec<_> = earlier.iter().map(|row| row.id.clone()).collect();
        let closers = conversations::closers(&mut tx, tenant, &ids).await?;
        let earlier = earlier
            .into_iter()
            .map(|row| Earlier {
                closed_by: closers.get(&row.id).and_then(|actor| closer(actor, &names, agent.id())),
                id: row.id,
                preview: row.preview,
                started_at: row.started_at,
                closed_at: match row.state {
                    RowState::Closed { at } => Some(at),
                    RowState::Waiting | RowState::Claimed { .. } | RowState::Phone | RowState::Bot => None,
                },
            })
            .collect();
        let block = block(&mut tx, tenant, &customer, &names).await?;
        let (it, now) = (&stored.conversation, self.clock.now());
        let goodbye_text = goodbye::text(agent, it, &customer.name, &tenant_row, now);
        let rating_question = goodbye::question(agent, it, &customer.name, &tenant_row, now);
        let goodbye_template = goodbye::template(&mut tx, agent, it, &customer, &tenant_row, now).await?;
        let may_send = !customer.blocked && it.control.may_send();
        let customer = CustomerDetails {
            name: customer.name,
            phone: customer.wa_id.map(|digits| format!("+{digits}")),
            username: customer.username,
            since: Timestamp(customer.created_at),
            language: customer.language,
            blocked: customer.blocked,
            block,
        };
        let draft = drafts::find(&mut tx, tenant, id, agent.id()).await?.unwrap_or_default();
        let waiting_files = media::waiting(&mut tx, tenant, id, agent.id()).await?;
        let waiting_files = waiting_files.into_iter().map(UploadRow::listed).collect();
        let scheduled = scheduled_messages::of_conversations(&mut tx, tenant, std::slice::from_ref(id)).await?;
        let scheduled = scheduled.into_iter().map(|row| {
            let author = names.of(&row.author);
            row.shown(author)
        });
        let scheduled = scheduled.collect();
        let seq = tenant_row.last_seq;
        Ok(Some(Thread {
            row,
            customer,
            items,
            older,
            dossier,
            earlier,
            goodbye: goodbye_text.filter(|_| may_send),
            goodbye_template: goodbye_template.filter(|_| may_send),
            rating_question: rating_question.filter(|_| may_send),
            outcomes,
            draft,
            waiting_files,
            scheduled,
            seq,
        }))
    }

    pub async fn older(
        &self,
        agent: &Agent,
        id: &ConversationId,
        at: Timestamp,
        seq: Seq,
    ) -> store::Result<Option<OlderItems>> {
        let mut tx = self.db.begin_read().await?;
        if !conversations::exists(&mut tx, agent.tenant(), id).await? {
            return Ok(None);
        }
        let names = agents::names(&mut tx, agent.tenant()).await?;
        let outcomes = outcomes::list(&mut tx, agent.tenant()).await?;
        let (items, older) = page(&mut tx, agent.tenant(), id, Some((at, seq)), &names, &outcomes).await?;
        Ok(Some(OlderItems { items, older }))
    }
}

/// The customer's block, until an unblock is confirmed.
async fn block(
    tx: &mut Tx,
    tenant: &TenantId,
    customer: &CustomerRow,
    names: &AgentNames,
) -> store::Result<Option<CustomerBlock>> {
    let row = blocks::find(tx, tenant, &customer.id).await?;
    let is_shown = |row: &BlockRow| row.is_on || row.state != BlockState::Done;
    Ok(row.filter(is_shown).map(|row| CustomerBlock {
        is_on: row.is_on,
        reason: row.reason,
        by: names.of(&row.agent),
        at: row.at,
        state: row.state,
        detail: row.detail,
    }))
}

/// The agent's name within a sentence, as `viewer` reads it.
pub(super) fn named(agent: &AgentId, names: &AgentNames, viewer: &AgentId) -> String {
    if agent == viewer { "you".to_owned() } else { names.of(agent) }
}

/// Who closed the conversation. `None` for merges and imports, which the platform closes.
fn closer(actor: &Actor, names: &AgentNames, viewer: &AgentId) -> Option<String> {
    match actor {
        Actor::Agent(agent) => Some(named(agent, names, viewer)),
        Actor::Bot => Some("the bot".to_owned()),
        Actor::Customer | Actor::System | Actor::Meta => None,
    }
}

/// The newest page of items before a position, oldest first, and whether there are more.
async fn page(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &ConversationId,
    before: Option<(Timestamp, Seq)>,
    names: &AgentNames,
    outcomes: &[Outcome],
) -> store::Result<(Vec<Item>, bool)> {
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let records = messages::page(tx, tenant, id, before, limit).await?;
    let logged = entries::lines(tx, tenant, id, before, limit).await?;
    let noted = notes::page(tx, tenant, id, before, limit).await?;
    let full = records.len() > PAGE || logged.len() > PAGE || noted.len() > PAGE;
    let mut items: Vec<Item> = logged.iter().filter_map(|entry| view::line(entry, names, outcomes)).collect();
    items.extend(dossier::lines(tx, tenant, id, &logged).await?);
    for record in records {
        items.push(view::message(tx, tenant, record, names).await?);
    }
    items.extend(noted.into_iter().map(|row| view::note(row, names)));
    items.sort_by_key(|item| (item.at, item.seq));
    let surplus = items.len().saturating_sub(PAGE);
    items.drain(..surplus);
    Ok((items, full || surplus > 0))
}
