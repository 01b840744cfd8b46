//! Reads the live wall: who is there, whose reply is due, today's arrivals beside the usual ones, and the bot's
//! conversations by their risk of needing a person.
//!
//! Rules are in `domain::{arrivals, risk}`. What frames carry is not read here: who waits without an agent, and how many
//! conversations each agent has.

use jiff::tz::TimeZone;

use super::{Live, LiveError, Result, read::zone_named};
use crate::{
    contract::wall::{PersonHere, RiskyConversation, Wall},
    domain::{
        arrivals::{self, Arrivals, DayCounts},
        calendar::WEEKDAYS,
        desk::RowState,
        flow::run::Position,
        ids::{ConversationId, TenantId},
        risk::{self, Observation, ObservedCall, ObservedMessage, RECENT, Risk, RiskLevel, Said},
        time::Timestamp,
        window,
    },
    server::{
        accounts::Agent,
        store::{
            self, Tx, agents, desk,
            facts::{self, CallHead},
            flow_runs::{self, FlowRunRow},
            handoffs,
            messages::{self, MessageRow},
            presence::{self, PresenceState},
            tenants,
        },
    },
};

/// Most replies that are listed.
const REPLIES: usize = 30;
/// So many of the bot's conversations are looked at, those that changed last.
const LOOKED_AT: usize = 100;
/// Most conversations of the bot that are listed.
const RISKS: usize = 8;

impl Live {
    /// What the wall shows beside the desk's live values.
    pub async fn wall(&self, agent: &Agent) -> Result<Wall> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let tenant = tenants::find(&mut tx, agent.tenant()).await?.ok_or(LiveError::NotFound)?;
        let zone = zone_named(&tenant.settings.zone);
        Ok(Wall {
            seq: tenant.last_seq,
            weekday: weekday(&zone, now),
            people: people(&mut tx, &tenant.id).await?,
            replies: desk::replies_due(&mut tx, &tenant.id, REPLIES).await?,
            at_risk: desk::at_risk(&mut tx, &tenant.id, now).await?,
            arrivals: arrivals(&mut tx, &tenant.id, &zone, now).await?,
            risks: risks(&mut tx, &tenant.id, now).await?,
            zone: tenant.settings.zone,
        })
    }
}

fn weekday(zone: &TimeZone, now: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let day = zone.to_datetime(at).weekday().to_monday_zero_offset().unsigned_abs();
    WEEKDAYS.get(usize::from(day)).copied().unwrap_or_default().to_owned()
}

/// The agents who have the desk open.
async fn people(tx: &mut Tx, tenant: &TenantId) -> store::Result<Vec<PersonHere>> {
    let agents = agents::list(tx, tenant).await?;
    let ids: Vec<_> = agents.iter().filter(|agent| agent.active).map(|agent| agent.id.clone()).collect();
    let since = presence::since(tx, tenant, &ids).await?;
    let people = agents.into_iter().filter_map(|agent| {
        let (_, state, at) = since.iter().find(|(id, ..)| *id == agent.id)?;
        Some(PersonHere { agent: agent.id, name: agent.name, away: *state == PresenceState::Away, since: *at })
    });
    Ok(people.collect())
}

async fn arrivals(tx: &mut Tx, tenant: &TenantId, zone: &TimeZone, now: Timestamp) -> store::Result<Arrivals> {
    let first = handoffs::first_requested(tx, tenant).await?;
    let mut days = Vec::new();
    for day in arrivals::same_weekdays(zone, now) {
        // A day before the tenant's first handoff says nothing about what is usual. Today comes first, and counts.
        if !days.is_empty() && first.is_none_or(|first| day.end <= first) {
            continue;
        }
        let mut counts = DayCounts::default();
        // Of today, everything has come by now.
        let cut = if days.is_empty() { day.end } else { day.so_far };
        for hour in handoffs::requested_by_hour(tx, tenant, (day.start, day.end), cut).await? {
            counts.add(zone, hour.slot, hour.count, hour.so_far);
        }
        days.push(counts);
    }
    let hour = arrivals::hour_of(zone, now);
    Ok(match days.split_first() {
        Some((today, others)) => arrivals::arrivals(today, others, hour),
        None => Arrivals::default(),
    })
}

/// The bot's conversations that may need a person, the likeliest first.
async fn risks(tx: &mut Tx, tenant: &TenantId, now: Timestamp) -> store::Result<Vec<RiskyConversation>> {
    // Nobody could answer the customer of an older one.
    let since = now.minus(window::LENGTH);
    let ids = desk::active_with_bot(tx, tenant, since, LOOKED_AT).await?;
    let mut assessed = assess_all(tx, tenant, &ids, since, now).await?;
    // The sort is stable: of equal ones, the conversation that changed last stays first.
    assessed.sort_by_key(|(_, risk)| -risk.score);
    assessed.truncate(RISKS);
    let ids: Vec<ConversationId> = assessed.iter().map(|(id, _)| id.clone()).collect();
    let rows = desk::rows(tx, tenant, &ids).await?;
    let listed = assessed.into_iter().filter_map(|(id, risk)| {
        let row = rows.iter().find(|row| row.id == id && row.state == RowState::Bot)?;
        Some(RiskyConversation { row: row.clone(), risk })
    });
    Ok(listed.collect())
}

/// The risks of conversations, without those that have none.
async fn assess_all(
    tx: &mut Tx,
    tenant: &TenantId,
    ids: &[ConversationId],
    since: Timestamp,
    now: Timestamp,
) -> store::Result<Vec<(ConversationId, Risk)>> {
    let mut messages = messages::newest_of_all(tx, tenant, ids, RECENT).await?;
    let calls = facts::calls_since(tx, tenant, ids, since).await?;
    let runs = flow_runs::find_all(tx, tenant, &ids.iter().collect::<Vec<_>>()).await?;
    let assessed = ids.iter().filter_map(|id| {
        let own_calls = calls.iter().filter(|call| call.conversation == *id).map(observed_call);
        let observation = Observation {
            messages: messages.remove(id)?.into_iter().filter_map(observed_message).collect(),
            calls: own_calls.collect(),
            tries: runs.get(id).map_or(0, tries),
        };
        let risk = risk::assess(&observation, now);
        (risk.level > RiskLevel::None).then(|| (id.clone(), risk))
    });
    Ok(assessed.collect())
}

/// `None` if the message says nothing about the bot, or if the customer has deleted it.
fn observed_message(row: MessageRow) -> Option<ObservedMessage> {
    let said = Said::of(&row.author, &row.content, row.delivery).filter(|_| !row.revoked)?;
    Some(ObservedMessage { id: row.id, at: row.at, said })
}

fn observed_call(call: &CallHead) -> ObservedCall {
    ObservedCall { label: call.label.clone(), status: call.status, message: call.message.clone(), at: call.at }
}

/// How many answers to the flow's open question did not match.
fn tries(run: &FlowRunRow) -> usize {
    match &run.position {
        Position::Waiting { tries, .. } => usize::from(*tries),
        Position::Start | Position::Before { .. } | Position::Fetching { .. } | Position::Modelling { .. } => 0,
    }
}
