//! Digits at the bar that ends a conversation: each picks an outcome, unless it begins a sentence or stands in one.
//!
//! A digit waits for a moment. If another character follows, both are a reply ("24 hours"), and nothing is picked.
//! Timers and elements do not belong here. Times are the events' own, in milliseconds of their `timeStamp`.

use std::time::Duration;

use crate::domain::ids::OutcomeId;

/// How long a digit waits for the rest of a sentence.
pub const DIGIT_WAIT: Duration = Duration::from_millis(400);

/// How long a character makes a digit part of its sentence, in milliseconds.
const MEMORY: f64 = 2_000.0;

/// A digit that waits.
#[derive(Clone, Debug, PartialEq)]
struct HeldDigit {
    digit: String,
    outcome: OutcomeId,
    at: f64,
}

/// What a character at the bar means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedAtBar {
    /// The digit waits. It is not text yet.
    Waits,
    /// It is text, after the digit that waited, if there was one.
    Text(Option<String>),
}

/// The state, from one key to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DigitPick {
    held: Option<HeldDigit>,
    /// The last character that was text.
    typed_at: Option<f64>,
}

impl DigitPick {
    pub fn is_waiting(&self) -> bool {
        self.held.is_some()
    }

    /// A character was typed. `picks` are the outcomes of the digits from 1 on.
    pub fn typed(&mut self, key: &str, at: f64, picks: &[OutcomeId]) -> TypedAtBar {
        let held = self.held.take();
        let is_mid_sentence = held.is_some() || self.typed_at.is_some_and(|then| at - then < MEMORY);
        match picked(key, picks).filter(|_| !is_mid_sentence) {
            Some(outcome) => {
                self.held = Some(HeldDigit { digit: key.to_owned(), outcome, at });
                TypedAtBar::Waits
            }
            None => {
                self.typed_at = Some(at);
                TypedAtBar::Text(held.map(|held| held.digit))
            }
        }
    }

    /// The digit that waits is forgotten: the focus moved, or another key was pressed.
    pub fn forget(&mut self) {
        self.held = None;
    }

    /// The outcome of the digit that has waited long enough at `now`.
    pub fn take_due(&mut self, now: f64) -> Option<OutcomeId> {
        self.held.take_if(|held| now >= due_at(held.at)).map(|held| held.outcome)
    }
}

/// When a digit that was typed at `at` picks its outcome.
pub fn due_at(at: f64) -> f64 {
    at + DIGIT_WAIT.as_secs_f64() * 1_000.0
}

fn picked(key: &str, picks: &[OutcomeId]) -> Option<OutcomeId> {
    let at = key.parse::<usize>().ok()?.checked_sub(1)?;
    picks.get(at).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picks() -> Vec<OutcomeId> {
        ["otc_1", "otc_2"].map(Into::into).to_vec()
    }

    fn after(key: &str, at: f64) -> DigitPick {
        let mut digits = DigitPick::default();
        digits.typed(key, at, &picks());
        digits
    }

    #[test]
    fn a_digit_picks_the_outcome_at_its_place_after_a_moment() {
        for (key, outcome) in [("1", "otc_1"), ("2", "otc_2")] {
            let mut digits = DigitPick::default();
            assert_eq!(digits.typed(key, 1_000.7, &picks()), TypedAtBar::Waits);
            assert_eq!(digits.take_due(1_400.0), None);
            assert_eq!(digits.take_due(due_at(1_000.7)), Some(outcome.into()));
            assert_eq!(digits.take_due(9_000.0), None, "once");
        }
    }

    #[test]
    fn what_has_no_outcome_is_text() {
        for key in ["0", "3", "a", "٢", "Dead", "Process"] {
            let mut digits = DigitPick::default();
            assert_eq!(digits.typed(key, 0.0, &picks()), TypedAtBar::Text(None), "{key}");
            assert_eq!(digits.take_due(9_000.0), None, "{key}");
        }
    }

    #[test]
    fn a_digit_that_begins_a_sentence_is_its_first_character() {
        for next in ["4", "2", " ", "x", "º", "Dead", "Process"] {
            let mut digits = after("2", 0.0);
            assert_eq!(digits.typed(next, 390.0, &picks()), TypedAtBar::Text(Some("2".to_owned())), "{next}");
            assert!(!digits.is_waiting());
            assert_eq!(digits.take_due(9_000.0), None, "{next}");
        }
    }

    #[test]
    fn a_digit_within_a_sentence_is_text() {
        let mut digits = after("x", 0.0);
        assert_eq!(digits.typed("1", 1_999.0, &picks()), TypedAtBar::Text(None));
        // A sentence is over after a pause.
        assert_eq!(digits.typed("1", 3_999.0, &picks()), TypedAtBar::Waits);
    }

    #[test]
    fn a_forgotten_digit_picks_nothing() {
        let mut digits = after("1", 0.0);
        digits.forget();
        assert_eq!(digits.take_due(9_000.0), None);
        // A timer of an earlier digit does not shorten the wait of a later one.
        assert_eq!(digits.typed("2", 300.0, &picks()), TypedAtBar::Waits);
        assert_eq!(digits.take_due(due_at(0.0)), None);
        assert_eq!(digits.take_due(due_at(300.0)), Some("otc_2".into()));
    }
}
