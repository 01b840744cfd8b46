//! The server's time in the page. All times that are shown or compared come from the server, and the clock of the
//! person's computer may be wrong by any amount, or be set while the page is open.
//!
//! Each time that the server sends is noted together with the browser's monotonic clock, which counts from the opening
//! of the page and which nobody can set. Between these moments the monotonic clock advances the server's time.

use std::collections::VecDeque;

use crate::domain::time::{Span, Timestamp};

/// How many of the newest measurements count. With a heartbeat every 15 seconds they cover two minutes.
const KEPT: usize = 8;
/// A difference between the two clocks of the computer that no slow timer and no adjustment causes.
const JUMP: Span = Span::seconds(10);

/// Maps the browser's monotonic clock to the server's time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerClock {
    /// The server's time when the page was opened, as each measurement tells it; the newest one last.
    openings: VecDeque<Timestamp>,
    /// What the computer's clock said when the page was opened, as it tells now.
    computer: Option<Timestamp>,
}

impl ServerClock {
    /// Notes that the server's time `at` arrived when the monotonic clock stood at `monotonic`.
    pub fn measure(&mut self, at: Timestamp, monotonic: Span) {
        // An older server sends no time.
        if at == Timestamp::default() {
            return;
        }
        if self.openings.len() == KEPT {
            self.openings.pop_front();
        }
        self.openings.push_back(at.minus(monotonic));
    }

    /// The server's time now. `None` before the first measurement.
    pub fn now(&self, monotonic: Span) -> Option<Timestamp> {
        // A time is never from the future: it only arrives late, by the latency, or by hours if the page was suspended
        // meanwhile. So the largest measurement is the closest one. The monotonic clock may stand still while the
        // computer sleeps, after which the next measurement is larger than all before. A server whose clock was put back
        // is followed once the older measurements are gone.
        self.openings.iter().max().map(|opening| opening.plus(monotonic))
    }

    /// Whether the computer's clock moved against the monotonic one since the last call: the computer slept, or its
    /// clock was set. After a sleep the server's time is unknown until it is measured again.
    pub fn has_jumped(&mut self, computer: Timestamp, monotonic: Span) -> bool {
        let opening = computer.minus(monotonic);
        let before = self.computer.replace(opening);
        before.is_some_and(|before| opening.since(before).max(before.since(opening)) > JUMP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noon at the server when the page was opened.
    const NOON: Timestamp = Timestamp(1_772_452_800_000);

    fn at(seconds: i64) -> (Timestamp, Span) {
        (NOON.plus(Span::seconds(seconds)), Span::seconds(seconds))
    }

    fn measured(measurements: &[(Timestamp, Span)]) -> ServerClock {
        let mut clock = ServerClock::default();
        for (at, monotonic) in measurements {
            clock.measure(*at, *monotonic);
        }
        clock
    }

    #[test]
    fn the_monotonic_clock_advances_the_servers_time() {
        assert_eq!(ServerClock::default().now(Span::seconds(5)), None);
        let clock = measured(&[at(1)]);
        assert_eq!(clock.now(Span::seconds(1)), Some(NOON.plus(Span::seconds(1))));
        assert_eq!(clock.now(Span::minutes(10)), Some(NOON.plus(Span::minutes(10))));
        assert_eq!(measured(&[at(1), (Timestamp(0), Span::seconds(2))]), clock, "no time of an older server");
    }

    #[test]
    fn a_time_that_arrives_late_does_not_put_the_clock_back() {
        let (sent, arrived) = (NOON.plus(Span::seconds(15)), Span::seconds(75));
        let clock = measured(&[at(1), (sent, arrived)]);
        assert_eq!(clock.now(arrived), Some(NOON.plus(arrived)));
    }

    #[test]
    fn a_later_time_with_less_latency_is_closer() {
        // given a document that took three seconds to load
        let document = (NOON, Span::seconds(3));
        assert_eq!(measured(&[document]).now(Span::seconds(3)), Some(NOON));
        // when a heartbeat arrives
        let clock = measured(&[document, at(4)]);
        // then the clock follows it
        assert_eq!(clock.now(Span::seconds(4)), Some(NOON.plus(Span::seconds(4))));
    }

    #[test]
    fn the_first_time_after_a_sleep_corrects_the_clock() {
        // given a monotonic clock that stood still for eight hours
        let awake = (NOON.plus(Span::hours(8)), Span::seconds(20));
        let clock = measured(&[at(1), at(16), awake]);
        assert_eq!(clock.now(Span::seconds(21)), Some(NOON.plus(Span::hours(8)).plus(Span::seconds(1))));
    }

    #[test]
    fn a_server_whose_clock_was_put_back_is_followed_within_two_minutes() {
        let mut clock = measured(&[at(1)]);
        let heartbeats = (1..=KEPT).filter_map(|n| i64::try_from(n).ok()).map(|n| at(15 * n));
        for (sent, arrived) in heartbeats {
            clock.measure(sent.minus(Span::minutes(5)), arrived);
        }
        assert_eq!(clock.now(Span::seconds(120)), Some(NOON.plus(Span::minutes(2)).minus(Span::minutes(5))));
    }

    #[test]
    fn a_computer_whose_clock_is_wrong_or_slow_has_not_jumped() {
        for offset in [Span::hours(25), Span::minutes(6), Span::hours(-2)] {
            let mut clock = measured(&[at(1)]);
            let said = |seconds| NOON.plus(offset).plus(Span::seconds(seconds));
            assert!(!clock.has_jumped(said(1), Span::seconds(1)), "{offset:?}");
            // A timer that was held back for minutes.
            assert!(!clock.has_jumped(said(300), Span::seconds(300)), "{offset:?}");
            assert_eq!(clock.now(Span::seconds(300)), Some(NOON.plus(Span::minutes(5))), "{offset:?}");
        }
    }

    #[test]
    fn a_sleep_and_a_clock_that_is_set_are_noticed_once() {
        for jump in [Span::hours(8), Span::hours(-2), Span::minutes(6)] {
            let mut clock = measured(&[at(1)]);
            assert!(!clock.has_jumped(NOON, Span(0)));
            let said = |seconds| NOON.plus(jump).plus(Span::seconds(seconds));
            assert!(clock.has_jumped(said(2), Span::seconds(2)), "{jump:?}");
            assert!(!clock.has_jumped(said(3), Span::seconds(3)), "{jump:?}");
        }
    }
}
