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
}
