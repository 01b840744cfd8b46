//! The hours of a week by the tenant's clock: the cells of the heat map.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::time::{Span, Timestamp};

/// An hour of a weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WeekHour {
    /// 0 is Monday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
}

pub const WEEKDAYS: u8 = 7;
pub const HOURS: u8 = 24;
/// How many cells a week has.
pub const CELLS: usize = 7 * 24;

impl WeekHour {
    /// Of a time in a zone.
    pub fn of(zone: &TimeZone, at: Timestamp) -> Self {
        let local = zone.to_datetime(jiff::Timestamp::from_millisecond(at.0).unwrap_or_default());
        let weekday = local.weekday().to_monday_zero_offset().unsigned_abs();
        Self { weekday, hour: local.hour().unsigned_abs() }
    }

    /// Its place among the cells, Monday's first hour first.
    pub fn index(self) -> usize {
        usize::from(self.weekday) * usize::from(HOURS) + usize::from(self.hour)
    }

    /// All of them, in the order of [`Self::index`].
    pub fn all() -> impl Iterator<Item = Self> {
        (0..WEEKDAYS).flat_map(|weekday| (0..HOURS).map(move |hour| Self { weekday, hour }))
    }

    /// `1-09`, as addresses hold it: Monday is 1.
    pub fn value(self) -> String {
        format!("{}-{:02}", self.weekday + 1, self.hour)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (weekday, hour) = text.split_once('-')?;
        let weekday = weekday.parse::<u8>().ok()?.checked_sub(1).filter(|weekday| *weekday < WEEKDAYS)?;
        let hour = hour.parse::<u8>().ok().filter(|hour| *hour < HOURS)?;
        Some(Self { weekday, hour })
    }

    /// `Mon 09:00–10:00`.
    pub fn label(self) -> String {
        format!("{} {:02}:00–{:02}:00", day_name(self.weekday), self.hour, self.hour + 1)
    }
}

/// `Mon` for 0.
pub fn day_name(weekday: u8) -> &'static str {
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][usize::from(weekday) % 7]
}

/// Calls `part` with the pieces of an interval, each in one hour of the clock.
pub fn each_hour(zone: &TimeZone, from: Timestamp, to: Timestamp, mut part: impl FnMut(WeekHour, Timestamp, Span)) {
    let mut at = from;
    while at < to {
        let local = zone.to_datetime(jiff::Timestamp::from_millisecond(at.0).unwrap_or_default());
        let minutes = i64::from(local.minute()) * 60_000;
        let into = minutes + i64::from(local.second()) * 1_000 + i64::from(local.millisecond());
        // If the clocks change within the hour, the next piece begins where they show it.
        let next = at.plus(Span(3_600_000 - into)).min(to);
        part(WeekHour::of(zone, at), at, next.since(at));
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
    }

    fn parts(zone: &str, from: &str, to: &str) -> Vec<(String, i64)> {
        let zone = TimeZone::get(zone).expect("a zone");
        let mut parts = Vec::new();
        each_hour(&zone, at(from), at(to), |hour, _, span| parts.push((hour.value(), span.0 / 60_000)));
        parts
    }

    #[test]
    fn an_interval_is_cut_at_the_hours_of_the_clock() {
        let expected = [("1-09".to_owned(), 45), ("1-10".to_owned(), 60), ("1-11".to_owned(), 5)];
        assert_eq!(parts("UTC", "2026-03-02T09:15:00Z", "2026-03-02T11:05:00Z"), expected);
        // India's hours begin at the half hour of UTC.
        let expected = [("1-14".to_owned(), 15), ("1-15".to_owned(), 35)];
        assert_eq!(parts("Asia/Kolkata", "2026-03-02T09:15:00Z", "2026-03-02T10:05:00Z"), expected);
        assert_eq!(parts("UTC", "2026-03-02T09:15:00Z", "2026-03-02T09:15:00Z"), []);
    }

    #[test]
    fn the_hour_that_the_clocks_repeat_counts_twice() {
        let night = parts("Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z");
        assert_eq!(night, [("7-02".to_owned(), 60), ("7-02".to_owned(), 60), ("7-03".to_owned(), 60)]);
        let night = parts("Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z");
        assert_eq!(night, [("7-01".to_owned(), 60), ("7-03".to_owned(), 60)]);
    }

    #[test]
    fn every_cell_has_its_place_and_address() {
        let all: Vec<WeekHour> = WeekHour::all().collect();
        assert_eq!(all.len(), CELLS);
        for (place, hour) in all.into_iter().enumerate() {
            assert_eq!((hour.index(), WeekHour::parse(&hour.value())), (place, Some(hour)));
        }
        for text in ["0-09", "8-09", "1-24", "1", "x-y", ""] {
            assert_eq!(WeekHour::parse(text), None, "{text}");
        }
        assert_eq!(WeekHour { weekday: 6, hour: 23 }.label(), "Sun 23:00–24:00");
    }
}
