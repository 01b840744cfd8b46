//! The roster as it was: how many people were online in each hour of the week on average, from the times in which they
//! were. Whoever is away is not online.
//!
//! The averages are rounded to whole people, and hours that follow each other with the same number are one shift. If a
//! day then has more shifts than a roster may have, longer parts of the day are averaged.

use jiff::{civil::Date, tz::TimeZone};

use super::{
    duty::stretches,
    roster::{MOST_PEOPLE, Roster, Shift, WeekSlot},
};
use crate::{
    calendar::{DAY, Interval},
    time::Timestamp,
    week::{Weekday, date_at},
};

/// How many hours are averaged together. The first width whose roster fits is used; of three hours a day has eight, which
/// always fit.
const WIDTHS: [u16; 3] = [1, 2, 3];
/// Minutes.
const HOUR: u16 = 60;

/// A time in which somebody was online.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeOnline {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// An hour of the week, added up over all weeks, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
struct ObservedHour {
    lasted: i64,
    /// Of all people together.
    online: i64,
}

/// The roster of the time from `since` until the beginning of `end`, in any order. Without anybody it is empty.
pub fn observed_roster(online: &[TimeOnline], zone: &TimeZone, since: Timestamp, end: Date) -> Roster {
    let hours = observed_hours(online, zone, since, end);
    WIDTHS.into_iter().find_map(|width| Roster::new(shifts(&hours, width)).ok()).unwrap_or_default()
}

/// By weekday, Monday first, and hour.
fn observed_hours(online: &[TimeOnline], zone: &TimeZone, since: Timestamp, end: Date) -> Vec<ObservedHour> {
    let mut week = Vec::new();
    for weekday in Weekday::ALL {
        for from in (0..DAY).step_by(usize::from(HOUR)) {
            week.push(WeekSlot { weekday, from, until: from + HOUR, people: 0 });
        }
    }
    let mut hours = vec![ObservedHour::default(); week.len()];
    let Some(first) = date_at(zone, since) else { return hours };
    let stretches = stretches(&week, zone, first, end);
    for stretch in &stretches {
        hours[stretch.slot].lasted += stretch.until.since(stretch.from.max(since)).0;
    }
    for time in online {
        let begun = stretches.partition_point(|stretch| stretch.until <= time.from);
        for stretch in stretches[begun..].iter().take_while(|stretch| stretch.from < time.until) {
            let from = stretch.from.max(time.from).max(since);
            hours[stretch.slot].online += stretch.until.min(time.until).since(from).0;
        }
    }
    hours
}

fn shifts(hours: &[ObservedHour], width: u16) -> Vec<Shift> {
    let mut shifts: Vec<Shift> = Vec::new();
    for (weekday, day) in Weekday::ALL.into_iter().zip(hours.chunks(usize::from(DAY / HOUR))) {
        let begins = (0..DAY).step_by(usize::from(width * HOUR));
        for (from, part) in begins.zip(day.chunks(usize::from(width))) {
            let (to, people) = (from + width * HOUR, average(part));
            match shifts.last_mut() {
                Some(last) if last.weekday == weekday && last.hours.to == from && last.people == people => {
                    last.hours.to = to;
                }
                _ if people == 0 => {}
                _ => shifts.push(Shift { weekday, hours: Interval { from, to }, people }),
            }
        }
    }
    shifts
}

