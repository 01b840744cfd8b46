//! A day's facts of one kind in columns: one value of the database, which reports count without reading rows of tables.
//!
//! Rows that have all their traits in common are a group, whose traits are stored once; numbers stand in columns of
//! fixed width. So filters decide about groups (`scan`), and only what they admit is made into a row (`unpack`), which
//! is counted by the function that counts those of tables. What counting does not need, such as the conversation of a
//! row, is not packed: a list reads its few rows from the tables, by their keys. Nor are the reasons of the language
//! model, which can be erased: a filter by one is answered from rows of tables alone. `packed/tests.rs` compares both
//! ways to count.
//!
//! Facts change after their day was packed. Which rows do is said by [`changes`]. To pack another number: its column in
//! `layout`, its value in `build`, its reading in `unpack`, and another version in `encode`.

mod build;
mod bytes;
pub mod changes;
mod columns;
mod encode;
mod layout;
mod scan;
mod unpack;

use self::columns::{NumberColumn, TextColumn};
pub use self::{
    build::DayBuilder,
    bytes::PackedError,
    scan::{Admitted, GivenReasons, PackedRows, StaleRows},
};
use super::{
    facts::{BegunBy, TriggerFact},
    measure::FactSource,
    period::Bounds,
    rows::{CloseResult, RowKey, RowKeyId},
};
use crate::{
    event::CloseReason,
    ids::{AgentId, ChannelId, OutcomeId},
    time::{Span, Timestamp},
    variant_names::variant_names,
};

/// The kinds of facts that reports read, each with an order by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    Handoffs,
    Waits,
    Conversations,
    Closings,
    Messages,
    Stints,
}

variant_names!(RowKind {
    Handoffs => "handoffs",
    Waits => "waits",
    Conversations => "conversations",
    Closings => "closings",
    Messages => "messages",
    Stints => "stints",
});

impl FactSource {
    /// The kind of its rows, if their days are packed.
    pub const fn kind(self) -> Option<RowKind> {
        match self {
            Self::Handoffs | Self::EarlierHandoffs => Some(RowKind::Handoffs),
            Self::Waits => Some(RowKind::Waits),
            Self::Conversations => Some(RowKind::Conversations),
            Self::Closings => Some(RowKind::Closings),
            Self::Messages => Some(RowKind::Messages),
            Self::Stints | Self::EarlierStints => Some(RowKind::Stints),
            // What is open now is little, whatever its days; only closes of agents have a question for a rating, at most one;
            // times online are no facts.
            Self::OpenHandoffs | Self::Presence | Self::Ratings => None,
        }
    }
}

impl RowKind {
    /// The source with all rows of the kind.
    pub const fn source(self) -> FactSource {
        match self {
            Self::Handoffs => FactSource::Handoffs,
            Self::Waits => FactSource::Waits,
            Self::Conversations => FactSource::Conversations,
            Self::Closings => FactSource::Closings,
            Self::Messages => FactSource::Messages,
            Self::Stints => FactSource::Stints,
        }
    }
}

/// A day of UTC, counted from 1970. Which rows a packed day holds must not depend on the tenant's zone, which can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcDay(pub i64);

impl UtcDay {
    const LENGTH: Span = Span::days(1);

    pub const fn of(at: Timestamp) -> Self {
        Self(at.0.div_euclid(Self::LENGTH.0))
    }

    pub const fn bounds(self) -> Bounds {
        let from = Timestamp(self.0.saturating_mul(Self::LENGTH.0));
        Bounds { from, to: from.plus(Self::LENGTH) }
    }

    /// The first and the last day that a time touches; `None` if it has no length.
    pub fn touched_by(bounds: Bounds) -> Option<(Self, Self)> {
        let last = Timestamp(bounds.to.0.saturating_sub(1));
        (bounds.from <= last).then(|| (Self::of(bounds.from), Self::of(last)))
    }
}

/// From how many changes on a packed day is packed again, however few rows it has.
const FEW_CHANGES: i64 = 64;
/// So many rows are read again for a change.
const READ_FOR_A_CHANGE: i64 = 256;

/// Whether a day goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayPhase {
    Running,
    Over,
}

