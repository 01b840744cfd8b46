//! Loads a conversation's dossier, and the bot's facts as items of its thread.

use super::thread::named;
use crate::{
    domain::{
        conversation::describe::{self, AgentNames},
        desk::Item,
        dossier::{CallFact, Dossier, Fact, FactOrigin, HandoffRequest, Summary, SummaryBy, VariableFact},
        event::{Entry, Event, EventKind, Subject},
        handoff::Trigger,
        ids::{AgentId, CallId, ConversationId, HandoffId, MessageId, Seq, TenantId, VariableId},
        summary,
        time::{Span, Timestamp},
    },
    server::store::{
        self, Tx, entries,
        facts::{self, CallRow, VariableRow},
        handoffs::{self, PastHandoffRow},
        messages::{self, MessageRow},
    },
};

/// How many of the customer's messages are searched for the last text and used for a summary.
const RECENT: i64 = 12;

pub(super) async fn read(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &ConversationId,
    (names, viewer): (&AgentNames, &AgentId),
) -> store::Result<Dossier> {
    let variables: Vec<_> = facts::variables(tx, tenant, id).await?.into_iter().map(variable).collect();
    let calls: Vec<_> = facts::calls(tx, tenant, id).await?.into_iter().map(call).collect();
    let mut handoff_requests = Vec::new();
    let mut summary = None;
    let mut calling = entries::of_kind(tx, tenant, id, EventKind::HandedOff, Seq(0)).await?;
    calling.extend(entries::of_kind(tx, tenant, id, EventKind::Reopened, Seq(0)).await?);
    for past in handoffs::of(tx, tenant, id).await? {
        let recent = recent(tx, tenant, id, past.handoff.requested_at).await?;
        let called = called(tx, tenant, &past, &recent).await?;
        if handoff_requests.is_empty() {
            summary = summarised(&past, called.as_ref(), &recent, &variables, &calls);
        }
        let line = calling.iter().find(|entry| is_call(&entry.event, &past.handoff.id)).map(|entry| entry.seq);
        handoff_requests.push(HandoffRequest { line, ..why(past, called, (names, viewer)) });
    }
    let mut dossier = Dossier { handoff_requests, summary, variables, calls, ratings: Vec::new() };
    for entry in entries::of_kind(tx, tenant, id, EventKind::Rated, Seq(0)).await? {
        if let Some(rating) = describe::rating(&entry, names) {
            dossier.upsert(Fact::Rating(rating));
        }
    }
    Ok(dossier)
}

/// The customer's messages until a handoff was requested, newest first.
async fn recent(tx: &mut Tx, tenant: &TenantId, id: &ConversationId, at: Timestamp) -> store::Result<Vec<MessageRow>> {
    messages::said_before(tx, tenant, id, (at, Seq(i64::MAX)), RECENT).await
}

fn is_call(event: &Event, id: &HandoffId) -> bool {
    matches!(event, Event::HandedOff { handoff, .. } | Event::Reopened { handoff, .. } if handoff == id)
}

/// The message that caused the handoff or, if it names none, the customer's last message before it.
async fn called(
    tx: &mut Tx,
    tenant: &TenantId,
    past: &PastHandoffRow,
    recent: &[MessageRow],
) -> store::Result<Option<MessageRow>> {
    match &past.handoff.message {
        Some(message) => messages::find(tx, tenant, message).await,
        None => Ok(recent.first().cloned()),
    }
}

fn summarised(
    past: &PastHandoffRow,
    called: Option<&MessageRow>,
    recent: &[MessageRow],
    variables: &[VariableFact],
    calls: &[CallFact],
) -> Option<Summary> {
    if !past.brief.summary.trim().is_empty() {
        let by = if past.handoff.trigger == Trigger::Partner { SummaryBy::Partner } else { SummaryBy::Model };
        return Some(Summary { text: past.brief.summary.trim().to_owned(), by });
    }
    let asked_at = past.handoff.requested_at;
    let variables: Vec<_> = variables.iter().filter(|fact| fact.at <= asked_at).cloned().collect();
    let calls: Vec<_> = calls.iter().filter(|fact| fact.at <= asked_at).cloned().collect();
    let quoted: Option<&MessageId> = called.map(|record| &record.id);
    let said = recent.iter().rev().filter(|record| Some(&record.id) != quoted);
    let said: Vec<_> = said.map(|record| record.content.preview()).collect();
    let text = summary::compose(&variables, &calls, &said)?;
    Some(Summary { text, by: SummaryBy::Facts })
}

