//! Builds one frame from log entries: the resulting rows, thread items and counts.

use std::collections::{BTreeSet, HashMap};

use crate::{
    domain::{
        codes::ChannelFault,
        conversation::describe::{self, AgentNames},
        desk::{CancelledEnding, Changes, ItemText, Stopped},
        event::{Entry, Event, ScheduledStep, Setting, Subject},
        ids::{ConversationId, MessageId, NoteId, Seq, TenantId},
        message::Author,
    },
    server::store::{
        self, Db, StoreError, agents,
        channels::{self, ChannelRow},
        counters, desk, entries, messages, notes, outcomes,
    },
};

use super::{alerts, view};

/// Most entries of one frame. Further entries go into the next frame.
const BATCH: i64 = 500;

/// A frame, and whether streams must check their session.
pub(super) struct ChangeBatch {
    pub changes: Changes,
    /// A session may have ended, so streams check theirs.
    pub recheck: bool,
}

/// One frame for everything after `after`; `None` if there is nothing.
pub(super) async fn since(db: &Db, tenant: &TenantId, after: Seq) -> store::Result<Option<ChangeBatch>> {
    let mut tx = db.begin_read().await?;
    let log = entries::since(&mut tx, tenant, after, BATCH).await?;
    let Some(last) = log.last().map(|entry| entry.seq) else { return Ok(None) };
    let touched: BTreeSet<ConversationId> = log.iter().filter_map(|entry| entry.conversation.clone()).collect();
    let said: BTreeSet<MessageId> = log.iter().filter_map(|entry| message_of(&entry.event)).collect();
    let ids: Vec<ConversationId> = touched.into_iter().collect();
    let names = agents::names(&mut tx, tenant).await?;
    let rows = desk::rows(&mut tx, tenant, &ids).await?;
    let mut items = Vec::new();
    let mut authors: HashMap<MessageId, Author> = HashMap::new();
    for id in &said {
        if let Some(record) = messages::find(&mut tx, tenant, id).await?
            && !record.hidden
        {
            let conversation = record.conversation.clone();
            authors.insert(id.clone(), record.author.clone());
            items.push((conversation, view::message(&mut tx, tenant, record, &names).await?));
        }
    }
    let noted: BTreeSet<&NoteId> = log.iter().filter_map(|entry| note_of(&entry.event)).collect();
    for id in noted {
        if let Some(row) = notes::find(&mut tx, tenant, id).await? {
            items.push((row.conversation_id.clone(), view::note(row, &names)));
        }
    }
    let outcomes = match log.iter().any(|entry| view::outcome_of(&entry.event).is_some()) {
        true => outcomes::list(&mut tx, tenant).await?,
        false => Vec::new(),
    };
    for entry in &log {
        if let (Some(conversation), Some(line)) = (&entry.conversation, view::line(entry, &names, &outcomes)) {
            items.push((conversation.clone(), line));
        }
        if let Some(conversation) = &entry.conversation
            && let Some(line) = super::dossier::changed(&mut tx, tenant, &entry.event).await?
        {
            items.push((conversation.clone(), line));
        }
    }
    items.sort_by_key(|(_, item)| item.seq);
    let items = items
        .into_iter()
        .map(|(conversation, item)| ItemText::write(&item).map(|text| (conversation, text)))
        .collect::<Result<_, _>>()
        .map_err(StoreError::Unwritable)?;
    let counts = counters::read(&mut tx, tenant).await?;
    let stopped = match log.iter().any(is_about_numbers) {
        true => Some(stopped(&channels::list(&mut tx, tenant).await?)),
        false => None,
    };
    let changes = Changes {
        stopped,
        seq: last,
        alerts: alerts::alerts(&log, &rows, &authors, &names),
        rows,
        removed: Vec::new(),
        counts: Some(counts),
        items,
        configured: log.iter().any(is_configuration),
        cancelled: log.iter().filter_map(|entry| cancelled(entry, &names)).collect(),
        scheduled: log.iter().filter_map(scheduled).collect(),
    };
    let recheck = log.iter().any(ends_sessions);
    Ok(Some(ChangeBatch { changes, recheck }))
}

/// The stopped numbers among `channels`, each with the reason for agents.
pub(super) fn stopped(channels: &[ChannelRow]) -> Vec<Stopped> {
    let reason = |channel: &ChannelRow| {
        let detail = ChannelFault::of_stored(channel.down_code?).detail();
        Some(Stopped { channel: channel.name.clone(), detail })
    };
    channels.iter().filter_map(reason).collect()
}

/// Whether sessions may have ended with an entry.
fn ends_sessions(entry: &Entry) -> bool {
    matches!(
        entry.event,
        Event::SignedOut { .. }
            | Event::SessionsEnded { .. }
            | Event::SecondFactorChanged { .. }
            | Event::Configured { .. }
            | Event::MemberChanged { .. }
    )
}

/// An ending that somebody or something else than its agent cancelled.
fn cancelled(entry: &Entry, names: &AgentNames) -> Option<CancelledEnding> {
    let Event::EndingCancelled { ending, kind, agent, cause } = &entry.event else { return None };
    cause.is_news(&entry.actor, agent).then_some(())?;
    Some(CancelledEnding {
        ending: ending.clone(),
        conversation: entry.conversation.clone()?,
        agent: agent.clone(),
        detail: describe::ending_cancelled(*kind, *cause, &entry.actor, agent, names),
    })
}

/// What happened to a message that waits to be sent.
fn scheduled(entry: &Entry) -> Option<(ConversationId, ScheduledStep)> {
    let Event::Scheduled(step) = &entry.event else { return None };
    Some((entry.conversation.clone()?, step.clone()))
}

fn is_about_numbers(entry: &Entry) -> bool {
    matches!(entry.event, Event::ChannelTrouble { .. } | Event::Configured { what: Setting::Channel, .. })
}

fn is_configuration(entry: &Entry) -> bool {
    matches!(
        entry.event,
        Event::Configured { .. }
            | Event::Availability { .. }
            | Event::SecondFactorChanged { .. }
            | Event::ChannelTrouble { .. }
            | Event::ChannelShared { .. }
            | Event::MemberChanged { .. }
    )
}

fn message_of(event: &Event) -> Option<MessageId> {
    match event.subject() {
        Subject::Message(message) => Some(message.clone()),
        Subject::Variable(_) | Subject::Call(_) | Subject::Note(_) | Subject::Itself => None,
    }
}

fn note_of(event: &Event) -> Option<&NoteId> {
    match event.subject() {
        Subject::Note(note) => Some(note),
        Subject::Message(_) | Subject::Variable(_) | Subject::Call(_) | Subject::Itself => None,
    }
}
