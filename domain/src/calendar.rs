//! Opening hours: intervals per weekday, and dates that override them.
//!
//! Hours are local wall-clock times, so daylight saving changes need no special rule: a skipped local time is never
//! open, a repeated one is open twice. The zone is an argument, because the page has no zone files. A calendar without
//! weekly hours is always open, except on its holidays.

use std::{fmt, ops::Range};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::time::{Span, Timestamp};

/// Minutes per day.
pub const DAY: u16 = 24 * 60;
/// The most intervals per day.
pub const INTERVALS: usize = 8;
pub const HOLIDAYS: usize = 200;
/// The longest name of a holiday, in characters.
pub const NAME: usize = 80;
/// How many days ahead [`Calendar::next_opening`] looks: longer than any seasonal closure.
const HORIZON: i32 = 400;
/// How many more dates a time touches than it has whole days: one begins and one ends it, and a clock change moves both.
const SPARE: i32 = 4;

/// Weekdays in the order of [`Calendar::weekly`].
pub const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A half-open interval in minutes after midnight. If the end is not after the start, it is on the next day; 0 to 1440
/// is the whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interval {
    pub from: u16,
    pub to: u16,
}

/// A date with its own hours; closed if it has no intervals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    pub date: Date,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub intervals: Vec<Interval>,
}

/// The opening hours of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Calendar {
    /// Monday first.
    pub weekly: [Vec<Interval>; 7],
    pub holidays: Vec<Holiday>,
}

/// Why a calendar cannot be saved, and the day with the fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFault {
    #[serde(rename = "place")]
    pub day: CalendarDay,
    pub detail: String,
}

/// A day of the calendar: the weekday's index in [`Calendar::weekly`], or the holiday's index in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarDay {
    Weekday(usize),
    Holiday(usize),
}

impl Interval {
    /// Parses `09:00` and `17:30`; `24:00` is the end of the day. `None` if either is not a time of day.
    pub fn parse(from: &str, to: &str) -> Option<Self> {
        Some(Self { from: minutes(from).filter(|from| *from < DAY)?, to: minutes(to)? })
    }

    fn is_overnight(self) -> bool {
        self.to <= self.from
    }

    /// The end in minutes after the midnight of the start day.
    pub(crate) fn end(self) -> u16 {
        if self.is_overnight() { self.to.saturating_add(DAY) } else { self.to }
    }
}

/// `09:00–17:30`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}–{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

fn minutes(time: &str) -> Option<u16> {
    let (hours, minutes) = time.trim().split_once(':')?;
    let two_digits = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
    (minutes < 60 && hours * 60 + minutes <= DAY).then_some(hours * 60 + minutes)
}

impl CalendarFault {
    /// The detail with its day in front: `Monday: …`.
    pub fn sentence(&self, calendar: &Calendar) -> String {
        let day = match self.day {
            CalendarDay::Weekday(at) => WEEKDAYS.get(at).map(|day| (*day).to_owned()),
            CalendarDay::Holiday(at) => calendar.holidays.get(at).map(|holiday| holiday.date.to_string()),
        };
        day.map_or_else(|| self.detail.clone(), |day| format!("{day}: {}", self.detail))
    }
}

impl Calendar {
    /// Whether the tenant is open at `now`.
    pub fn is_open(&self, zone: &TimeZone, now: Timestamp) -> bool {
        let Some(at) = instant(now) else { return false };
        let local = zone.to_datetime(at);
        let minute = local.hour() as u16 * 60 + local.minute() as u16;
        let today = self
            .on(local.date())
            .iter()
            .any(|interval| interval.from <= minute && (interval.is_overnight() || minute < interval.to));
        let since_yesterday = || {
            let yesterday = local.date().checked_sub(1.day());
            yesterday
                .is_ok_and(|date| self.on(date).iter().any(|interval| interval.is_overnight() && minute < interval.to))
        };
        today || since_yesterday()
    }

    /// The next opening: `now` while it is open, `None` if it does not open within a year.
    pub fn next_opening(&self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        self.opening_within(zone, now, HORIZON)
    }

    /// As [`Self::next_opening`], but looks at so many days only.
    fn opening_within(&self, zone: &TimeZone, now: Timestamp, days: i32) -> Option<Timestamp> {
        if self.is_open(zone, now) {
            return Some(now);
        }
        let from = zone.to_datetime(instant(now)?).date();
        earliest(0..days, |days| self.first_opening(zone, from.checked_add(days.days()).ok()?, now))
    }

