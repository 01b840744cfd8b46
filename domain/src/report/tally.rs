//! Adds the rows of a period up to the numbers of a report, in one pass over each source.
//!
//! Rows come in any order, from tables or from packed days. To add a part of the report: its accumulator in a file of this
//! folder, fed by [`Tally::add`] and [`Tally::add_packed`] alike.

mod heat;
mod queue;
mod reasons;
mod values;

use std::collections::BTreeMap;

use self::{
    heat::Heat,
    queue::Queue,
    reasons::Reasons,
    values::{Intervals, count_of},
};
pub use self::{
    heat::HeatCell,
    queue::QueueHour,
    reasons::ReasonCount,
    values::{Measured, Values, concurrency},
};
use super::{
    count::{CountContext, Counted, Slice, clipped},
    facts::TriggerFact,
    measure::{FactSource, Measure},
    packed::{Admitted, PackedRows},
    query::{ReportFilters, TriggerFilter},
    rows::{CloseResult, ReportHandoff, ReportRow},
};
use crate::{
    handoff::TriggerKind,
    ids::{AgentId, OutcomeId},
    time::Span,
};

/// What a tally is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TallyScope {
    /// All parts of a report.
    Whole,
    /// The numbers of each measure, to compare another period with.
    Measures,
}

/// The numbers of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportFigures {
    pub measures: BTreeMap<Measure, Measured>,
    /// By whose number it is.
    pub agents: BTreeMap<AgentId, AgentFigures>,
    /// By what the address of the reason holds.
    pub triggers: BTreeMap<String, TriggerFigures>,
    /// In the order of the cells.
    pub heat: Vec<HeatCell>,
    /// Response times, ascending.
    pub responses: Vec<Span>,
    /// By hour of the day.
    pub queue: Vec<QueueHour>,
    /// How often people closed with each outcome; `None` is none.
    pub outcomes: BTreeMap<Option<OutcomeId>, i64>,
    /// Of the language model, the most frequent one first.
    pub reasons: Vec<ReasonCount>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentFigures {
    pub measures: BTreeMap<Measure, Measured>,
    /// The average number of conversations held at once, in tenths.
    pub concurrency: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerFigures {
    pub trigger: TriggerFact,
    pub handoffs: i64,
    /// Conversations with the bot in which it was the first reason.
    pub escalated: i64,
    pub response: Measured,
    pub handling: Measured,
}

/// The measures of which an agent's line is made.
const OF_AGENTS: [Measure; 8] = [
    Measure::Handling,
    Measure::Waiting,
    Measure::Response,
    Measure::NextReply,
    Measure::Resolution,
    Measure::Messages,
    Measure::Online,
    Measure::Rated,
];

/// Owns what it needs, so that [`Tally::finish`], which sorts all values, can run on another thread.
pub struct Tally {
    filters: ReportFilters,
    context: CountContext,
    scope: TallyScope,
    measures: BTreeMap<Measure, Values>,
    agents: BTreeMap<AgentId, AgentValues>,
    triggers: BTreeMap<String, TriggerValues>,
    heat: Heat,
    queue: Queue,
    outcomes: BTreeMap<Option<OutcomeId>, i64>,
    reasons: Reasons,
}

#[derive(Default)]
struct AgentValues {
    measures: BTreeMap<Measure, Values>,
    held: Intervals,
}

struct TriggerValues {
    trigger: TriggerFact,
    handoffs: i64,
    escalated: i64,
    response: Values,
    handling: Values,
}

impl Tally {
    pub fn new(filters: &ReportFilters, context: &CountContext, scope: TallyScope) -> Self {
        Self {
            filters: filters.clone(),
            context: context.clone(),
            scope,
            measures: BTreeMap::new(),
            agents: BTreeMap::new(),
            triggers: BTreeMap::new(),
            heat: Heat::default(),
            queue: Queue::default(),
            outcomes: BTreeMap::new(),
            reasons: Reasons::default(),
        }
    }

    /// A row of a source.
    pub fn add(&mut self, source: FactSource, row: &ReportRow) {
        let mut admitted = Admitted::of(&source.measures(), row.traits().as_ref(), &self.filters);
        self.add_admitted(&mut admitted, row, 1);
    }

    /// The rows of a packed day that a source reads.
    pub fn add_packed(&mut self, source: FactSource, rows: &PackedRows) {
        let (measures, filters) = (source.measures(), self.filters.clone());
        match rows.day.rows_are_alike() {
            true => {
                rows.scan_groups(&measures, &filters, |admitted, times, row| self.add_admitted(admitted, row, times))
            }
            false => rows.scan(&measures, &filters, |admitted, _, row| self.add_admitted(admitted, row, 1)),
        }
    }

    /// A row, as often as there are such rows.
    fn add_admitted(&mut self, admitted: &mut Admitted, row: &ReportRow, times: usize) {
        for place in 0..admitted.measures.len() {
            let measure = admitted.measures[place];
            if let Some(counted) = measure.count_admitted(row, &self.filters, &self.context, Slice::default()) {
                self.measures.entry(measure).or_default().add_many(&counted, times);
                if self.scope == TallyScope::Whole {
                    self.add_to_parts(measure, row, &counted, admitted, times);
                }
            }
        }
        if self.scope == TallyScope::Whole {
            self.add_times(&admitted.measures, row);
        }
    }

    fn add_to_parts(
        &mut self,
        measure: Measure,
        row: &ReportRow,
        counted: &Counted,
        admitted: &mut Admitted,
        times: usize,
    ) {
        if let Some(agent) = counted.agent.filter(|_| OF_AGENTS.contains(&measure)) {
            self.of_agent(agent, |values| values.measures.entry(measure).or_default().add_many(counted, times));
        }
        let is_of_trigger =
            matches!(measure, Measure::Handoffs | Measure::Escalated | Measure::Response | Measure::Handling);
        let traits = row.traits();
        if let Some(trigger) = traits.and_then(|traits| traits.trigger).filter(|_| is_of_trigger) {
            let value = admitted.trigger_value(trigger);
            match self.triggers.get_mut(value) {
                Some(values) => values.add(measure, counted, times),
                None => {
                    let mut values = TriggerValues::of(trigger.clone());
                    values.add(measure, counted, times);
                    self.triggers.insert(value.to_owned(), values);
                }
            }
        }
        if measure == Measure::Handoffs || measure == Measure::Waiting {
            for _ in 0..times {
                self.heat.add(measure, row.key().at, counted, &self.context);
            }
        }
        if measure == Measure::Handoffs
            && let Some(reason) = row.reason()
        {
            for _ in 0..times {
                self.reasons.add(reason, row.key());
            }
        }
        if measure == Measure::Closed
            && let Some(traits) = traits
        {
            let outcome = match traits.result {
                CloseResult::Outcome(outcome) => Some(outcome.clone()),
                CloseResult::NoOutcome | CloseResult::NotClosed => None,
            };
            *self.outcomes.entry(outcome).or_default() += count_of(times);
        }
    }

    /// What overlaps the period: those who wait, what agents hold, who is online.
    fn add_times(&mut self, admitted: &[Measure], row: &ReportRow) {
        let counts = |measure: Measure, slice: Slice| {
            let is_admitted = admitted.contains(&measure);
            is_admitted && measure.count_admitted(row, &self.filters, &self.context, slice).is_some()
        };
        match row {
            // Those that are open now are in another source as well, whose measures do not contain the queue.
            ReportRow::Handoff(ReportHandoff { fact, .. }) => {
                if counts(Measure::Queue, Slice { moment: Some(fact.requested_at), ..Slice::default() }) {
                    self.queue.add(fact, &self.context);
                }
            }
            ReportRow::Stint(stint) => {
                let is_counted = counts(Measure::Stints, Slice::default());
                if let Some((from, to)) = clipped(stint.began_at, stint.ended_at, &self.context).filter(|_| is_counted)
                {
                    self.of_agent(&stint.agent, |values| values.held.add(from, to));
                }
            }
            ReportRow::Presence(presence) => {
                let is_counted = counts(Measure::Online, Slice::default());
                if let Some((from, to)) =
                    clipped(presence.began_at, presence.ended_at, &self.context).filter(|_| is_counted)
                {
                    self.heat.add_online(from, to, &self.context);
                }
            }
            ReportRow::Wait(_)
            | ReportRow::Conversation(_)
            | ReportRow::Closing(_)
            | ReportRow::Message(_)
            | ReportRow::Rating(_) => {}
        }
    }

    fn of_agent(&mut self, agent: &AgentId, add: impl FnOnce(&mut AgentValues)) {
        match self.agents.get_mut(agent) {
            Some(values) => add(values),
            // Not for each row, because it copies the id.
            None => add(self.agents.entry(agent.clone()).or_default()),
        }
    }

    /// Whether the reasons of the language model count.
    pub fn counts_reasons(&self) -> bool {
        let is_of_model = |trigger: &TriggerFilter| trigger.kind == TriggerKind::Model;
        self.scope == TallyScope::Whole && self.filters.trigger.as_ref().is_none_or(is_of_model)
    }

    /// How many values and times are kept until the end, which is what takes memory.
    pub fn kept(&self) -> usize {
        let of = |values: &BTreeMap<Measure, Values>| values.values().map(Values::kept).sum::<usize>();
        let agents: usize = self.agents.values().map(|agent| of(&agent.measures) + agent.held.kept()).sum();
        let triggers: usize = self.triggers.values().map(|it| it.response.kept() + it.handling.kept()).sum();
        of(&self.measures) + agents + triggers + self.heat.kept() + self.queue.kept()
    }

    /// What requested the agents.
    pub fn triggers(&self) -> impl Iterator<Item = &TriggerFact> {
        self.triggers.values().map(|values| &values.trigger)
    }

    pub fn finish(self) -> ReportFigures {
        if self.scope == TallyScope::Measures {
            return ReportFigures { measures: measured(self.measures), ..ReportFigures::default() };
        }
        let mut responses =
            self.measures.get(&Measure::Response).map(|values| values.spans().to_vec()).unwrap_or_default();
        responses.sort_unstable();
        let agents = self.agents.into_iter().map(|(agent, values)| {
            let concurrency = values.held.concurrency();
            let mut measures = measured(values.measures);
            if let Some(held) = values.held.measured() {
                measures.insert(Measure::Stints, held);
            }
            (agent, AgentFigures { measures, concurrency })
        });
        let triggers = self.triggers.into_iter().map(|(value, values)| {
            let TriggerValues { trigger, handoffs, escalated, response, handling } = values;
            let (response, handling) = (response.measured(), handling.measured());
            (value, TriggerFigures { trigger, handoffs, escalated, response, handling })
        });
        ReportFigures {
            agents: agents.collect(),
            triggers: triggers.collect(),
            heat: self.heat.finish(&self.context),
            responses,
            queue: self.queue.finish(&self.context),
            outcomes: self.outcomes,
            reasons: self.reasons.finish(),
            measures: measured(self.measures),
        }
    }
}

impl TriggerValues {
    fn of(trigger: TriggerFact) -> Self {
        let (response, handling) = (Values::default(), Values::default());
        Self { trigger, handoffs: 0, escalated: 0, response, handling }
    }

    fn add(&mut self, measure: Measure, counted: &Counted, times: usize) {
        if measure == Measure::Handoffs {
            self.handoffs += count_of(times);
        } else if measure == Measure::Escalated {
            self.escalated += count_of(times);
        } else if measure == Measure::Response {
            self.response.add_many(counted, times);
        } else {
            self.handling.add_many(counted, times);
        }
    }
}

fn measured<K: Ord>(values: BTreeMap<K, Values>) -> BTreeMap<K, Measured> {
    values.into_iter().map(|(key, values)| (key, values.measured())).collect()
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
