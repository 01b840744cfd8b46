//! Periods of a report: days of the tenant's zone, and the period before with which a report is compared.
//!
//! A day lasts from its first instant to that of the next day, so it has 23 or 25 hours when the clocks change. While a
//! period is not over, the one before is counted up to the same time of day, or the comparison would always show a fall.

use std::fmt;

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{calendar::start_of, time::Timestamp, variant_names::variant_names};

/// The most days of one report.
pub const MOST_DAYS: i32 = 366;

/// A period that moves with the date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    Today,
    Yesterday,
    ThisWeek,
    #[serde(rename = "last_7_days")]
    Last7Days,
    #[serde(rename = "last_30_days")]
    Last30Days,
    ThisMonth,
    LastMonth,
}

// The names in addresses.
variant_names!(Preset {
    Today => "today",
    Yesterday => "yesterday",
    ThisWeek => "this_week",
    Last7Days => "last_7_days",
    Last30Days => "last_30_days",
    ThisMonth => "this_month",
    LastMonth => "last_month",
});

impl Preset {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Yesterday => "Yesterday",
            Self::ThisWeek => "This week",
            Self::Last7Days => "Last 7 days",
            Self::Last30Days => "Last 30 days",
            Self::ThisMonth => "This month",
            Self::LastMonth => "Last month",
        }
    }
}

/// What a report covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Preset(Preset),
    Days(DayRange),
}

impl Default for Period {
    fn default() -> Self {
        Self::Preset(Preset::Last7Days)
    }
}

/// Days in a row, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRange {
    pub from: Date,
    pub to: Date,
}

/// A half-open interval of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
}

impl Bounds {
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

impl Period {
    /// The days of the period on the date `today`. Those of a running week or month end today.
    pub fn days(self, today: Date) -> DayRange {
        match self {
            Self::Days(days) => days,
            Self::Preset(Preset::Today) => DayRange { from: today, to: today },
            Self::Preset(Preset::Yesterday) => DayRange { from: moved(today, -1), to: moved(today, -1) },
            Self::Preset(Preset::ThisWeek) => {
                let since_monday = i32::from(today.weekday().to_monday_zero_offset());
                DayRange { from: moved(today, -since_monday), to: today }
            }
            Self::Preset(Preset::Last7Days) => DayRange { from: moved(today, -6), to: today },
            Self::Preset(Preset::Last30Days) => DayRange { from: moved(today, -29), to: today },
            Self::Preset(Preset::ThisMonth) => DayRange { from: today.first_of_month(), to: today },
            Self::Preset(Preset::LastMonth) => month_before(today),
        }
    }

    /// The days with which the period is compared: the same part of the week or month before, otherwise as many days
    /// right before.
    pub fn days_before(self, today: Date) -> DayRange {
        let days = self.days(today);
        match self {
            Self::Preset(Preset::ThisWeek) => DayRange { from: moved(days.from, -7), to: moved(days.to, -7) },
            Self::Preset(Preset::ThisMonth) => {
                let whole = month_before(today);
                // The last month may be shorter.
                let to = moved(whole.from, i32::from(today.day()) - 1);
                DayRange { from: whole.from, to: to.min(whole.to) }
            }
            Self::Preset(Preset::LastMonth) => month_before(days.from),
            Self::Preset(Preset::Today | Preset::Yesterday | Preset::Last7Days | Preset::Last30Days)
            | Self::Days(_) => {
                let length = days.count();
                DayRange { from: moved(days.from, -length), to: moved(days.to, -length) }
            }
        }
    }

    /// The time of the period.
    pub fn bounds(self, zone: &TimeZone, now: Timestamp) -> Bounds {
        self.days(date_in(zone, now)).bounds(zone)
    }

    /// The time of the period before. It ends at this time of day while the period is not over.
    pub fn bounds_before(self, zone: &TimeZone, now: Timestamp) -> Bounds {
        let today = date_in(zone, now);
        let before = self.days_before(today);
        let whole = before.bounds(zone);
        if self.days(today).to < today {
            return whole;
        }
        let time = instant(now).map(|at| zone.to_datetime(at).time());
        let same = time.and_then(|time| zone.to_ambiguous_timestamp(before.to.to_datetime(time)).compatible().ok());
        let to = same.map_or(whole.to, |at| Timestamp(at.as_millisecond()));
        Bounds { to: to.min(whole.to), ..whole }
    }

    pub fn label(self) -> String {
        match self {
            Self::Preset(preset) => preset.label().to_owned(),
            Self::Days(days) => days.to_string(),
        }
    }
}

impl DayRange {
    /// How many days.
    pub fn count(self) -> i32 {
        // Both are dates of the calendar, whose days fit.
        let days = self.to.duration_since(self.from).as_hours() / 24;
        i32::try_from(days).unwrap_or(i32::MAX).saturating_add(1)
    }

    pub fn bounds(self, zone: &TimeZone) -> Bounds {
        Bounds { from: start_of(zone, self.from), to: start_of(zone, moved(self.to, 1)) }
    }

    /// Each of the days.
    pub fn each(self) -> impl Iterator<Item = Date> {
        (0..self.count()).map(move |days| moved(self.from, days))
    }
}

/// `2 Mar 2026`, or `27 Feb – 2 Mar 2026`.
impl fmt::Display for DayRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = *self;
        if from.year() != to.year() {
            return write!(f, "{} {} – {} {}", day(from), from.year(), day(to), to.year());
        }
        match from == to {
            true => write!(f, "{} {}", day(to), to.year()),
            false => write!(f, "{} – {} {}", day(from), day(to), to.year()),
        }
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn day(date: Date) -> String {
    let month = usize::from(date.month().unsigned_abs()).saturating_sub(1) % 12;
    format!("{} {}", date.day(), MONTHS[month])
}

/// `2026-03-02`, as addresses and date fields have it.
pub fn iso_date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// The date at `now` in a zone.
pub fn date_in(zone: &TimeZone, now: Timestamp) -> Date {
    zone.to_datetime(instant(now).unwrap_or_default()).date()
}

/// `2 Mar 2026, 10:07`: the calendar and clock of a zone.
pub fn moment_in(zone: &TimeZone, at: Timestamp) -> String {
    let local = zone.to_datetime(instant(at).unwrap_or_default());
    let day = DayRange { from: local.date(), to: local.date() };
    format!("{day}, {:02}:{:02}", local.hour(), local.minute())
}

/// The whole month before the one of `date`.
fn month_before(date: Date) -> DayRange {
    let to = moved(date.first_of_month(), -1);
    DayRange { from: to.first_of_month(), to }
}

/// So many days later; at the end of the calendar it stays there.
pub fn moved(date: Date, days: i32) -> Date {
    date.saturating_add(days.days())
}

fn instant(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(at.millis()).ok()
}

#[cfg(test)]
#[path = "period_tests.rs"]
mod tests;
