//! Predicted waits, and their median and 90th percentile.
//!
//! A handoff that nobody has begun by the end of a replay has waited at least so long. It is never left out: a
//! percentile that could be longer says so.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// From how many handoffs on a 90th percentile is given. Below, it would be one of the longest two.
pub const ENOUGH: usize = 20;

/// How long a handoff waits until it is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PredictedWait {
    Exactly(Span),
    /// It is not begun by the end of the replay.
    AtLeast(Span),
}

impl PredictedWait {
    /// The wait, as far as it is known.
    pub const fn span(self) -> Span {
        match self {
            Self::Exactly(span) | Self::AtLeast(span) => span,
        }
    }

    pub const fn is_over(self) -> bool {
        matches!(self, Self::Exactly(_))
    }
}

/// The waits of some handoffs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitSummary {
    pub n: usize,
    /// `None` without handoffs.
    pub median: Option<PredictedWait>,
    pub upper: UpperWaits,
}

/// The long waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpperWaits {
    /// The 90th percentile of at least [`ENOUGH`] waits.
    P90(PredictedWait),
    /// All waits if there are fewer, the shortest first.
    Values(Vec<PredictedWait>),
}

impl WaitSummary {
    pub fn new(mut waits: Vec<PredictedWait>) -> Self {
        waits.sort_unstable_by_key(|wait| (wait.span(), !wait.is_over()));
        let (n, median) = (waits.len(), percentile(&waits, 50));
        let upper = match percentile(&waits, 90) {
            Some(p90) if n >= ENOUGH => UpperWaits::P90(p90),
            _ => UpperWaits::Values(waits),
        };
        Self { n, median, upper }
    }
}

/// The smallest wait that at least `percent` of a hundred waits do not exceed. The waits are sorted.
fn percentile(waits: &[PredictedWait], percent: usize) -> Option<PredictedWait> {
    let rank = (waits.len() * percent).div_ceil(100);
    let up_to = waits.get(..rank)?;
    let last = up_to.last()?;
    // Each wait that is not over may be longer, and the percentile with it.
    let is_known = up_to.iter().all(|wait| wait.is_over());
    Some(if is_known { *last } else { PredictedWait::AtLeast(last.span()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(seconds: impl IntoIterator<Item = i64>) -> Vec<PredictedWait> {
        seconds.into_iter().map(|seconds| PredictedWait::Exactly(Span::seconds(seconds))).collect()
    }

    #[test]
    fn a_percentile_is_one_of_the_waits() {
        let summary = WaitSummary::new(over((1..=20).rev()));
        assert_eq!(summary.n, 20);
        assert_eq!(summary.median, Some(PredictedWait::Exactly(Span::seconds(10))));
        assert_eq!(summary.upper, UpperWaits::P90(PredictedWait::Exactly(Span::seconds(18))));
    }

    #[test]
    fn few_waits_are_given_themselves() {
        let summary = WaitSummary::new(over((1..=19).rev()));
        assert_eq!(summary.median, Some(PredictedWait::Exactly(Span::seconds(10))));
        assert_eq!(summary.upper, UpperWaits::Values(over(1..=19)));
        let nothing = WaitSummary { n: 0, median: None, upper: UpperWaits::Values(Vec::new()) };
        assert_eq!(WaitSummary::new(Vec::new()), nothing);
        assert_eq!(WaitSummary::new(over([7])).median, Some(PredictedWait::Exactly(Span::seconds(7))));
    }

    #[test]
    fn a_percentile_that_may_be_longer_says_so() {
        // 15 short waits, one that is not over after 10 seconds, and 4 of a minute.
        let mut waits = over((0..15).map(|_| 5).chain([60; 4]));
        waits.push(PredictedWait::AtLeast(Span::seconds(10)));
        let summary = WaitSummary::new(waits);
        assert_eq!(summary.median, Some(PredictedWait::Exactly(Span::seconds(5))));
        assert_eq!(summary.upper, UpperWaits::P90(PredictedWait::AtLeast(Span::seconds(60))));
    }

    #[test]
    fn of_equal_waits_those_that_are_over_come_first() {
        let second = Span::seconds(1);
        let waits = vec![PredictedWait::AtLeast(second), PredictedWait::Exactly(second)];
        let sorted = vec![PredictedWait::Exactly(second), PredictedWait::AtLeast(second)];
        let summary = WaitSummary::new(waits);
        assert_eq!((summary.median, summary.upper), (Some(sorted[0]), UpperWaits::Values(sorted)));
    }
}
