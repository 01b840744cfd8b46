//! How often something may be tried: a number of attempts at once, then one after each pause.
//!
//! What was used is one time, so that a counter of each person and network costs little. Attempts that turn out to be
//! fine are given back: only failures count.

use crate::time::{Span, Timestamp};

/// How often something may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// At least 1.
    pub at_once: i64,
    /// After which one more attempt is allowed.
    pub pause: Span,
}

/// What was used of an allowance, as the time at which all of it is available again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used(Timestamp);

impl Used {
    /// Whether the whole allowance is available, so that this need not be remembered.
    pub fn is_nothing(self, now: Timestamp) -> bool {
        self.0 <= now
    }
}

impl Allowance {
    /// How long the next attempt has to wait; `None` if it is allowed now.
    pub fn wait(self, used: Used, now: Timestamp) -> Option<Span> {
        let most = self.pause.0.saturating_mul(self.at_once - 1);
        let left = used.0.since(now).0 - most;
        (left > 0).then_some(Span(left))
    }

    #[must_use]
    pub fn after_attempt(self, used: Used, now: Timestamp) -> Used {
        Used(used.0.max(now).plus(self.pause))
    }

    /// As if the last attempt had not been made.
    #[must_use]
    pub fn given_back(self, used: Used) -> Used {
        Used(used.0.minus(self.pause))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEN: Allowance = Allowance { at_once: 10, pause: Span::seconds(6) };
    const NOW: Timestamp = Timestamp(1_000_000);

    fn after(attempts: usize) -> Used {
        (0..attempts).fold(Used::default(), |used, _| TEN.after_attempt(used, NOW))
    }

    #[test]
    fn the_eleventh_attempt_waits_for_a_pause() {
        for attempts in 0..10 {
            assert_eq!(TEN.wait(after(attempts), NOW), None, "{attempts}");
        }
        assert_eq!(TEN.wait(after(10), NOW), Some(Span::seconds(6)));
        assert_eq!(TEN.wait(after(10), NOW.plus(Span::seconds(6))), None);
        assert_eq!(TEN.wait(after(12), NOW), Some(Span::seconds(18)));
    }

    #[test]
    fn after_all_pauses_nothing_is_remembered() {
        let used = after(10);
        assert!(!used.is_nothing(NOW.plus(Span::seconds(59))));
        assert!(used.is_nothing(NOW.plus(Span::seconds(60))));
        assert!(Used::default().is_nothing(NOW));
    }

    #[test]
    fn an_attempt_that_is_given_back_does_not_count() {
        let used = TEN.given_back(after(10));
        assert_eq!(TEN.wait(used, NOW), None);
        assert_eq!(TEN.wait(TEN.after_attempt(used, NOW), NOW), Some(Span::seconds(6)));
    }

    proptest! {
        /// However attempts are spread, no more pass than the allowance and the pauses since the first.
        #[test]
        fn no_more_attempts_pass_than_are_allowed(gaps in proptest::collection::vec(0..20_000_i64, 1..200)) {
            let (mut used, mut now, mut passed) = (Used::default(), NOW, 0_i64);
            for gap in gaps {
                now = now.plus(Span(gap));
                if TEN.wait(used, now).is_none() {
                    used = TEN.after_attempt(used, now);
                    passed += 1;
                }
            }
            prop_assert!(passed <= TEN.at_once + now.since(NOW).0 / TEN.pause.0);
        }
    }
}