/// Whether a day is worth being packed (again): `rows` is how many it was packed with. What has changed since is read from
/// tables with every report, so it has to stay little; packing reads all rows of the day, so it must not be done for each.
pub const fn is_due(changes: i64, rows: Option<i64>, phase: DayPhase) -> bool {
    match (rows, phase) {
        (Some(rows), DayPhase::Running | DayPhase::Over) => changes >= FEW_CHANGES + rows / READ_FOR_A_CHANGE,
        (None, DayPhase::Running) => changes >= FEW_CHANGES,
        (None, DayPhase::Over) => true,
    }
}

/// A day's facts of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedDay {
    kind: RowKind,
    day: UtcDay,
    rows: usize,
    traits: TraitLists,
    /// In the order of their rows.
    groups: Vec<RowGroup>,
    agents: Vec<AgentId>,
    keys: KeyColumn,
    columns: Vec<NumberColumn>,
}

/// What the traits of groups are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct TraitLists {
    channels: Vec<ChannelId>,
    begun_by: Vec<BegunBy>,
    languages: Vec<Option<String>>,
    triggers: Vec<Option<TriggerFact>>,
    closes: Vec<Close>,
}

/// The reason and the outcome of a close.
type Close = (Option<CloseReason>, Option<OutcomeId>);

fn result_of((reason, outcome): &Close) -> CloseResult<'_> {
    CloseResult::of(*reason, outcome.as_ref())
}

/// Rows with the same traits, which are places in [`TraitLists`]. The rows are those from `begin` on, before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RowGroup {
    channel: usize,
    begun_by: usize,
    language: usize,
    trigger: usize,
    close: usize,
    left_out: bool,
    /// What else tells rows apart that count differently, where the kind has it: see [`PackedDay::rows_are_alike`].
    likeness: usize,
    begin: usize,
    end: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum KeyColumn {
    Numbers(NumberColumn),
    Texts(TextColumn),
}

/// The column with the time of the cohort, in every kind.
const AT: usize = 0;
/// About how many bytes an entry of a list of traits takes, with its texts.
const TRAIT_WEIGHT: usize = 128;

impl PackedDay {
    pub const fn kind(&self) -> RowKind {
        self.kind
    }

    pub const fn day(&self) -> UtcDay {
        self.day
    }

    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Whether all rows of a group count as the same, but for their times: conversations do, which have no values, and most of
    /// which have no handoff. So a report counts groups of them.
    pub const fn rows_are_alike(&self) -> bool {
        matches!(self.kind, RowKind::Conversations)
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        let keys = match &self.keys {
            KeyColumn::Numbers(column) => column.weight(),
            KeyColumn::Texts(column) => column.weight(),
        };
        let columns: usize = self.columns.iter().map(NumberColumn::weight).sum();
        let TraitLists { channels, begun_by, languages, triggers, closes } = &self.traits;
        let traits = channels.len() + begun_by.len() + languages.len() + triggers.len() + closes.len();
        let lists = (traits + self.agents.len()) * TRAIT_WEIGHT;
        size_of::<Self>() + keys + columns + lists + self.groups.len() * size_of::<RowGroup>()
    }

    fn at(&self, place: usize) -> Timestamp {
        Timestamp(self.number(AT, place).unwrap_or_default())
    }

    fn number(&self, column: usize, place: usize) -> Option<i64> {
        self.columns.get(column)?.get(place)
    }

    fn time(&self, column: usize, place: usize) -> Option<Timestamp> {
        self.number(column, place).map(Timestamp)
    }

    fn agent(&self, column: usize, place: usize) -> Option<AgentId> {
        self.agents.get(usize::try_from(self.number(column, place)?).ok()?).cloned()
    }

    /// Where a row stands among those of its source.
    pub fn key(&self, place: usize) -> RowKey {
        let id = match &self.keys {
            KeyColumn::Numbers(column) => RowKeyId::Seq(column.get(place).unwrap_or_default()),
            KeyColumn::Texts(column) => RowKeyId::Text(column.get(place)),
        };
        RowKey { at: self.at(place), id }
    }
}

#[cfg(test)]
mod tests;
