//! How many values are how long: the bars of a distribution, with the target as one of their edges.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// The edges of the bars, in seconds. They grow, because a minute matters to those who wait for two and not to those who
/// wait for hours.
const EDGES: [i64; 14] = [0, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400];

/// The values from an edge to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DistributionBar {
    pub from: Span,
    /// Exclusive; `None` for the last bar.
    pub to: Option<Span>,
    pub n: i64,
}

impl DistributionBar {
    /// `under 0:30`, `0:30–1:00`, `24:00:00 or more`.
    pub fn label(&self) -> String {
        match (self.from, self.to) {
            (Span(0), Some(to)) => format!("under {}", to.clock()),
            (from, Some(to)) => format!("{}–{}", from.clock(), to.clock()),
            (from, None) => format!("{} or more", from.clock()),
        }
    }
}

/// The bars of ascending values, as far as the longest one reaches, and at least up to the target.
pub fn bars(values: &[Span], target: Span) -> Vec<DistributionBar> {
    let target = Span::seconds(target.0.div_euclid(1_000));
    let mut edges: Vec<Span> = EDGES.map(Span::seconds).into();
    if let Err(place) = edges.binary_search(&target) {
        edges.insert(place, target);
    }
    let longest = values.last().copied().unwrap_or_default();
    let count_below = |edge: Span| values.partition_point(|value| *value < edge);
    let mut bars = Vec::new();
    for (place, from) in edges.iter().copied().enumerate() {
        if from > longest && from > target {
            break;
        }
        let to = edges.get(place + 1).copied();
        let until = to.map_or(values.len(), count_below);
        let n = i64::try_from(until - count_below(from)).unwrap_or(i64::MAX);
        bars.push(DistributionBar { from, to, n });
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[i64], target: i64) -> Vec<(String, i64)> {
        let values: Vec<Span> = values.iter().copied().map(Span::seconds).collect();
        bars(&values, Span::seconds(target)).into_iter().map(|bar| (bar.label(), bar.n)).collect()
    }

    #[test]
    fn each_value_is_in_one_bar() {
        let expected =
            [("under 0:30", 1), ("0:30–1:00", 2), ("1:00–2:00", 0), ("2:00–3:00", 1)].map(|(it, n)| (it.to_owned(), n));
        assert_eq!(of(&[29, 30, 59, 120], 60), expected);
        let all: i64 = of(&[0, 1, 100, 1_000, 10_000, 100_000, 1_000_000], 300).into_iter().map(|(_, n)| n).sum();
        assert_eq!(all, 7);
        assert_eq!(of(&[90_000], 60).last(), Some(&("24:00:00 or more".to_owned(), 1)));
    }

    #[test]
    fn the_target_is_an_edge_that_is_always_there() {
        assert_eq!(of(&[10], 45).last(), Some(&("0:45–1:00".to_owned(), 0)));
        assert_eq!(of(&[], 60).len(), 3);
        let edges: Vec<Span> = bars(&[], Span::seconds(200)).into_iter().map(|bar| bar.from).collect();
        assert!(edges.contains(&Span::seconds(200)));
    }
}
