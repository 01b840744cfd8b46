//! Adds the rows of a period up to the numbers of a report, in one pass over each source.
//!
//! Rows come in any order. To add a part of the report: its accumulator in a file of this folder, fed by [`Tally::add`].

mod heat;
mod queue;
mod reasons;
mod values;

use std::collections::BTreeMap;

use self::{heat::Heat, queue::Queue, reasons::Reasons, values::Intervals};
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
    query::{ReportFilters, TriggerFilter},
    rows::{CloseResult, ReportHandoff, ReportRow},
};
use crate::{
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
        for measure in Measure::ALL {
            if measure.sources().contains(&source)
                && let Some(counted) = measure.count(row, &self.filters, &self.context, Slice::default())
            {
                self.measures.entry(measure).or_default().add(&counted);
                if self.scope == TallyScope::Whole {
                    self.add_to_parts(measure, row, &counted);
                }
            }
        }
        if self.scope == TallyScope::Whole {
            self.add_times(source, row);
        }
    }

    fn add_to_parts(&mut self, measure: Measure, row: &ReportRow, counted: &Counted) {
        if let Some(agent) = counted.agent.filter(|_| OF_AGENTS.contains(&measure)) {
            self.agents.entry(agent.clone()).or_default().measures.entry(measure).or_default().add(counted);
        }
        let is_of_trigger =
            matches!(measure, Measure::Handoffs | Measure::Escalated | Measure::Response | Measure::Handling);
        let traits = row.traits();
        if let Some(trigger) = traits.and_then(|traits| traits.trigger).filter(|_| is_of_trigger) {
            let values = self.triggers.entry(TriggerFilter::of(trigger).value());
            values.or_insert_with(|| TriggerValues::of(trigger.clone())).add(measure, counted);
        }
        if measure == Measure::Handoffs || measure == Measure::Waiting {
            self.heat.add(measure, row.key().at, counted, &self.context);
        }
        if measure == Measure::Handoffs
            && let Some(reason) = row.reason()
        {
            self.reasons.add(reason);
        }
        if measure == Measure::Closed
            && let Some(traits) = traits
        {
            let outcome = match traits.result {
                CloseResult::Outcome(outcome) => Some(outcome.clone()),
                CloseResult::NoOutcome | CloseResult::NotClosed => None,
            };
            *self.outcomes.entry(outcome).or_default() += 1;
        }
    }

    /// What overlaps the period: those who wait, what agents hold, who is online.
    fn add_times(&mut self, source: FactSource, row: &ReportRow) {
        match row {
            // Those that are open now are in another source as well.
            ReportRow::Handoff(ReportHandoff { fact, .. }) if Measure::Queue.sources().contains(&source) => {
                let moment = Slice { moment: Some(fact.requested_at), ..Slice::default() };
                if Measure::Queue.count(row, &self.filters, &self.context, moment).is_some() {
                    self.queue.add(fact, &self.context);
                }
            }
            ReportRow::Stint(stint) => {
                let counted = Measure::Stints.count(row, &self.filters, &self.context, Slice::default());
                if let Some((from, to)) =
                    clipped(stint.began_at, stint.ended_at, &self.context).filter(|_| counted.is_some())
                {
                    self.agents.entry(stint.agent.clone()).or_default().held.add(from, to);
                }
            }
            ReportRow::Presence(presence) => {
                let counted = Measure::Online.count(row, &self.filters, &self.context, Slice::default());
                if let Some((from, to)) =
                    clipped(presence.began_at, presence.ended_at, &self.context).filter(|_| counted.is_some())
                {
                    self.heat.add_online(from, to, &self.context);
                }
            }
            ReportRow::Handoff(_)
            | ReportRow::Wait(_)
            | ReportRow::Conversation(_)
            | ReportRow::Closing(_)
            | ReportRow::Message(_)
            | ReportRow::Rating(_) => {}
        }
    }

    pub fn filters(&self) -> &ReportFilters {
        &self.filters
    }

    /// Whether the reasons of the language model count.
    pub fn counts_reasons(&self) -> bool {
        self.scope == TallyScope::Whole
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

    fn add(&mut self, measure: Measure, counted: &Counted) {
        if measure == Measure::Handoffs {
            self.handoffs += 1;
        } else if measure == Measure::Escalated {
            self.escalated += 1;
        } else if measure == Measure::Response {
            self.response.add(counted);
        } else {
            self.handling.add(counted);
        }
    }
}

fn measured<K: Ord>(values: BTreeMap<K, Values>) -> BTreeMap<K, Measured> {
    values.into_iter().map(|(key, values)| (key, values.measured())).collect()
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
