//! Packs rows.

use std::{collections::HashMap, hash::Hash};

use super::{
    Close, KeyColumn, PackedDay, RowGroup, RowKind, TraitLists, UtcDay,
    columns::{NumberColumn, TextColumn},
    layout::{self, closing, conversation, handoff, message, stint, wait},
};
use crate::{
    ids::{AgentId, ChannelId},
    report::{
        facts::{BegunBy, HandoffFact, Replier, TriggerFact},
        rows::{ReportClosing, ReportConversation, ReportMessage, ReportRow, ReportStint, ReportWait, RowKeyId},
    },
};

/// Different values in the order in which they came, and the place of each.
struct Places<T> {
    list: Vec<T>,
    places: HashMap<T, usize>,
}

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self { list: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Places<T> {
    fn place(&mut self, value: T) -> usize {
        if let Some(place) = self.places.get(&value) {
            return *place;
        }
        let place = self.list.len();
        self.list.push(value.clone());
        self.places.insert(value, place);
        place
    }
}

/// The traits of a group, as places.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey {
    channel: usize,
    begun_by: usize,
    language: usize,
    trigger: usize,
    close: usize,
    left_out: bool,
    likeness: usize,
}

struct BuiltRow {
    group: GroupKey,
    id: RowKeyId,
    numbers: Vec<Option<i64>>,
}

/// Collects the rows of a day.
pub struct DayBuilder {
    kind: RowKind,
    day: UtcDay,
    channels: Places<ChannelId>,
    begun_by: Places<BegunBy>,
    languages: Places<Option<String>>,
    triggers: Places<Option<TriggerFact>>,
    closes: Places<Close>,
    agents: Places<AgentId>,
    rows: Vec<BuiltRow>,
}

impl DayBuilder {
    pub fn new(kind: RowKind, day: UtcDay) -> Self {
        Self {
            kind,
            day,
            channels: Places::default(),
            begun_by: Places::default(),
            languages: Places::default(),
            triggers: Places::default(),
            closes: Places::default(),
            agents: Places::default(),
            rows: Vec::new(),
        }
    }

    /// A row of the day. One of another kind is left out.
    pub fn add(&mut self, row: &ReportRow) {
        let (Some(traits), Some(numbers)) = (row.traits(), self.numbers(row)) else { return };
        let group = GroupKey {
            channel: self.channels.place(traits.channel.clone()),
            begun_by: self.begun_by.place(traits.begun_by),
            language: self.languages.place(traits.language.map(str::to_owned)),
            trigger: self.triggers.place(traits.trigger.cloned()),
            close: self.closes.place(close_of(row)),
            left_out: traits.left_out,
            likeness: likeness_of(row),
        };
        self.rows.push(BuiltRow { group, id: row.key().id, numbers });
    }

    fn agent(&mut self, agent: Option<&AgentId>) -> Option<i64> {
        i64::try_from(self.agents.place(agent?.clone())).ok()
    }

    fn numbers(&mut self, row: &ReportRow) -> Option<Vec<Option<i64>>> {
        let (kind, numbers) = match row {
            ReportRow::Handoff(row) => (RowKind::Handoffs, self.of_handoff(&row.fact)),
            ReportRow::Wait(row) => (RowKind::Waits, self.of_wait(row)),
            ReportRow::Conversation(row) => (RowKind::Conversations, of_conversation(row)),
            ReportRow::Closing(row) => (RowKind::Closings, self.of_closing(row)),
            ReportRow::Message(row) => (RowKind::Messages, self.of_message(row)),
            ReportRow::Stint(row) => (RowKind::Stints, self.of_stint(row)),
            ReportRow::Presence(_) | ReportRow::Rating(_) => return None,
        };
        (kind == self.kind).then_some(numbers)
    }

    fn of_handoff(&mut self, fact: &HandoffFact) -> Vec<Option<i64>> {
        let mut numbers = vec![None; handoff::COUNT];
        numbers[handoff::REQUESTED_AT] = Some(fact.requested_at.0);
        numbers[handoff::TARGET] = Some(fact.target.0);
        if let Some((agent, at)) = &fact.claimed {
            numbers[handoff::CLAIMED_AT] = Some(at.0);
            numbers[handoff::CLAIMED_BY] = self.agent(Some(agent));
        }
        if let Some(reply) = &fact.first_reply {
            numbers[handoff::REPLIED_AT] = Some(reply.at.0);
            numbers[handoff::REPLIED_BY] = match &reply.by {
                Replier::Agent(agent) => self.agent(Some(agent)),
                Replier::Phone => None,
            };
        }
        if let Some(ended) = &fact.ended {
            numbers[handoff::ENDED_AT] = Some(ended.at.0);
            numbers[handoff::END] = Some(layout::end_number(ended.end));
            numbers[handoff::OWNER] = self.agent(ended.owner.as_ref());
        }
        numbers[handoff::LOST] = Some(i64::from(fact.lost));
        let lasted = [fact.waiting, fact.response, fact.handling, fact.resolution];
        for (column, lasted) in handoff::LASTED.into_iter().zip(lasted) {
            numbers[column] = lasted.map(|lasted| lasted.raw.0);
            numbers[column + 1] = lasted.and_then(|lasted| lasted.open).map(|open| open.0);
        }
        numbers
    }

