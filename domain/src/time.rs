//! Times as epoch milliseconds. The current time is always passed in.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// From Meta's Unix timestamps in seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    pub const fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    pub const fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// The duration since `earlier`; never negative, because clocks of different machines differ.
    pub const fn since(self, earlier: Timestamp) -> Span {
        let gap = self.0.saturating_sub(earlier.0);
        Span(if gap < 0 { 0 } else { gap })
    }
}

/// A duration in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Span {
    pub const fn millis(self) -> i64 {
        self.0
    }
    pub const fn of_millis(millis: i64) -> Self {
        Self(millis)
    }
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1_000)
    }
    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes * 60)
    }
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours * 60)
    }
    pub const fn days(days: i64) -> Self {
        Self::hours(days * 24)
    }

    /// `4:05`, or `1:04:05` from one hour on; used for waiting clocks.
    pub fn clock(self) -> String {
        let total = self.0.max(0) / 1_000;
        let (hours, minutes, seconds) = (total / 3_600, total / 60 % 60, total % 60);
        if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
    }

    /// `420 ms`, `1.2 s`, `1:05`; used for the duration of a call.
    pub fn brief(self) -> String {
        match self.0.max(0) {
            millis @ 0..=999 => format!("{millis} ms"),
            millis @ 1_000..=59_999 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
            _ => self.clock(),
        }
    }

    /// `23 h`, `38 min`, `< 1 min`; a remaining time in its largest unit.
    pub fn approximate(self) -> String {
        let minutes = self.0.max(0) / 60_000;
        match minutes {
            0 => "< 1 min".to_owned(),
            1..=59 => format!("{minutes} min"),
            60..=2_879 => format!("{} h", minutes / 60),
            _ => format!("{} d", minutes / 1_440),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiting_clock_reads_like_a_clock() {
        assert_eq!(Span::seconds(5).clock(), "0:05");
        assert_eq!(Span::seconds(842).clock(), "14:02");
        assert_eq!(Span::seconds(3_845).clock(), "1:04:05");
    }

    #[test]
    fn a_duration_is_never_negative() {
        assert_eq!(Timestamp(5).since(Timestamp(9)), Span(0));
    }

    #[test]
    fn a_remaining_time_is_shown_in_its_largest_unit() {
        assert_eq!(Span::minutes(38).approximate(), "38 min");
        assert_eq!(Span::minutes(1_392).approximate(), "23 h");
        assert_eq!(Span::seconds(20).approximate(), "< 1 min");
    }

    #[test]
    fn a_call_is_measured_as_finely_as_it_matters() {
        assert_eq!(Span(420).brief(), "420 ms");
        assert_eq!(Span(1_250).brief(), "1.2 s");
        assert_eq!(Span::seconds(65).brief(), "1:05");
    }

    #[test]
    fn a_clock_counts_hours_from_sixty_minutes_on() {
        assert_eq!(Span::seconds(3_599).clock(), "59:59");
        assert_eq!(Span::seconds(3_600).clock(), "1:00:00");
        assert_eq!((Span(-1).clock(), Span(999).clock()), ("0:00".into(), "0:00".into()));
    }

    #[test]
    fn units_change_at_their_bounds() {
        let brief = [(-5, "0 ms"), (999, "999 ms"), (1_000, "1.0 s"), (59_999, "59.9 s"), (60_000, "1:00")];
        for (millis, expected) in brief {
            assert_eq!(Span(millis).brief(), expected);
        }
        let approximate = [
            (Span(-1), "< 1 min"),
            (Span(59_999), "< 1 min"),
            (Span::minutes(1), "1 min"),
            (Span::minutes(59), "59 min"),
            (Span::minutes(60), "1 h"),
            (Span::minutes(2_879), "47 h"),
            (Span::days(2), "2 d"),
        ];
        for (span, expected) in approximate {
            assert_eq!(span.approximate(), expected);
        }
    }

    #[test]
    fn times_and_durations_are_added_in_milliseconds() {
        let (at, span) = (Timestamp::from_seconds(5), Span::of_millis(1_500));
        assert_eq!((at.millis(), span.millis()), (5_000, 1_500));
        assert_eq!((at.plus(span), at.minus(span)), (Timestamp(6_500), Timestamp(3_500)));
        assert_eq!(at.plus(span).since(at), span);
        assert_eq!(at.since(at), Span(0));
        assert_eq!(Span::days(1).millis(), 86_400_000);
    }
}
