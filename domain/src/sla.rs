//! Waits compared with the tenant's target: the level of a running wait, and the result of a finished one.

use serde::{Deserialize, Serialize};

use super::time::{Span, Timestamp};

/// The level of a wait relative to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    Calm,
    /// From half of the target on.
    Due,
    /// Past the target. A breach is permanent.
    Breached,
}

/// A running or finished wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub since: Timestamp,
    /// The time of a person's first reply, or of the handoff's end without one. The wait ends here.
    pub until: Option<Timestamp>,
    /// Whether `until` is a reply.
    #[serde(default)]
    pub answered: bool,
    pub target: Span,
}

impl Wait {
    pub fn length(&self, now: Timestamp) -> Span {
        self.until.unwrap_or(now).since(self.since)
    }

    pub fn level(&self, now: Timestamp) -> Level {
        let length = self.length(now);
        if length > self.target {
            Level::Breached
        } else if length.0 * 2 >= self.target.0 {
            Level::Due
        } else {
            Level::Calm
        }
    }

    /// `2:08` while within the target, `1:12 overdue` past it, `Answered in 14:02, 9:02 late` when finished.
    pub fn label(&self, now: Timestamp) -> String {
        let length = self.length(now);
        let beyond = Span(length.0 - self.target.0).clock();
        let outcome = if self.answered { "Answered" } else { "No reply" };
        match (self.until, self.level(now)) {
            (Some(_), Level::Breached) => format!("{outcome} in {}, {beyond} late", length.clock()),
            (Some(_), _) => format!("{outcome} in {}", length.clock()),
            (None, Level::Breached) => format!("{beyond} overdue"),
            (None, _) => length.clock(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(until: Option<i64>) -> Wait {
        Wait { since: Timestamp(0), until: until.map(Timestamp), answered: until.is_some(), target: Span::minutes(5) }
    }

    #[test]
    fn it_turns_amber_at_half_and_red_past_the_target() {
        let wait = wait(None);
        assert_eq!(wait.level(Timestamp(149_999)), Level::Calm);
        assert_eq!(wait.level(Timestamp(150_000)), Level::Due);
        assert_eq!(wait.level(Timestamp(300_000)), Level::Due);
        assert_eq!(wait.level(Timestamp(300_001)), Level::Breached);
    }

    #[test]
    fn a_wait_that_is_over_says_whether_anybody_answered() {
        let answered = wait(Some(40_000));
        assert_eq!(answered.label(Timestamp(0)), "Answered in 0:40");
        assert_eq!(Wait { answered: false, ..answered }.label(Timestamp(0)), "No reply in 0:40");
    }

    #[test]
    fn it_counts_up_to_the_target_and_then_from_it() {
        let wait = wait(None);
        assert_eq!(wait.label(Timestamp(128_000)), "2:08");
        assert_eq!(wait.label(Timestamp(372_000)), "1:12 overdue");
    }

    #[test]
    fn a_reply_stops_the_clock_and_keeps_the_result() {
        let wait = wait(Some(842_000));
        let much_later = Timestamp(9_000_000);
        assert_eq!(wait.label(much_later), "Answered in 14:02, 9:02 late");
        assert_eq!(wait.level(much_later), Level::Breached);
    }

    #[test]
    fn a_reply_at_the_target_is_in_time() {
        assert_eq!(wait(Some(300_000)).label(Timestamp(0)), "Answered in 5:00");
        assert_eq!(wait(Some(301_000)).label(Timestamp(0)), "Answered in 5:01, 0:01 late");
        assert_eq!(wait(None).label(Timestamp(300_000)), "5:00");
        assert_eq!(wait(None).label(Timestamp(301_000)), "0:01 overdue");
    }

    #[test]
    fn the_length_of_a_wait_starts_at_the_request() {
        let running = Wait { since: Timestamp(40_000), ..wait(None) };
        assert_eq!(running.length(Timestamp(100_000)), Span(60_000));
        let finished = Wait { until: Some(Timestamp(70_000)), ..running };
        assert_eq!(finished.length(Timestamp(100_000)), Span(30_000));
    }
}