fn why(past: PastHandoffRow, called: Option<MessageRow>, (names, viewer): (&AgentNames, &AgentId)) -> HandoffRequest {
    let PastHandoffRow { handoff, brief, ended_at, end } = past;
    HandoffRequest {
        trigger: handoff.trigger.kind(),
        sentence: handoff.trigger.sentence(),
        reason: brief.reason,
        note: brief.note,
        urgency: brief.urgency,
        customer_text: called.as_ref().map(|record| record.content.preview()),
        message: called.map(|record| record.id),
        line: None,
        requested_at: handoff.requested_at,
        claimed: handoff.claimed.map(|claimed| (named(&claimed.by, names, viewer), claimed.at)),
        first_reply_at: handoff.first_reply.map(|reply| reply.at),
        ended_at,
        end,
    }
}

/// Whether an event is shown in the thread as a fact.
fn names_fact(event: &Event) -> bool {
    event.kind().is_thread_line() && !matches!(event.subject(), Subject::Message(_) | Subject::Itself)
}

/// The items for those entries that are about facts. An erased fact has none.
pub(super) async fn lines(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &ConversationId,
    logged: &[Entry],
) -> store::Result<Vec<Item>> {
    if !logged.iter().any(|entry| names_fact(&entry.event)) {
        return Ok(Vec::new());
    }
    let wanted = |at: i64| logged.iter().any(|entry| entry.seq.0 == at && names_fact(&entry.event));
    let variables = facts::variables(tx, tenant, id).await?.into_iter().filter(|row| wanted(row.seq));
    let variables: Vec<_> = variables.map(|row| Fact::Variable(variable(row)).item()).collect();
    let calls = facts::calls(tx, tenant, id).await?.into_iter().filter(|row| wanted(row.seq));
    Ok(variables.into_iter().chain(calls.map(|row| Fact::Call(call(row)).item())).collect())
}

/// The current item of the fact that an event is about. The end of a call updates the item of its start.
pub(super) async fn changed(tx: &mut Tx, tenant: &TenantId, event: &Event) -> store::Result<Option<Item>> {
    Ok(match event.subject() {
        Subject::Variable(id) => variable_line(tx, tenant, id).await?,
        Subject::Call(id) => call_line(tx, tenant, id).await?,
        Subject::Message(_) | Subject::Note(_) | Subject::Itself => None,
    })
}

async fn variable_line(tx: &mut Tx, tenant: &TenantId, id: &VariableId) -> store::Result<Option<Item>> {
    Ok(facts::variable(tx, tenant, id).await?.map(|row| Fact::Variable(variable(row)).item()))
}

async fn call_line(tx: &mut Tx, tenant: &TenantId, id: &CallId) -> store::Result<Option<Item>> {
    Ok(facts::call(tx, tenant, id).await?.map(|row| Fact::Call(call(row)).item()))
}

fn variable(row: VariableRow) -> VariableFact {
    VariableFact {
        id: row.id,
        name: row.name,
        value: row.value,
        label: row.label,
        origin: if row.step.is_some() { FactOrigin::Flow } else { FactOrigin::Model },
        message: row.message_id.map(Into::into),
        at: Timestamp(row.at),
        seq: Seq(row.seq),
    }
}

fn call(row: CallRow) -> CallFact {
    CallFact {
        id: row.id,
        kind: row.kind,
        label: row.label,
        input: row.input,
        output: row.output,
        status: row.status,
        took: row.took.map(Span),
        message: row.message_id.map(Into::into),
        at: Timestamp(row.at),
        seq: Seq(row.seq),
    }
}
