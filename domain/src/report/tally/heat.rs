//! The heat map: arrivals, waits and people online in each hour of the week.

use serde::{Deserialize, Serialize};

use crate::{
    report::{
        count::{CountContext, Counted},
        measure::Measure,
        summary::ValueSummary,
    },
    time::{Span, Timestamp},
    week::{CELLS, WeekHour, each_hour},
};

/// An hour of the week, over all weeks of the period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeatCell {
    /// Handoffs requested in this hour.
    pub arrivals: i64,
    /// How long those waited for a claim.
    pub waits: ValueSummary,
    /// The average number of people online, in tenths; `None` if the period has no such hour yet.
    pub online: Option<i64>,
}

#[derive(Clone, Debug, Default)]
struct CellValues {
    arrivals: i64,
    waits: Vec<Span>,
    online: i64,
}

#[derive(Debug)]
pub(super) struct Heat(Vec<CellValues>);

impl Default for Heat {
    fn default() -> Self {
        Self(vec![CellValues::default(); CELLS])
    }
}

impl Heat {
    /// A handoff that was requested at `requested_at`, as one of the two measures counts it.
    pub fn add(&mut self, measure: Measure, requested_at: Timestamp, counted: &Counted, context: &CountContext) {
        let cell = &mut self.0[WeekHour::of(&context.zone, requested_at).index()];
        match measure == Measure::Handoffs {
            true => cell.arrivals += 1,
            false => cell.waits.extend(counted.value),
        }
    }

    /// A time online.
    pub fn add_online(&mut self, from: Timestamp, to: Timestamp, context: &CountContext) {
        each_hour(&context.zone, from, to, |hour, _, span| self.0[hour.index()].online += span.0);
    }

    pub fn kept(&self) -> usize {
        self.0.iter().map(|cell| cell.waits.len()).sum()
    }

    pub fn finish(self, context: &CountContext) -> Vec<HeatCell> {
        let mut elapsed = vec![0_i64; CELLS];
        let until = context.bounds.to.min(context.now);
        each_hour(&context.zone, context.bounds.from, until, |hour, _, span| elapsed[hour.index()] += span.0);
        let cell = |(values, elapsed): (CellValues, i64)| HeatCell {
            arrivals: values.arrivals,
            waits: ValueSummary::of(values.waits),
            online: (elapsed > 0).then(|| (values.online * 10 + elapsed / 2) / elapsed),
        };
        self.0.into_iter().zip(elapsed).map(cell).collect()
    }
}
