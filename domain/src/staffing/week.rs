//! Weekdays, and the hours of a week in a zone.

use std::fmt;

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{calendar::WEEKDAYS, time::Timestamp, variant_names::variant_names};

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
}

/// `Monday`.
impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(WEEKDAYS[self.index()])
    }
}

/// An hour of the week by the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HourOfWeek {
    pub weekday: Weekday,
    /// 0 to 23.
    pub hour: u8,
}

impl HourOfWeek {
    /// The hour at `at`; `None` for a time that no calendar holds.
    pub fn at(zone: &TimeZone, at: Timestamp) -> Option<Self> {
        let local = zone.to_datetime(jiff::Timestamp::from_millisecond(at.millis()).ok()?);
        Some(Self { weekday: Weekday::of(local.date()), hour: local.hour().unsigned_abs() })
    }
}

/// The date at `at`; `None` for a time that no calendar holds.
pub fn date_at(zone: &TimeZone, at: Timestamp) -> Option<Date> {
    Some(zone.to_datetime(jiff::Timestamp::from_millisecond(at.millis()).ok()?).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_each_other_in_a_circle() {
        let names: Vec<String> = Weekday::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(names, WEEKDAYS);
        assert_eq!((Weekday::Monday.following(), Weekday::Sunday.following()), (Weekday::Tuesday, Weekday::Monday));
        assert_eq!(Weekday::of(jiff::civil::date(2026, 3, 2)), Weekday::Monday);
        assert_eq!(Weekday::of(jiff::civil::date(2026, 3, 8)), Weekday::Sunday);
    }

    #[test]
    fn the_hour_is_that_of_the_wall_clock() {
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let hour = |text: &str| {
            let at = text.parse::<jiff::Timestamp>().expect("a time").as_millisecond();
            HourOfWeek::at(&berlin, Timestamp(at))
        };
        assert_eq!(hour("2026-03-01T22:59:59Z"), Some(HourOfWeek { weekday: Weekday::Sunday, hour: 23 }));
        assert_eq!(hour("2026-03-01T23:00:00Z"), Some(HourOfWeek { weekday: Weekday::Monday, hour: 0 }));
        // Summer.
        assert_eq!(hour("2026-06-01T07:00:00Z"), Some(HourOfWeek { weekday: Weekday::Monday, hour: 9 }));
        assert_eq!(HourOfWeek::at(&berlin, Timestamp(i64::MAX)), None);
        let late = "2026-03-01T23:00:00Z".parse::<jiff::Timestamp>().expect("a time").as_millisecond();
        assert_eq!(date_at(&berlin, Timestamp(late)), Some(jiff::civil::date(2026, 3, 2)));
        assert_eq!(date_at(&berlin, Timestamp(i64::MAX)), None);
    }
}
