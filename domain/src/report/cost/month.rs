//! The months of a cost report, in the tenant's zone.

use std::{fmt, str::FromStr};

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{calendar::start_of, time::Timestamp, variant_names::UnknownName};

/// A month of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CostMonth {
    year: i16,
    /// From 1 to 12.
    month: i8,
}

const NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl CostMonth {
    /// The month that it is in a zone.
    pub fn at(now: Timestamp, zone: &TimeZone) -> Self {
        let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
        let date = zone.to_datetime(at).date();
        Self { year: date.year(), month: date.month() }
    }

    /// From the first instant of the month to that of the next one, which is no part of it.
    pub fn bounds(self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        (self.start(zone), self.after().start(zone))
    }

    /// A month that jiff cannot place in time is after everything.
    fn start(self, zone: &TimeZone) -> Timestamp {
        Date::new(self.year, self.month, 1).map_or(Timestamp(i64::MAX), |date| start_of(zone, date))
    }

    #[must_use]
    pub const fn before(self) -> Self {
        match self.month {
            1 => Self { year: self.year - 1, month: 12 },
            month => Self { year: self.year, month: month - 1 },
        }
    }

    #[must_use]
    pub const fn after(self) -> Self {
        match self.month {
            12 => Self { year: self.year + 1, month: 1 },
            month => Self { year: self.year, month: month + 1 },
        }
    }

    /// The month that an address asks for. One that is none or has not begun is the current one, and a note says so.
    pub fn readable(asked: Option<&str>, current: Self, notes: &mut Vec<String>) -> Self {
        let Some(asked) = asked.filter(|text| !text.is_empty()) else { return current };
        match asked.parse::<Self>() {
            Ok(month) if month <= current => return month,
            Ok(month) => notes.push(format!("{month} hasn't begun yet. Showing {current}.")),
            Err(_) => notes.push(format!("The month in this link isn't one. Showing {current}.")),
        }
        current
    }

    /// `2026-03`, as addresses have it.
    pub fn key(self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }
}

/// `March 2026`.
impl fmt::Display for CostMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = usize::from(self.month.unsigned_abs()).saturating_sub(1);
        write!(f, "{} {}", NAMES[at % NAMES.len()], self.year)
    }
}

/// Reads `2026-03`. There was no Handoff before this century.
impl FromStr for CostMonth {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let parse = || {
            let (year, month) = text.split_once('-')?;
            let (year, month): (i16, i8) = (year.parse().ok()?, month.parse().ok()?);
            let fits = (2000..3000).contains(&year) && (1..=12).contains(&month);
            fits.then_some(Self { year, month })
        };
        parse().ok_or_else(|| UnknownName(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> CostMonth {
        text.parse().expect("a month")
    }

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("a moment").as_millisecond())
    }

    #[test]
    fn a_month_begins_in_the_tenants_zone() {
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let bounds = (at("2026-02-28T23:00:00Z"), at("2026-03-31T22:00:00Z"));
        assert_eq!(month("2026-03").bounds(&berlin), bounds);
        assert_eq!(CostMonth::at(bounds.0, &berlin), month("2026-03"));
        assert_eq!(CostMonth::at(bounds.1, &berlin), month("2026-04"));
        assert_eq!(CostMonth::at(bounds.0, &TimeZone::UTC), month("2026-02"));
    }

    #[test]
    fn months_follow_each_other_over_the_year() {
        assert_eq!((month("2026-12").after(), month("2026-01").before()), (month("2027-01"), month("2025-12")));
        assert_eq!((month("2026-03").after(), month("2026-03").before()), (month("2026-04"), month("2026-02")));
        assert!(month("2026-12") < month("2027-01"));
    }

    #[test]
    fn what_is_no_month_is_not_read() {
        assert_eq!((month("2026-03").key(), month("2026-3").to_string()), ("2026-03".into(), "March 2026".into()));
        for text in ["", "2026", "2026-13", "2026-00", "1999-01", "3000-01", "march", "2026-03-01", "-2026-03"] {
            assert!(text.parse::<CostMonth>().is_err(), "{text}");
        }
    }
}