    /// The first time after `now` at which the intervals of `date` open.
    fn first_opening(&self, zone: &TimeZone, date: Date, now: Timestamp) -> Option<Timestamp> {
        let midnight =
            zone.to_ambiguous_timestamp(date.to_datetime(jiff::civil::Time::midnight())).compatible().ok()?;
        // A local time that occurs twice gives two opening times.
        let begins = self.on(date).into_iter().flat_map(|interval| {
            let hour = i8::try_from(interval.from / 60).unwrap_or(i8::MAX);
            let minute = i8::try_from(interval.from % 60).unwrap_or(i8::MAX);
            let Ok(time) = jiff::civil::Time::new(hour, minute, 0, 0) else { return Vec::new() };
            let moment = zone.to_ambiguous_timestamp(date.to_datetime(time));
            [moment.earlier(), moment.later()].into_iter().flatten().collect()
        });
        // If a clock change skips the start, or moves back into the interval, it opens at the change.
        let end = midnight.checked_add(30.hours()).ok()?;
        let jumps = zone.following(midnight).map(|jump| jump.timestamp()).take_while(|at| *at < end);
        let mut moments: Vec<Timestamp> = begins
            .chain(std::iter::once(midnight))
            .chain(jumps)
            .map(|at| Timestamp(at.as_millisecond()))
            .filter(|at| *at > now && self.is_open(zone, *at))
            .collect();
        moments.sort_unstable();
        moments.first().copied()
    }

    /// The next closing: `None` if it is closed now, or stays open for a year.
    pub fn next_closing(&self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        self.closing_within(zone, now, HORIZON)
    }

    /// As [`Self::next_closing`], but looks at so many days only.
    fn closing_within(&self, zone: &TimeZone, now: Timestamp, days: i32) -> Option<Timestamp> {
        if !self.is_open(zone, now) {
            return None;
        }
        let from = zone.to_datetime(instant(now)?).date();
        // Intervals that began yesterday may end today.
        earliest(-1..days, |days| self.first_closing(zone, from.checked_add(days.days()).ok()?, now))
    }

    /// The first time after `now`, on the intervals of `date`, at which it is closed.
    fn first_closing(&self, zone: &TimeZone, date: Date, now: Timestamp) -> Option<Timestamp> {
        let midnight = date.to_datetime(jiff::civil::Time::midnight());
        let begin = zone.to_ambiguous_timestamp(midnight).compatible().ok()?;
        let ends = self.on(date).into_iter().flat_map(|interval| {
            let Ok(wall) = midnight.checked_add(i64::from(interval.end()).minutes()) else { return Vec::new() };
            let moment = zone.to_ambiguous_timestamp(wall);
            [moment.earlier(), moment.later()].into_iter().flatten().collect()
        });
        // The next day's hours replace this day's at midnight, and a clock change may skip an end.
        let limit = begin.checked_add(30.hours()).ok()?;
        let jumps = zone.following(begin).map(|jump| jump.timestamp()).take_while(|at| *at < limit);
        let mut moments: Vec<Timestamp> = ends
            .chain(std::iter::once(begin))
            .chain(jumps)
            .map(|at| Timestamp(at.as_millisecond()))
            .filter(|at| *at > now && !self.is_open(zone, *at))
            .collect();
        moments.sort_unstable();
        moments.first().copied()
    }

    /// Whether the tenant has entered any hours or dates.
    pub fn is_set(&self) -> bool {
        !self.holidays.is_empty() || self.weekly.iter().any(|day| !day.is_empty())
    }

    /// How much of the time from `from` until `to` it is open.
    pub fn open_time(&self, zone: &TimeZone, from: Timestamp, to: Timestamp) -> Span {
        let mut open = Span(0);
        let mut at = from;
        while at < to {
            // What comes after `to` does not matter. Around the clock, the next closing would be searched for a year.
            let days = i32::try_from(to.since(at).0 / Span::days(1).0).unwrap_or(HORIZON).min(HORIZON) + SPARE;
            let Some(opening) = self.opening_within(zone, at, days).filter(|opening| *opening < to) else { break };
            let closing = self.closing_within(zone, opening, days).map_or(to, |closing| closing.min(to));
            open = Span(open.0.saturating_add(closing.since(opening).0));
            at = closing;
        }
        open
    }

