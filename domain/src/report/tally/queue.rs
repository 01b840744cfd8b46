//! How many handoffs waited at the same time for somebody to claim them, by hour of the day.

use serde::{Deserialize, Serialize};

use crate::{
    report::{
        count::{CountContext, queue_end},
        facts::HandoffFact,
    },
    time::Timestamp,
    week::{HOURS, each_hour},
};

/// An hour of the day, over all days of the period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueHour {
    /// The most that waited at once, and when that began first.
    pub most: i64,
    pub at: Option<Timestamp>,
    /// How many waited on average, in tenths; `None` if the period has no such hour yet.
    pub average: Option<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Times at which somebody begins to wait, and stops.
    changes: Vec<(Timestamp, i64)>,
}

impl Queue {
    pub fn add(&mut self, fact: &HandoffFact, context: &CountContext) {
        let until = context.bounds.to.min(context.now);
        let from = fact.requested_at.max(context.bounds.from);
        let to = queue_end(fact).unwrap_or(until).min(until);
        if from < to {
            self.changes.push((from, 1));
            self.changes.push((to, -1));
        }
    }

    pub fn kept(&self) -> usize {
        2 * self.changes.len()
    }

    pub fn finish(mut self, context: &CountContext) -> Vec<QueueHour> {
        // At the same time, those who stop come first: nobody waits at the moment of the claim.
        self.changes.sort_unstable();
        let mut hours = vec![(QueueHour::default(), 0_i64, 0_i64); usize::from(HOURS)];
        let until = context.bounds.to.min(context.now);
        let mut add = |from: Timestamp, to: Timestamp, depth: i64| {
            each_hour(&context.zone, from, to, |hour, at, span| {
                let (found, waited, elapsed) = &mut hours[usize::from(hour.hour)];
                *waited += depth * span.0;
                *elapsed += span.0;
                if depth > found.most {
                    *found = QueueHour { most: depth, at: Some(at), average: None };
                }
            });
        };
        let (mut since, mut depth) = (context.bounds.from, 0);
        for (at, change) in self.changes {
            if since < at {
                add(since, at, depth);
                since = at;
            }
            depth += change;
        }
        add(since, until, depth);
        let hour = |(found, waited, elapsed): (QueueHour, i64, i64)| {
            // Months of a long queue in milliseconds, in tenths, would not fit.
            let tenths = (i128::from(waited) * 10 + i128::from(elapsed) / 2) / i128::from(elapsed.max(1));
            QueueHour { average: i64::try_from(tenths).ok().filter(|_| elapsed > 0), ..found }
        };
        hours.into_iter().map(hour).collect()
    }
}