/// How many people were online, to the nearest whole number.
fn average(part: &[ObservedHour]) -> u16 {
    let online: i64 = part.iter().map(|hour| hour.online).sum();
    let lasted: i64 = part.iter().map(|hour| hour.lasted).sum();
    let rounded = (online + lasted / 2).checked_div(lasted).unwrap_or(0);
    u16::try_from(rounded).unwrap_or(MOST_PEOPLE).min(MOST_PEOPLE)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::time::Span;

    /// The 2nd of March 2026, a Monday.
    const MONDAY: &str = "2026-03-02T00:00:00Z";

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
    }

    /// On a day of March 2026 in UTC, between two times.
    fn online(day: u8, from: &str, until: &str) -> TimeOnline {
        let on = |time: &str| at(&format!("2026-03-{day:02}T{time}:00Z"));
        TimeOnline { from: on(from), until: on(until) }
    }

    /// In the two weeks from that Monday on.
    fn observed(online: &[TimeOnline]) -> String {
        observed_roster(online, &TimeZone::UTC, at(MONDAY), date(2026, 3, 16)).to_string()
    }

    #[test]
    fn people_who_were_online_at_the_same_hours_are_a_shift() {
        let days = [2, 3, 4, 5, 6, 9, 10, 11, 12, 13];
        let ana = days.map(|day| online(day, "09:00", "17:00"));
        let ben = [2, 9].map(|day| online(day, "12:00", "15:00"));
        assert_eq!(observed(&ana), "mon-fri.0900-1700.1");
        let both = [&ana[..], &ben].concat();
        assert_eq!(observed(&both), "mon.0900-1200.1~mon.1200-1500.2~mon.1500-1700.1~tue-fri.0900-1700.1");
        assert_eq!(observed(&[]), "");
    }

    #[test]
    fn the_average_is_rounded_to_whole_people() {
        // 40 and 20 minutes of the hour in the first week, and half of it over both.
        assert_eq!(observed(&[online(2, "09:00", "09:40"), online(9, "09:00", "09:20")]), "mon.0900-1000.1");
        assert_eq!(observed(&[online(2, "09:00", "09:40"), online(9, "09:00", "09:19")]), "");
        // Three people in one of two weeks are one and a half.
        let three = [online(2, "09:00", "10:00"); 3];
        assert_eq!(observed(&three), "mon.0900-1000.2");
    }

    #[test]
    fn only_the_recorded_time_counts() {
        // Of one Monday, because the other one was not recorded.
        let times = [online(2, "09:00", "10:00"), online(9, "09:00", "10:00")];
        let since = at("2026-03-05T00:00:00Z");
        let roster = observed_roster(&times[1..], &TimeZone::UTC, since, date(2026, 3, 16));
        assert_eq!(roster.to_string(), "mon.0900-1000.1");
        // The half hour before the recording began is no part of that hour.
        let since = at("2026-03-09T09:30:00Z");
        let roster = observed_roster(&times, &TimeZone::UTC, since, date(2026, 3, 10));
        assert_eq!(roster.to_string(), "mon.0900-1000.1");
        let never = observed_roster(&times, &TimeZone::UTC, since, date(2026, 3, 9));
        assert!(never.is_empty(), "it ends before it begins");
    }

    #[test]
    fn a_night_is_two_days_and_hours_are_those_of_the_zone() {
        let night = TimeOnline { from: at("2026-03-02T22:00:00Z"), until: at("2026-03-03T02:00:00Z") };
        let of_zone = |zone: &TimeZone| observed_roster(&[night], zone, at(MONDAY), date(2026, 3, 9)).to_string();
        assert_eq!(of_zone(&TimeZone::UTC), "mon.2200-2400.1~tue.0000-0200.1");
        assert_eq!(of_zone(&TimeZone::get("Europe/Berlin").expect("a zone")), "mon.2300-2400.1~tue.0000-0300.1");
    }

    #[test]
    fn a_day_with_many_changes_is_averaged_over_longer_parts() {
        // Online in every other hour of one Monday: twelve shifts of one hour.
        let every_other: Vec<TimeOnline> = (0..12)
            .map(|nth| {
                let from = at(MONDAY).plus(Span::hours(2 * nth));
                TimeOnline { from, until: from.plus(Span::hours(1)) }
            })
            .collect();
        let roster = observed_roster(&every_other, &TimeZone::UTC, at(MONDAY), date(2026, 3, 3));
        assert_eq!(roster.to_string(), "mon.0000-2400.1", "half a person is rounded up");
    }
}