    fn of_wait(&mut self, row: &ReportWait) -> Vec<Option<i64>> {
        let mut numbers = vec![None; wait::COUNT];
        numbers[wait::ENDED_AT] = Some(row.ended_at.0);
        numbers[wait::AGENT] = self.agent(row.agent.as_ref());
        numbers[wait::WAIT] = Some(row.lasted.raw.0);
        numbers[wait::OPEN_WAIT] = row.lasted.open.map(|open| open.0);
        numbers[wait::ANSWERED] = Some(i64::from(row.reply.is_some()));
        numbers
    }

    fn of_closing(&mut self, row: &ReportClosing) -> Vec<Option<i64>> {
        let mut numbers = vec![None; closing::COUNT];
        numbers[closing::AT] = Some(row.fact.at.0);
        numbers[closing::AGENT] = self.agent(row.fact.agent.as_ref());
        numbers[closing::BOT_ALONE] = Some(i64::from(row.fact.bot_alone));
        numbers[closing::REOPENED_AT] = row.fact.reopened_at.map(|at| at.0);
        numbers[closing::FOLLOWED_AT] = row.fact.followed_at.map(|at| at.0);
        numbers
    }

    fn of_message(&mut self, row: &ReportMessage) -> Vec<Option<i64>> {
        let mut numbers = vec![None; message::COUNT];
        numbers[message::SENT_AT] = Some(row.sent_at.0);
        numbers[message::AGENT] = self.agent(Some(&row.agent));
        numbers
    }

    fn of_stint(&mut self, row: &ReportStint) -> Vec<Option<i64>> {
        let mut numbers = vec![None; stint::COUNT];
        numbers[stint::BEGAN_AT] = Some(row.began_at.0);
        numbers[stint::ENDED_AT] = row.ended_at.map(|at| at.0);
        numbers[stint::AGENT] = self.agent(Some(&row.agent));
        numbers
    }

    pub fn finish(mut self) -> PackedDay {
        self.rows.sort_by_key(|row| row.group);
        let mut groups: Vec<RowGroup> = Vec::new();
        let mut newest = None;
        for (place, row) in self.rows.iter().enumerate() {
            if newest != Some(row.group) {
                let GroupKey { channel, begun_by, language, trigger, close, left_out, likeness } = row.group;
                let (begin, end) = (place, place);
                groups.push(RowGroup { channel, begun_by, language, trigger, close, left_out, likeness, begin, end });
                newest = Some(row.group);
            }
            if let Some(group) = groups.last_mut() {
                group.end = place + 1;
            }
        }
        let column =
            |column: usize| NumberColumn::of(&self.rows.iter().map(|row| row.numbers[column]).collect::<Vec<_>>());
        PackedDay {
            kind: self.kind,
            day: self.day,
            rows: self.rows.len(),
            columns: (0..layout::columns(self.kind)).map(column).collect(),
            keys: keys(self.kind, &self.rows),
            groups,
            traits: TraitLists {
                channels: self.channels.list,
                begun_by: self.begun_by.list,
                languages: self.languages.list,
                triggers: self.triggers.list,
                closes: self.closes.list,
            },
            agents: self.agents.list,
        }
    }
}

fn of_conversation(row: &ReportConversation) -> Vec<Option<i64>> {
    let mut numbers = vec![None; conversation::COUNT];
    numbers[conversation::STARTED_AT] = Some(row.started_at.0);
    numbers[conversation::BOT_TOOK_PART] = Some(i64::from(row.bot_took_part));
    numbers[conversation::FIRST_HANDOFF_AT] = row.first_handoff.as_ref().map(|(_, at)| at.0);
    numbers
}

fn keys(kind: RowKind, rows: &[BuiltRow]) -> KeyColumn {
    if layout::is_numbered(kind) {
        let number = |row: &BuiltRow| match row.id {
            RowKeyId::Seq(seq) => Some(seq),
            RowKeyId::Text(_) => None,
        };
        return KeyColumn::Numbers(NumberColumn::of(&rows.iter().map(number).collect::<Vec<_>>()));
    }
    let text = |row: &BuiltRow| match &row.id {
        RowKeyId::Text(id) => id.clone(),
        RowKeyId::Seq(seq) => seq.to_string(),
    };
    let texts: Vec<String> = rows.iter().map(text).collect();
    KeyColumn::Texts(TextColumn::of(&texts.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// What conversations count by besides their traits.
fn likeness_of(row: &ReportRow) -> usize {
    match row {
        ReportRow::Conversation(row) => usize::from(row.bot_took_part) + 2 * usize::from(row.first_handoff.is_some()),
        ReportRow::Handoff(_)
        | ReportRow::Wait(_)
        | ReportRow::Closing(_)
        | ReportRow::Message(_)
        | ReportRow::Stint(_)
        | ReportRow::Presence(_)
        | ReportRow::Rating(_) => 0,
    }
}

/// With what the conversation or the handoff of a row ended, which decides the result that filters ask for.
fn close_of(row: &ReportRow) -> Close {
    let origin = match row {
        ReportRow::Handoff(row) => {
            let ended = row.fact.ended.as_ref();
            return (ended.and_then(|ended| ended.reason), ended.and_then(|ended| ended.outcome.clone()));
        }
        ReportRow::Closing(row) => return (Some(row.fact.reason), row.fact.outcome.clone()),
        ReportRow::Wait(row) => &row.origin,
        ReportRow::Conversation(row) => &row.origin,
        ReportRow::Message(row) => &row.origin,
        ReportRow::Stint(row) => &row.origin,
        ReportRow::Rating(row) => &row.origin,
        ReportRow::Presence(_) => return (None, None),
    };
    (origin.close_reason, origin.outcome.clone())
}
