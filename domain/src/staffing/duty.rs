//! A roster on the dates of a period: stretches of time with a constant number of people.
//!
//! A slot of the week begins when its local time does. Of a local time that occurs twice it is the first, and a local
//! time that a clock change skips is the change itself, so the stretches follow each other without gap and overlap.

use jiff::{
    ToSpan,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use super::{replay::HandlingClock, roster::WeekSlot};
use crate::{
    calendar::start_of,
    time::{Span, Timestamp},
    week::Weekday,
};

/// A time that no calendar holds.
const NEVER: Timestamp = Timestamp(i64::MAX);

/// A time with a constant number of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub from: Timestamp,
    /// Exclusive.
    pub until: Timestamp,
    /// The index of its slot in the week of the roster.
    pub slot: usize,
    pub people: u32,
    /// How long anybody was on duty before `from`, since the period began.
    pub staffed_before: Span,
}

impl Stretch {
    /// What the clock shows at a time within the stretch, in milliseconds.
    pub fn reading(&self, clock: HandlingClock, now: Timestamp) -> i64 {
        match clock {
            HandlingClock::Wall => now.0,
            HandlingClock::OpeningHours if self.people == 0 => self.staffed_before.0,
            HandlingClock::OpeningHours => self.staffed_before.0.saturating_add(now.since(self.from).0),
        }
    }
}

/// The stretches of the days from `first` to `end`, without `end`. `week` is that of a roster.
pub(super) fn stretches(week: &[WeekSlot], zone: &TimeZone, first: Date, end: Date) -> Vec<Stretch> {
    let mut starts = Vec::new();
    let mut date = first;
    while date < end {
        let weekday = Weekday::of(date);
        let slots = week.iter().enumerate().filter(|(_, slot)| slot.weekday == weekday);
        starts.extend(slots.map(|(at, slot)| (instant_of(zone, date, slot.from), at, slot.people)));
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    let ends = starts.iter().skip(1).map(|(from, _, _)| *from).chain([start_of(zone, end)]);
    let mut staffed = Span(0);
    let mut stretches = Vec::with_capacity(starts.len());
    for (&(from, slot, people), until) in starts.iter().zip(ends) {
        // A slot that a clock change skips has no length.
        if from < until {
            stretches.push(Stretch { from, until, slot, people, staffed_before: staffed });
            if people > 0 {
                staffed = Span(staffed.0.saturating_add(until.since(from).0));
            }
        }
    }
    stretches
}

/// When a local time begins, in minutes after midnight.
fn instant_of(zone: &TimeZone, date: Date, minute: u16) -> Timestamp {
    let Ok(local) = date.to_datetime(Time::midnight()).checked_add(i64::from(minute).minutes()) else { return NEVER };
    let moment = zone.to_ambiguous_timestamp(local);
    let found = match moment.offset() {
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => moment.earlier().ok(),
        // In a gap the earlier of the two is before the change.
        AmbiguousOffset::Gap { .. } => {
            moment.earlier().ok().and_then(|before| zone.following(before).next().map(|change| change.timestamp()))
        }
    };
    found.map_or(NEVER, |at| Timestamp(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::staffing::roster::Roster;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
    }

    /// When people are on duty on one day, and how many.
    fn on_duty(roster: &str, zone: &TimeZone, day: Date) -> Vec<(Timestamp, Timestamp, u32)> {
        let week = roster.parse::<Roster>().expect("a roster").week();
        let all = stretches(&week, zone, day, day.tomorrow().expect("a day"));
        all.into_iter().filter(|it| it.people > 0).map(|it| (it.from, it.until, it.people)).collect()
    }

    #[test]
    fn a_shift_follows_the_clock_of_its_zone() {
        let berlin = zone("Europe/Berlin");
        let hours = |day| on_duty("mon-sun.0900-1700.2", &berlin, day);
        assert_eq!(hours(date(2026, 3, 2)), [(at("2026-03-02T08:00:00Z"), at("2026-03-02T16:00:00Z"), 2)]);
        assert_eq!(hours(date(2026, 6, 1)), [(at("2026-06-01T07:00:00Z"), at("2026-06-01T15:00:00Z"), 2)]);
    }

    #[test]
    fn a_night_shift_has_an_hour_less_or_more_when_the_clocks_change() {
        let berlin = zone("Europe/Berlin");
        // On 29 March the clock goes from 02:00 to 03:00 at 01:00 UTC, on 25 October from 03:00 to 02:00.
        let night = |day| on_duty("sun.0100-0400.1", &berlin, day);
        assert_eq!(night(date(2026, 3, 29)), [(at("2026-03-29T00:00:00Z"), at("2026-03-29T02:00:00Z"), 1)]);
        assert_eq!(night(date(2026, 10, 25)), [(at("2026-10-24T23:00:00Z"), at("2026-10-25T03:00:00Z"), 1)]);
    }

    #[test]
    fn a_skipped_start_is_the_change_and_a_repeated_one_the_first() {
        let berlin = zone("Europe/Berlin");
        let early = |day| on_duty("sun.0230-0500.1", &berlin, day);
        assert_eq!(early(date(2026, 3, 29)), [(at("2026-03-29T01:00:00Z"), at("2026-03-29T03:00:00Z"), 1)]);
        assert_eq!(early(date(2026, 10, 25)), [(at("2026-10-25T00:30:00Z"), at("2026-10-25T04:00:00Z"), 1)]);
        // A shift within the skipped hour does not take place.
        assert_eq!(on_duty("sun.0200-0300.1", &berlin, date(2026, 3, 29)), []);
        assert_eq!(on_duty("sun.0215-0245.1", &berlin, date(2026, 3, 29)), []);
        // In Santiago the change is at midnight.
        let day = on_duty("sun.0000-2400.1", &zone("America/Santiago"), date(2026, 9, 6));
        assert_eq!(day, [(at("2026-09-06T04:00:00Z"), at("2026-09-07T03:00:00Z"), 1)]);
    }

    #[test]
    fn stretches_follow_each_other_through_a_year() {
        let week =
            "mon-sun.0000-0230.1~mon-sun.0130-0215.2~fri.2200-0245.3".parse::<Roster>().expect("a roster").week();
        for name in ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"] {
            let zone = zone(name);
            let (first, end) = (date(2026, 1, 1), date(2027, 1, 1));
            let all = stretches(&week, &zone, first, end);
            assert!(all.windows(2).all(|pair| pair[0].until == pair[1].from), "{name}");
            assert_eq!(all[0].from, start_of(&zone, first), "{name}");
            assert_eq!(all[all.len() - 1].until, start_of(&zone, end), "{name}");
        }
    }

    #[test]
    fn the_time_with_anybody_on_duty_adds_up() {
        let week = "mon.0900-1200.3~mon.1300-1400.1".parse::<Roster>().expect("a roster").week();
        let all = stretches(&week, &TimeZone::UTC, date(2026, 3, 2), date(2026, 3, 10));
        let staffed: Vec<i64> = all.iter().map(|it| it.staffed_before.0 / 3_600_000).collect();
        // Monday in five parts, six days without anybody, Monday again.
        assert_eq!(staffed, [0, 0, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 7, 7, 8]);
    }

    #[test]
    fn days_outside_the_calendar_end_the_stretches() {
        let week = Roster::default().week();
        assert_eq!(stretches(&week, &TimeZone::UTC, date(2026, 3, 3), date(2026, 3, 2)), []);
        assert_eq!(stretches(&week, &TimeZone::UTC, Date::MAX, Date::MAX), []);
    }
}
