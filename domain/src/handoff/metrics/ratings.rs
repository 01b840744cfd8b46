//! How customers rated handoffs: how many gave each score, and the average. Which ratings count in a report, and in which
//! period, is the caller's choice; how many were asked is counted beside them.

use serde::{Deserialize, Serialize};

use crate::rating::Score;

/// The scores of some ratings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RatingTally {
    /// How many gave each score, best first, as [`Score::ALL`].
    scores: [i64; Score::ALL.len()],
}

impl RatingTally {
    pub fn add(&mut self, score: Score) {
        for (of, count) in Score::ALL.into_iter().zip(&mut self.scores) {
            *count += i64::from(of == score);
        }
    }

    /// How many gave each score, best first.
    pub fn each(self) -> impl Iterator<Item = (Score, i64)> {
        Score::ALL.into_iter().zip(self.scores)
    }

    pub fn rated(self) -> i64 {
        self.scores.iter().sum()
    }

    /// In tenths: 30 if all gave the best score. `None` without ratings.
    pub fn average(self) -> Option<i64> {
        let rated = self.rated();
        let whole: i64 = self.each().map(|(score, count)| score.value() * count).sum();
        (rated > 0).then(|| (whole * 10 + rated / 2) / rated)
    }
}

impl FromIterator<Score> for RatingTally {
    fn from_iter<I: IntoIterator<Item = Score>>(scores: I) -> Self {
        let mut tally = Self::default();
        scores.into_iter().for_each(|score| tally.add(score));
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_is_rounded_to_tenths() {
        let [best, middle, worst] = Score::ALL;
        let average = |scores: &[Score]| scores.iter().copied().collect::<RatingTally>().average();
        assert_eq!((average(&[]), average(&[best]), average(&[worst])), (None, Some(30), Some(10)));
        assert_eq!((average(&[best, middle]), average(&[best, best, middle])), (Some(25), Some(27)));
        let tally: RatingTally = [worst, best, worst].into_iter().collect();
        assert_eq!(tally.each().collect::<Vec<_>>(), [(best, 1), (middle, 0), (worst, 2)]);
        assert_eq!((tally.rated(), serde_json::to_string(&tally).expect("is JSON").as_str()), (3, "[1,0,2]"));
    }
}
