//! How customers rated handoffs. Which of them count in a report, and in which period, is the caller's choice: the cohort
//! is that of the questions, by the time when they were asked.

use crate::{rating::Score, report::facts::RatingFact};

/// Questions and answers of a cohort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RatingTally {
    /// Handoffs whose customers were asked. Of these, the rated ones are the response rate.
    pub asked: usize,
    /// How many gave each score, best first.
    pub scores: [usize; 3],
}

impl RatingTally {
    pub fn of<'a>(ratings: impl IntoIterator<Item = &'a RatingFact>) -> Self {
        let mut tally = Self::default();
        for fact in ratings {
            tally.asked += 1;
            for (score, count) in Score::ALL.into_iter().zip(&mut tally.scores) {
                *count += usize::from(fact.rated.is_some_and(|rated| rated.score == score));
            }
        }
        tally
    }

    /// Handoffs whose customers answered.
    pub fn rated(&self) -> usize {
        self.scores.iter().sum()
    }
}
