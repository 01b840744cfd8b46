//! Reports: the numbers of a period, the list behind each, and how far the log was counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{AgentId, ChannelId, ConversationId, HandoffId, OutcomeId},
    rating::Score,
    report::{
        distribution::DistributionBar,
        list::ListQuery,
        measure::Measure,
        query::{OutcomeFilter, ReportQuery, TriggerFilter},
        reason::ReasonKey,
        tally::{HeatCell, Measured, QueueHour},
    },
    time::{Span, Timestamp},
};

/// Whose numbers somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportScope {
    Everyone,
    /// Those of the viewer.
    Own,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportPage {
    pub scope: ReportScope,
    /// What was asked for, as far as it could be followed.
    pub query: ReportQuery,
    /// A sentence for each change of what was asked for.
    pub notes: Vec<String>,
    pub days: ReportDays,
    pub progress: ReportProgress,
    /// The period has more rows than one report counts, so there are no numbers.
    pub too_many: bool,
    pub choices: ReportChoices,
    pub tiles: Vec<ReportTile>,
    pub agents: Vec<AgentLine>,
    /// Those that cost people the most time first.
    pub triggers: Vec<TriggerLine>,
    /// In the order of the cells of a week.
    pub heat: Vec<HeatCell>,
    pub responses: Distribution,
    /// By hour of the day.
    pub queue: Vec<QueueHour>,
    pub outcomes: Vec<OutcomeLine>,
    /// Those that the language model gave most often. At most 10.
    pub reasons: Vec<ReasonLine>,
}

/// The days of a report, in words and as fields hold them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportDays {
    pub words: String,
    /// What it is compared with.
    pub before: String,
    pub from: String,
    pub to: String,
    /// The latest day that can be chosen.
    pub today: String,
    /// The name of the zone whose days they are.
    pub zone: String,
}

/// How far the log was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportProgress {
    /// `None`: all of it. Otherwise entries up to this time were counted; without one, nothing was yet.
    pub counting: Option<Counting>,
    /// What the log did not hold in this period, in sentences.
    pub not_recorded: Vec<String>,
    /// Nothing was ever counted for this company.
    pub is_new: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counting {
    pub up_to: Option<Timestamp>,
}

/// What the filters can be set to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportChoices {
    pub channels: Vec<(ChannelId, String)>,
    pub agents: Vec<(AgentId, String)>,
    /// Reasons that occur in the period. The kinds of triggers are known to the page.
    pub triggers: Vec<(TriggerFilter, String)>,
    pub outcomes: Vec<(OutcomeId, String)>,
}

/// A number, with the one of the period before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTile {
    pub measure: Measure,
    /// `None` for a number that the agent who is asked for cannot have.
    pub now: Option<TileNumber>,
    /// `None` for what is counted at this moment, and has no period before.
    pub before: Option<TileNumber>,
    /// What the number does not contain: how many rows of other measures.
    pub beside: Vec<(Measure, i64)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TileNumber {
    pub measured: Measured,
    /// How many rows it is a part of, for a share.
    pub whole: Option<i64>,
}

/// The numbers of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentLine {
    pub agent: AgentId,
    pub name: String,
    pub measures: BTreeMap<Measure, Measured>,
    /// The average number of conversations held at once, in tenths.
    pub concurrency: Option<i64>,
}

/// What sends customers to agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriggerLine {
    pub trigger: TriggerFilter,
    pub label: String,
    pub handoffs: i64,
    pub escalated: i64,
    pub response: Measured,
    pub handling: Measured,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// The response-time target of today.
    pub target: Span,
    pub bars: Vec<DistributionBar>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeLine {
    pub outcome: OutcomeFilter,
    pub name: String,
    pub n: i64,
}

/// A reason that the language model gave for its handoffs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonLine {
    pub key: ReasonKey,
    /// As it was written last.
    pub text: String,
    pub n: i64,
}

/// The rows behind a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportList {
    pub scope: ReportScope,
    pub query: ListQuery,
    pub notes: Vec<String>,
    /// The period or the one before, whichever is listed.
    pub days: String,
    /// The name of the zone whose days and times they are.
    pub zone: String,
    /// The filters that narrow the list, in words.
    pub filters: Vec<String>,
    pub progress: ReportProgress,
    pub measured: Measured,
    /// Of times that are held: how many at once on average, in tenths.
    pub concurrency: Option<i64>,
    pub rows: Vec<ReportListRow>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportListRow {
    pub key: String,
    pub at: Timestamp,
    /// The time by the tenant's calendar and clock.
    pub when: String,
    pub value: Option<Span>,
    /// Of a rating.
    pub score: Option<Score>,
    pub who: Option<String>,
    pub customer: Option<String>,
    /// What requested the agent.
    pub why: Option<String>,
    /// The reason that the language model gave.
    pub reason: Option<String>,
    pub conversation: Option<ConversationId>,
    /// The item of the thread that it is about.
    pub anchor: Option<String>,
    pub handoff: Option<HandoffId>,
    pub left_out: Option<LeftOut>,
}

/// That a handoff is in no number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    pub reason: String,
    pub by: String,
    pub at: Timestamp,
}
