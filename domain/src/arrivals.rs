//! How many agents were requested today, by hour, beside what is usual: the median of the last four same weekdays since
//! the first handoff. A mean would follow one bad Monday.
//!
//! Days and hours are those of the tenant's zone. An hour that a clock change repeats counts once, with both its parts;
//! one that it skips is empty. To compare with something else, give [`arrivals`] the counts of other days.

use jiff::{
    ToSpan,
    civil::{DateTime, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// How many weeks back the same weekday is looked at.
pub const WEEKS: usize = 4;
/// Hours of a day.
pub const HOURS: usize = 24;

/// A day in the tenant's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySpan {
    pub start: Timestamp,
    /// Exclusive.
    pub end: Timestamp,
    /// The time of day that it is now. Today, it is now.
    pub so_far: Timestamp,
}

/// Today and the same weekday of the weeks before, newest first.
pub fn same_weekdays(zone: &TimeZone, now: Timestamp) -> Vec<DaySpan> {
    (0..=WEEKS).filter_map(|weeks| weeks_ago(zone, now, weeks)).collect()
}

/// `None` outside of the years that the calendar knows.
fn weeks_ago(zone: &TimeZone, now: Timestamp, weeks: usize) -> Option<DaySpan> {
    let local = zone.to_datetime(jiff::Timestamp::from_millisecond(now.0).ok()?);
    let days = i64::try_from(7 * weeks).ok()?;
    let date = local.date().checked_sub(days.days()).ok()?;
    let at = |local: DateTime| {
        let instant = zone.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(Timestamp(instant.as_millisecond()))
    };
    let start = at(date.to_datetime(Time::midnight()))?;
    let end = at(date.checked_add(1.day()).ok()?.to_datetime(Time::midnight()))?;
    let so_far = if weeks == 0 { now } else { at(date.to_datetime(local.time()))? };
    Some(DaySpan { start, end, so_far })
}

/// The hour of the day that `at` falls on.
pub fn hour_of(zone: &TimeZone, at: Timestamp) -> usize {
    let hour = jiff::Timestamp::from_millisecond(at.0).map_or(0, |at| zone.to_datetime(at).hour());
    usize::from(hour.unsigned_abs()).min(HOURS - 1)
}

/// The numbers of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayCounts {
    pub by_hour: [i64; HOURS],
    /// Until the time of day that it is now.
    pub so_far: i64,
}

impl DayCounts {
    /// Adds those that came in the hour that begins at `slot`, of which `so_far` came until the time of day that it is
    /// now.
    pub fn add(&mut self, zone: &TimeZone, slot: Timestamp, count: i64, so_far: i64) {
        self.by_hour[hour_of(zone, slot)] += count;
        self.so_far += so_far;
    }
}

/// The numbers of an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HourArrivals {
    /// `None` if it has not begun.
    pub today: Option<i64>,
    /// `None` without days to compare with.
    pub usual: Option<f64>,
}

/// Today beside what is usual.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Arrivals {
    pub today: i64,
    /// The median until the same time of day; `None` without days to compare with.
    pub usual: Option<f64>,
    /// How many days it was compared with.
    pub days: usize,
    /// From midnight on.
    pub hours: Vec<HourArrivals>,
}

/// Compares today with other days. `hour` is the hour that it is now.
pub fn arrivals(today: &DayCounts, others: &[DayCounts], hour: usize) -> Arrivals {
    let hours = (0..HOURS).map(|at| HourArrivals {
        today: (at <= hour).then(|| today.by_hour[at]),
        usual: median(others.iter().map(|day| day.by_hour[at])),
    });
    Arrivals {
        today: today.so_far,
        usual: median(others.iter().map(|day| day.so_far)),
        days: others.len(),
        hours: hours.collect(),
    }
}

/// Of an even number of values, the mean of the two in the middle.
fn median(values: impl Iterator<Item = i64>) -> Option<f64> {
    let mut values: Vec<i64> = values.collect();
    values.sort_unstable();
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    let lower = if values.len().is_multiple_of(2) { values[middle - 1] } else { upper };
    Some((lower + upper) as f64 / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    /// The time that a clock in UTC shows.
    fn utc(text: &str) -> Timestamp {
        let at: jiff::Timestamp = format!("{text}:00Z").parse().expect("a time");
        Timestamp(at.as_millisecond())
    }

    #[test]
    fn the_same_weekdays_begin_at_their_own_midnights() {
        // given a Monday in Berlin, a week after the clocks went forward
        let days = same_weekdays(&zone("Europe/Berlin"), utc("2026-04-06T12:30"));
        // then the days before the change begin an hour later in UTC, and it is the same time of day
        let starts: Vec<_> = days.iter().map(|day| day.start).collect();
        let expected =
            ["2026-04-05T22:00", "2026-03-29T22:00", "2026-03-22T23:00", "2026-03-15T23:00", "2026-03-08T23:00"];
        assert_eq!(starts, expected.map(utc));
        assert_eq!((days[0].so_far, days[2].so_far), (utc("2026-04-06T12:30"), utc("2026-03-23T13:30")));
        // and the Sunday of the change has 23 hours
        let sunday = same_weekdays(&zone("Europe/Berlin"), utc("2026-03-29T12:00"))[0];
        assert_eq!(sunday.end.since(sunday.start), crate::time::Span::hours(23));
    }

    #[test]
    fn arrivals_are_counted_by_the_hour_of_the_zone() {
        let sao_paulo = zone("America/Sao_Paulo");
        let mut day = DayCounts::default();
        day.add(&sao_paulo, utc("2026-03-02T03:00"), 2, 2);
        day.add(&sao_paulo, utc("2026-03-02T15:00"), 5, 3);
        assert_eq!((day.by_hour[0], day.by_hour[12], day.so_far), (2, 5, 5));
        // An hour that the clocks repeat is one hour of the day.
        let mut autumn = DayCounts::default();
        for slot in ["2026-10-25T00:00", "2026-10-25T01:00"] {
            autumn.add(&zone("Europe/Berlin"), utc(slot), 1, 1);
        }
        assert_eq!(autumn.by_hour[2], 2);
    }

    #[test]
    fn what_is_usual_is_the_median_of_the_days_that_there_are() {
        let day = |at_nine: i64, so_far: i64| {
            let mut day = DayCounts { so_far, ..DayCounts::default() };
            day.by_hour[9] = at_nine;
            day
        };
        let today = day(7, 8);
        let of = |others: &[DayCounts]| arrivals(&today, others, 9);
        let usual = of(&[day(1, 10), day(9, 30), day(4, 20), day(2, 40)]);
        assert_eq!((usual.today, usual.usual, usual.days), (8, Some(25.0), 4));
        assert_eq!(usual.hours[9], HourArrivals { today: Some(7), usual: Some(3.0) });
        assert_eq!(usual.hours[10], HourArrivals { today: None, usual: Some(0.0) });
        assert_eq!(of(&[day(1, 10), day(9, 30), day(4, 20)]).usual, Some(20.0));
        assert_eq!((of(&[]).usual, of(&[]).hours[9].usual, of(&[]).hours.len()), (None, None, HOURS));
    }

    #[test]
    fn a_time_that_the_calendar_does_not_know_has_no_days() {
        assert!(same_weekdays(&TimeZone::UTC, Timestamp(i64::MAX)).is_empty());
        assert_eq!(hour_of(&TimeZone::UTC, Timestamp(i64::MAX)), 0);
    }
}
