//! The values of a measure, and the times in which an agent held conversations.

use serde::{Deserialize, Serialize};

use crate::{
    handoff::metrics::RatingTally,
    report::{count::Counted, summary::ValueSummary},
    time::{Span, Timestamp},
};

/// The rows of a measure, as they are counted.
#[derive(Clone, Debug, Default)]
pub struct Values {
    n: i64,
    total: Span,
    spans: Vec<Span>,
    ratings: RatingTally,
}

/// The rows of a measure, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// How many rows.
    pub n: i64,
    /// The sum of the values.
    pub total: Span,
    /// Of the rows that have a value.
    pub summary: ValueSummary,
    /// Of the rows that are ratings.
    pub ratings: RatingTally,
}

impl Values {
    pub fn add(&mut self, counted: &Counted) {
        self.add_many(counted, 1);
    }

    /// So many rows that are counted alike.
    pub fn add_many(&mut self, counted: &Counted, times: usize) {
        self.n += count_of(times);
        if let Some(value) = counted.value {
            self.total = Span(self.total.0.saturating_add(value.0.saturating_mul(count_of(times))));
            self.spans.extend(std::iter::repeat_n(value, times));
        }
        if let Some(score) = counted.score {
            for _ in 0..times {
                self.ratings.add(score);
            }
        }
    }

    /// In the order in which they came.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// How many values are kept.
    pub fn kept(&self) -> usize {
        self.spans.len()
    }

    pub fn measured(self) -> Measured {
        Measured { n: self.n, total: self.total, summary: ValueSummary::of(self.spans), ratings: self.ratings }
    }
}

/// How many rows, as numbers of reports are.
pub fn count_of(times: usize) -> i64 {
    i64::try_from(times).unwrap_or(i64::MAX)
}

/// Times that may overlap.
#[derive(Clone, Debug, Default)]
pub struct Intervals(Vec<(Timestamp, Timestamp)>);

impl Intervals {
    pub fn add(&mut self, from: Timestamp, to: Timestamp) {
        self.0.push((from, to));
    }

    pub fn kept(&self) -> usize {
        2 * self.0.len()
    }

    pub fn concurrency(&self) -> Option<i64> {
        concurrency(self.0.clone())
    }

    /// `None` without any.
    pub fn measured(&self) -> Option<Measured> {
        let mut values = Values::default();
        for (from, to) in &self.0 {
            values.add(&Counted { at: *from, value: Some(to.since(*from)), agent: None, score: None });
        }
        (!self.0.is_empty()).then(|| values.measured())
    }
}

/// How many of these times go on at once while at least one does, on average, in tenths. `None` without any.
pub fn concurrency(mut intervals: Vec<(Timestamp, Timestamp)>) -> Option<i64> {
    intervals.sort_unstable();
    let (mut whole, mut busy, mut until) = (0_i64, 0_i64, Timestamp(i64::MIN));
    for (from, to) in intervals {
        whole += to.since(from).0;
        busy += to.since(from.max(until)).0;
        until = until.max(to);
    }
    (busy > 0).then(|| (whole * 10 + busy / 2) / busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concurrency_is_what_is_held_per_busy_time() {
        let at = |from: i64, to: i64| (Timestamp(from), Timestamp(to));
        assert_eq!(concurrency(vec![]), None);
        assert_eq!(concurrency(vec![at(0, 10)]), Some(10));
        assert_eq!(concurrency(vec![at(0, 10), at(20, 30)]), Some(10), "one after the other");
        assert_eq!(concurrency(vec![at(20, 30), at(0, 10), at(0, 10)]), Some(15));
        assert_eq!(concurrency(vec![at(0, 10), at(2, 4), at(3, 4)]), Some(13));
    }
}
