//! Weekdays, and the hours of a week by the clock of a zone: the cells of heat maps and the slots of rosters.

use std::fmt;

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::WEEKDAYS,
    time::{Span, Timestamp},
    variant_names::variant_names,
};

/// Hours of a day.
pub const HOURS: u8 = 24;
/// Hours of a week.
pub const CELLS: usize = 7 * 24;

/// A day of the week, Monday first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Weekday {
    #[serde(rename = "mon")]
    Monday,
    #[serde(rename = "tue")]
    Tuesday,
    #[serde(rename = "wed")]
    Wednesday,
    #[serde(rename = "thu")]
    Thursday,
    #[serde(rename = "fri")]
    Friday,
    #[serde(rename = "sat")]
    Saturday,
    #[serde(rename = "sun")]
    Sunday,
}

// The names in addresses.
variant_names!(Weekday {
    Monday => "mon",
    Tuesday => "tue",
    Wednesday => "wed",
    Thursday => "thu",
    Friday => "fri",
    Saturday => "sat",
    Sunday => "sun",
});

impl Weekday {
    pub fn of(date: Date) -> Self {
        let offset = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        Self::ALL[offset % 7]
    }

    /// 0 for Monday.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The day after it; Monday after Sunday.
    #[must_use]
    pub const fn following(self) -> Self {
        Self::ALL[(self.index() + 1) % 7]
    }

    /// `Mon`.
    pub fn short(self) -> &'static str {
        WEEKDAYS[self.index()].get(..3).unwrap_or_default()
    }
}

/// `Monday`.
impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(WEEKDAYS[self.index()])
    }
}

/// An hour of a weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WeekHour {
    pub weekday: Weekday,
    /// 0 to 23.
    pub hour: u8,
}

impl WeekHour {
    /// Of a time in a zone.
    pub fn of(zone: &TimeZone, at: Timestamp) -> Self {
        let local = zone.to_datetime(jiff::Timestamp::from_millisecond(at.0).unwrap_or_default());
        Self { weekday: Weekday::of(local.date()), hour: local.hour().unsigned_abs() }
    }

    /// Its place among the hours, Monday's first one first.
    pub fn index(self) -> usize {
        self.weekday.index() * usize::from(HOURS) + usize::from(self.hour)
    }

    /// All of them, in the order of [`Self::index`].
    pub fn all() -> impl Iterator<Item = Self> {
        Weekday::ALL.into_iter().flat_map(|weekday| (0..HOURS).map(move |hour| Self { weekday, hour }))
    }

    /// `1-09`, as addresses hold it: Monday is 1.
    pub fn value(self) -> String {
        format!("{}-{:02}", self.weekday.index() + 1, self.hour)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (weekday, hour) = text.split_once('-')?;
        let weekday = *Weekday::ALL.get(weekday.parse::<usize>().ok()?.checked_sub(1)?)?;
        let hour = hour.parse::<u8>().ok().filter(|hour| *hour < HOURS)?;
        Some(Self { weekday, hour })
    }

    /// `Mon 09:00–10:00`.
    pub fn label(self) -> String {
        format!("{} {:02}:00–{:02}:00", self.weekday.short(), self.hour, self.hour + 1)
    }
}

/// The date at `at`; `None` for a time that no calendar holds.
pub fn date_at(zone: &TimeZone, at: Timestamp) -> Option<Date> {
    Some(zone.to_datetime(jiff::Timestamp::from_millisecond(at.millis()).ok()?).date())
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
    fn days_follow_each_other_in_a_circle() {
        let names: Vec<String> = Weekday::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(names, WEEKDAYS);
        assert_eq!((Weekday::Monday.following(), Weekday::Sunday.following()), (Weekday::Tuesday, Weekday::Monday));
        assert_eq!(Weekday::of(jiff::civil::date(2026, 3, 2)), Weekday::Monday);
        assert_eq!(Weekday::of(jiff::civil::date(2026, 3, 8)), Weekday::Sunday);
        assert_eq!([Weekday::Monday, Weekday::Thursday].map(Weekday::short), ["Mon", "Thu"]);
    }

    #[test]
    fn the_hour_is_that_of_the_wall_clock() {
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let hour = |text: &str| WeekHour::of(&berlin, at(text));
        assert_eq!(hour("2026-03-01T22:59:59Z"), WeekHour { weekday: Weekday::Sunday, hour: 23 });
        assert_eq!(hour("2026-03-01T23:00:00Z"), WeekHour { weekday: Weekday::Monday, hour: 0 });
        // Summer.
        assert_eq!(hour("2026-06-01T07:00:00Z"), WeekHour { weekday: Weekday::Monday, hour: 9 });
        assert_eq!(date_at(&berlin, at("2026-03-01T23:00:00Z")), Some(jiff::civil::date(2026, 3, 2)));
        assert_eq!(date_at(&berlin, Timestamp(i64::MAX)), None);
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
    fn every_hour_has_its_place_and_address() {
        let all: Vec<WeekHour> = WeekHour::all().collect();
        assert_eq!(all.len(), CELLS);
        for (place, hour) in all.into_iter().enumerate() {
            assert_eq!((hour.index(), WeekHour::parse(&hour.value())), (place, Some(hour)));
        }
        for text in ["0-09", "8-09", "1-24", "1", "x-y", ""] {
            assert_eq!(WeekHour::parse(text), None, "{text}");
        }
        assert_eq!(WeekHour { weekday: Weekday::Sunday, hour: 23 }.label(), "Sun 23:00–24:00");
    }

    #[test]
    fn the_first_piece_ends_with_its_hour_to_the_millisecond() {
        let mut pieces = Vec::new();
        let (from, to) = (at("2026-03-02T10:20:30.250Z"), at("2026-03-02T12:00:00Z"));
        each_hour(&TimeZone::UTC, from, to, |_, begin, span| pieces.push((begin, span)));
        let eleven = at("2026-03-02T11:00:00Z");
        assert_eq!(pieces, [(from, eleven.since(from)), (eleven, Span::hours(1))]);
    }
}
