//! How many handoffs to expect in each hour of a week.
//!
//! The total of a weekday is the median of that weekday in the last weeks, so that a single day of trouble or a holiday
//! counts for little. It is spread over the hours by their mean share in those weeks. A median for each hour alone would
//! be zero wherever handoffs are rare, and the week would look empty.
//!
//! Hours are those of the wall clock: one that a clock change skips has no arrivals, one that it repeats those of both.

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::start_of,
    time::Timestamp,
    week::{WeekHour, Weekday},
};

/// A number for each hour of the week: by weekday, Monday first, and hour.
pub type Hourly<T> = [[T; 24]; 7];

/// The handoffs of seven days in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekOfArrivals {
    pub first_day: Date,
    pub arrivals: Hourly<u32>,
}

/// How many handoffs are expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// From how many weeks it was made.
    pub weeks: usize,
    pub expected: Hourly<f64>,
}

/// The weeks before a day, oldest first, without those before the first handoff: nothing was counted in them.
/// `end` is the day after the last week.
pub fn weeks_before(end: Date, count: u16, zone: &TimeZone, requests: &[Timestamp]) -> Vec<WeekOfArrivals> {
    let mut sorted = requests.to_vec();
    sorted.sort_unstable();
    let first_days = (1..=i32::from(count)).rev().map(|weeks| end.saturating_sub((7 * weeks).days()));
    let weeks = first_days.map(|first_day| {
        let bound = |date| {
            let start = start_of(zone, date);
            sorted.partition_point(|at| *at < start)
        };
        let mut arrivals = [[0; 24]; 7];
        for at in &sorted[bound(first_day)..bound(first_day.saturating_add(7.days()))] {
            let WeekHour { weekday, hour } = WeekHour::of(zone, *at);
            arrivals[weekday.index()][usize::from(hour)] += 1;
        }
        WeekOfArrivals { first_day, arrivals }
    });
    weeks.skip_while(|week| week.total() == 0).collect()
}

impl WeekOfArrivals {
    pub fn total(&self) -> u32 {
        self.arrivals.iter().flatten().sum()
    }

    pub fn of_day(&self, weekday: Weekday) -> u32 {
        self.arrivals[weekday.index()].iter().sum()
    }
}

impl Forecast {
    /// From weeks of the past. Without weeks nothing is expected.
    pub fn new(weeks: &[WeekOfArrivals]) -> Self {
        let mut expected = [[0.0; 24]; 7];
        for weekday in Weekday::ALL {
            let day = weekday.index();
            let total = median(weeks.iter().map(|week| week.of_day(weekday)).collect());
            // Each week counts the same, however many handoffs it had.
            let with_any: Vec<&WeekOfArrivals> = weeks.iter().filter(|week| week.of_day(weekday) > 0).collect();
            for (hour, expected) in expected[day].iter_mut().enumerate() {
                let shares = with_any.iter().map(|week| share(week.arrivals[day][hour], week.of_day(weekday)));
                *expected = total * mean(shares.collect());
            }
        }
        Self { weeks: weeks.len(), expected }
    }

    pub fn total(&self) -> f64 {
        self.expected.iter().flatten().sum()
    }

    pub fn of_day(&self, weekday: Weekday) -> f64 {
        self.expected[weekday.index()].iter().sum()
    }
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole)
}

/// 0 without values.
pub(super) fn mean(values: Vec<f64>) -> f64 {
    // A count of weeks or hours is exact.
    let count = values.len().max(1) as f64;
    values.into_iter().sum::<f64>() / count
}

/// The middle value, or the mean of the two in the middle; 0 without values.
fn median(mut values: Vec<u32>) -> f64 {
    values.sort_unstable();
    let middle = values.len() / 2;
    match (values.len() % 2, values.get(middle)) {
        (_, None) => 0.0,
        (0, Some(upper)) => f64::midpoint(f64::from(values[middle - 1]), f64::from(*upper)),
        (_, Some(middle)) => f64::from(*middle),
    }
}

#[cfg(test)]
#[path = "forecast_tests.rs"]
mod tests;