    /// The intervals of a date.
    fn on(&self, date: Date) -> Vec<Interval> {
        if let Some(holiday) = self.holidays.iter().find(|holiday| holiday.date == date) {
            return holiday.intervals.clone();
        }
        if self.weekly.iter().all(Vec::is_empty) {
            return vec![Interval { from: 0, to: DAY }];
        }
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        self.weekly.get(weekday).cloned().unwrap_or_default()
    }

    /// Every fault that blocks saving.
    pub fn faults(&self) -> Vec<CalendarFault> {
        let mut faults = Vec::new();
        for (at, intervals) in self.weekly.iter().enumerate() {
            let before = &self.weekly[(at + 6) % 7];
            let spill = before.iter().filter(|interval| interval.is_overnight()).map(|interval| interval.to).max();
            check_day(&mut faults, CalendarDay::Weekday(at), intervals, spill.unwrap_or(0));
        }
        for (at, holiday) in self.holidays.iter().enumerate() {
            let day = CalendarDay::Holiday(at);
            if holiday.name.chars().count() > NAME || holiday.name.chars().any(char::is_control) {
                let words = format!("Keep the name to {NAME} characters, on one line.");
                faults.push(CalendarFault { day, detail: words });
            }
            check_day(&mut faults, day, &holiday.intervals, 0);
            if self.holidays[..at].iter().any(|other| other.date == holiday.date) {
                faults.push(CalendarFault {
                    day,
                    detail: format!("{} is listed twice. Remove one of them.", holiday.date),
                });
            }
        }
        if self.holidays.len() > HOLIDAYS {
            let words = format!("You can list up to {HOLIDAYS} dates. Remove past dates first.");
            faults.push(CalendarFault { day: CalendarDay::Holiday(HOLIDAYS), detail: words });
        }
        faults
    }
}

/// The earliest of the moments that `first` finds, each from the hours of one day. What it finds for a day can be on the
/// next day, after a moment of that day's own hours, so the next day is asked as well.
fn earliest(days: Range<i32>, first: impl Fn(i32) -> Option<Timestamp>) -> Option<Timestamp> {
    days.into_iter().find_map(|day| {
        let found = first(day)?;
        Some(first(day + 1).map_or(found, |next| next.min(found)))
    })
}

/// `spill` is the end of the previous day's last interval, in minutes after this day's midnight.
fn check_day(faults: &mut Vec<CalendarFault>, day: CalendarDay, intervals: &[Interval], spill: u16) {
    let mut report = |words: String| faults.push(CalendarFault { day, detail: words });
    if intervals.len() > INTERVALS {
        report(format!("A day can have up to {INTERVALS} time ranges. Remove one."));
    }
    if intervals.iter().any(|interval| interval.from >= DAY || interval.to > DAY) {
        report("Enter a time between 00:00 and 24:00.".to_owned());
        return;
    }
    if let Some(empty) = intervals.iter().find(|interval| interval.from == interval.to) {
        report(format!("{empty} starts and ends at the same time. For a whole day, enter 00:00 to 24:00."));
    }
    let mut sorted = intervals.to_vec();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[1].from < pair[0].end()) {
        report(format!("{} and {} overlap. Change one of them.", pair[0], pair[1]));
    }
    if let Some(first) = sorted.first().filter(|first| first.from < spill) {
        report(format!("{first} overlaps the previous day's hours, which run past midnight."));
    }
}

/// The zone's offset from UTC at `now`; negative to the west.
pub fn offset(zone: &TimeZone, now: Timestamp) -> Span {
    instant(now).map_or(Span(0), |at| Span::seconds(i64::from(zone.to_offset(at).seconds())))
}

/// The date of a time in a zone given by its IANA name, as `2026-03-02`; in UTC if the name is unknown.
pub fn date(zone: &str, now: Timestamp) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    instant(now).unwrap_or_default().to_zoned(zone).date().to_string()
}

/// The first instant of a date in a zone. A date that no calendar holds begins after everything.
pub fn start_of(zone: &TimeZone, date: Date) -> Timestamp {
    let start = date.to_zoned(zone.clone()).and_then(|day| day.start_of_day());
    Timestamp(start.map_or(i64::MAX, |start| start.timestamp().as_millisecond()))
}

fn instant(now: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(now.millis()).ok()
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
