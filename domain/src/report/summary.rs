//! How many values there are, their median and their 90th percentile.
//!
//! Percentiles are those of the nearest rank: the smallest value that at least that share of the values do not exceed.
//! It is one of the values, so it can be found in the list behind the number. They are exact for any number of values.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// Of fewer values the 90th percentile is close to the largest one, so all values are shown instead.
pub const P90_FROM: usize = 20;

/// Values in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValueSummary {
    pub n: i64,
    /// `None` without values.
    pub median: Option<Span>,
    /// `None` with fewer values than [`P90_FROM`].
    pub p90: Option<Span>,
    /// Each value, ascending, where there is no 90th percentile.
    pub dots: Vec<Span>,
}

impl ValueSummary {
    /// Of values in any order.
    pub fn of(mut values: Vec<Span>) -> Self {
        let count = values.len();
        let n = i64::try_from(count).unwrap_or(i64::MAX);
        if count < P90_FROM {
            values.sort_unstable();
            let median = values.get(rank(count, 50)).copied();
            return Self { n, median, p90: None, dots: values };
        }
        let (below, p90, _) = values.select_nth_unstable(rank(count, 90));
        let p90 = *p90;
        // The smaller rank is among the values below the larger one.
        let (_, median, _) = below.select_nth_unstable(rank(count, 50));
        Self { n, median: Some(*median), p90: Some(p90), dots: Vec::new() }
    }
}

/// The place of a percentile among `count` ascending values.
fn rank(count: usize, percent: usize) -> usize {
    (count * percent).div_ceil(100).saturating_sub(1)
}

/// By how many percent `now` differs from `before`, rounded; `None` if there is nothing to compare with.
pub fn change(now: i64, before: i64) -> Option<i64> {
    let difference = i128::from(now) - i128::from(before);
    let twice = 2 * i128::from(before).abs();
    if twice == 0 {
        return None;
    }
    // Rounded half away from zero.
    let rounded = (200 * difference.abs() + twice / 2) / twice;
    i64::try_from(if difference < 0 { -rounded } else { rounded }).ok()
}

/// A part of a whole in percent, rounded; `None` of nothing.
pub fn share(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part * 100 + whole / 2) / whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: impl IntoIterator<Item = i64>) -> ValueSummary {
        ValueSummary::of(values.into_iter().map(Span).collect())
    }

    #[test]
    fn without_values_nothing_is_claimed() {
        assert_eq!(of([]), ValueSummary::default());
    }

    #[test]
    fn few_values_are_shown_each() {
        let summary = of([30, 10, 20]);
        assert_eq!((summary.n, summary.median, summary.p90), (3, Some(Span(20)), None));
        assert_eq!(summary.dots, [10, 20, 30].map(Span));
        assert_eq!(of(1..=19).p90, None);
        assert_eq!(of(1..=19).dots.len(), 19);
    }

    #[test]
    fn from_twenty_values_on_there_is_a_90th_percentile() {
        let summary = of((1..=20).rev());
        assert_eq!((summary.n, summary.median, summary.p90), (20, Some(Span(10)), Some(Span(18))));
        assert_eq!(summary.dots, []);
        assert_eq!((of(1..=100).median, of(1..=100).p90), (Some(Span(50)), Some(Span(90))));
        assert_eq!((of(1..=101).median, of(1..=101).p90), (Some(Span(51)), Some(Span(91))));
    }

    #[test]
    fn equal_values_are_their_own_percentiles() {
        let summary = of(std::iter::repeat_n(7, 50));
        assert_eq!((summary.median, summary.p90), (Some(Span(7)), Some(Span(7))));
    }

    #[test]
    fn a_change_is_in_percent_of_what_was_before() {
        let table = [
            (110, 100, Some(10)),
            (90, 100, Some(-10)),
            (0, 100, Some(-100)),
            (5, 0, None),
            (1, 3, Some(-67)),
            (2, 3, Some(-33)),
            (100, 100, Some(0)),
        ];
        for (now, before, expected) in table {
            assert_eq!(change(now, before), expected, "{now} after {before}");
        }
        assert_eq!((share(1, 3), share(2, 3), share(0, 5), share(0, 0)), (Some(33), Some(67), Some(0), None));
    }

    proptest! {
        #[test]
        fn at_least_that_share_is_at_or_below_a_percentile(values in proptest::collection::vec(0_i64..1_000, 1..300)) {
            let summary = of(values.clone());
            let median = summary.median.expect("there are values").0;
            let share_of = |bound: i64| values.iter().filter(|value| **value <= bound).count() * 100;
            let below = |bound: i64| values.iter().filter(|value| **value < bound).count() * 100;
            prop_assert!(share_of(median) >= values.len() * 50 && below(median) < values.len() * 50);
            prop_assert!(values.contains(&median));
            if let Some(Span(p90)) = summary.p90 {
                prop_assert!(share_of(p90) >= values.len() * 90 && below(p90) < values.len() * 90);
            }
        }
    }

    #[test]
    fn a_share_is_rounded_to_the_nearest_percent() {
        assert_eq!((share(1, 6), share(2, 3), share(1, 3), share(1, 200)), (Some(17), Some(67), Some(33), Some(1)));
        assert_eq!((share(0, 5), share(5, 5), share(1, 0)), (Some(0), Some(100), None));
    }
}
