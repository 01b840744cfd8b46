//! Rosters against handoffs whose waits are computed by hand.

use jiff::{
    civil::{Date, date},
    tz::TimeZone,
};

use super::{
    concurrency::Concurrency,
    prediction::{BusiestHour, Prediction},
    replay::{HandlingClock, PastHandoff, Replay, ReplayError},
    roster::Roster,
    waits::{PredictedWait, UpperWaits},
};
use crate::{
    time::{Span, Timestamp},
    week::{WeekHour, Weekday},
};

/// A Monday.
const MONDAY: Date = date(2026, 3, 2);

fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
}

/// A handoff on a day of that week or the next, in UTC: `02 09:30`.
fn handoff(day_and_time: &str, minutes: i64) -> PastHandoff {
    let requested_at = at(&format!("2026-03-{}:00Z", day_and_time.replace(' ', "T")));
    PastHandoff {
        requested_at,
        handling: Some(Span::minutes(minutes)),
        reply_after: None,
        target: Span::minutes(5),
        window_end: Some(requested_at.plus(Span::hours(24))),
    }
}

fn replay<'a>(roster: &'a Roster, zone: &'a TimeZone) -> Replay<'a> {
    Replay {
        roster,
        zone,
        from: MONDAY,
        until: date(2026, 3, 9),
        concurrency: Concurrency::ONE,
        clock: HandlingClock::Wall,
        seed: 1,
    }
}

/// The waits in minutes, in the order of arrival; `None` for handoffs that are never begun.
fn minutes(replay: &Replay<'_>, handoffs: &[PastHandoff]) -> Vec<Option<i64>> {
    let wait = |wait: PredictedWait| wait.is_over().then(|| wait.span().0 / 60_000);
    replay.run(handoffs).expect("handling times").into_iter().map(|handoff| wait(handoff.wait)).collect()
}

fn waits(roster: &str, handoffs: &[PastHandoff]) -> Vec<Option<i64>> {
    let roster = roster.parse().expect("a roster");
    minutes(&replay(&roster, &TimeZone::UTC), handoffs)
}

fn predicted(roster: &str, handoffs: &[PastHandoff]) -> Prediction {
    let roster = roster.parse().expect("a roster");
    replay(&roster, &TimeZone::UTC).predict(handoffs).expect("handling times")
}

#[test]
fn one_person_begins_one_after_the_other() {
    let handoffs = [handoff("02 09:00", 30), handoff("02 09:10", 10), handoff("02 09:15", 5), handoff("02 10:00", 1)];
    assert_eq!(waits("mon.0900-1700.1", &handoffs), [0, 20, 25, 0].map(Some));
    assert_eq!(waits("mon.0900-1700.2", &handoffs), [0, 0, 5, 0].map(Some));
    assert_eq!(waits("mon.0900-1700.3", &handoffs), [0; 4].map(Some));
}

#[test]
fn a_person_holds_as_many_as_observed() {
    let handoffs = [handoff("02 09:00", 30), handoff("02 09:10", 30), handoff("02 09:20", 30)];
    let roster: Roster = "mon.0900-1700.1".parse().expect("a roster");
    let with = |concurrency| minutes(&Replay { concurrency, ..replay(&roster, &TimeZone::UTC) }, &handoffs);
    assert_eq!(with(Concurrency::ONE), [0, 20, 40].map(Some));
    assert_eq!(with(Concurrency::whole(2)), [0, 0, 10].map(Some));
    assert_eq!(with(Concurrency::whole(3)), [0; 3].map(Some));
}

#[test]
fn what_arrives_at_night_waits_for_the_morning() {
    let handoffs = [handoff("02 16:50", 30), handoff("02 17:00", 10), handoff("03 03:00", 10)];
    assert_eq!(waits("mon-fri.0900-1700.1", &handoffs), [0, 16 * 60, 6 * 60 + 10].map(Some));
    // Until Monday morning.
    assert_eq!(waits("mon-fri.0900-1700.1", &[handoff("07 09:00", 10)]), [Some(48 * 60)]);
}

#[test]
fn a_break_between_two_shifts_begins_nothing() {
    let handoffs = [handoff("02 11:50", 90), handoff("02 12:30", 10)];
    // The first one is held until 13:20, over the break.
    assert_eq!(waits("mon.0900-1200.1~mon.1300-1700.1", &handoffs), [0, 50].map(Some));
    assert_eq!(waits("mon.0900-1200.1~mon.1300-1700.2", &handoffs), [0, 30].map(Some));
}

#[test]
fn who_leaves_passes_on_what_they_have() {
    let handoffs = [handoff("02 11:50", 40), handoff("02 11:55", 20), handoff("02 12:00", 5)];
    // From 12:00 on one person has two, and begins the third at 12:30.
    assert_eq!(waits("mon.0900-1200.1~mon.0900-1700.1", &handoffs), [0, 0, 30].map(Some));
}

#[test]
fn handling_times_in_opening_hours_stand_still_at_night() {
    let handoffs = [handoff("02 16:50", 40), handoff("03 08:00", 10)];
    let roster: Roster = "mon-fri.0900-1700.1".parse().expect("a roster");
    let utc = TimeZone::UTC;
    let replay = replay(&roster, &utc);
    // By the wall clock the first one ends at 17:30, in opening hours at 09:30.
    assert_eq!(minutes(&replay, &handoffs), [0, 60].map(Some));
    let hours = Replay { clock: HandlingClock::OpeningHours, ..replay };
    assert_eq!(minutes(&hours, &handoffs), [0, 90].map(Some));
}

#[test]
fn shifts_follow_the_clock_of_the_zone() {
    let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
    let roster: Roster = "sun.0100-0400.1".parse().expect("a roster");
    // On 29 March 2026 the shift is from 00:00 to 02:00 UTC; a week later from 23:00 UTC on.
    let replay = Replay { from: date(2026, 3, 23), until: date(2026, 3, 30), ..replay(&roster, &berlin) };
    let handoffs = [handoff("28 23:00", 10), handoff("29 01:59", 10), handoff("29 02:00", 10)];
    assert_eq!(minutes(&replay, &handoffs), [60, 0, (6 * 24 + 21) * 60].map(Some));
}

#[test]
fn the_first_day_begins_with_the_queue_of_the_days_before() {
    let handoffs = [handoff("01 10:00", 60), handoff("02 09:00", 10)];
    // The handoff of Sunday is begun first, and is not counted.
    assert_eq!(waits("mon-fri.0900-1700.1", &handoffs), [Some(60)]);
    // What arrives after the last day does not count either.
    assert_eq!(waits("mon-fri.0900-1700.1", &[handoff("02 09:00", 1), handoff("09 09:00", 1)]), [Some(0)]);
}

#[test]
fn without_people_everything_waits_until_the_end() {
    let handoffs = [handoff("02 09:00", 10), handoff("08 09:00", 10)];
    let prediction = predicted("", &handoffs);
    // A week after the last day.
    let at_least = |days: i64| PredictedWait::AtLeast(Span(Span::days(days).0 - Span::hours(9).0));
    let outcome = &prediction.all;
    assert_eq!(outcome.waits.upper, UpperWaits::Values(vec![at_least(8), at_least(14)]));
    assert_eq!((outcome.waits.median, outcome.still_waiting), (Some(at_least(8)), 2));
    assert_eq!((outcome.missed_targets, outcome.missed_windows), (2, 2));
    let warning = prediction.warning().expect("a warning");
    assert_eq!(warning, "Nobody is on this roster. 2 handoffs would never be answered.");
}

#[test]
fn a_roster_that_is_too_small_says_so() {
    // Half an hour a week for three handoffs of a day each.
    let handoffs = [("02 10:00", 1_440), ("03 10:00", 1_440), ("04 10:00", 1_440)].map(|(at, long)| handoff(at, long));
    let roster: Roster = "mon.1200-1230.1".parse().expect("a roster");
    let utc = TimeZone::UTC;
    let hours = Replay { clock: HandlingClock::OpeningHours, ..replay(&roster, &utc) };
    let prediction = hours.predict(&handoffs).expect("handling times");
    assert_eq!((prediction.all.still_waiting, prediction.all.waits.n), (2, 3));
    let warning = prediction.warning().expect("a warning");
    assert!(warning.starts_with("This roster can't keep up: 2 of 3 handoffs would still be waiting"), "{warning}");
}

#[test]
fn each_slot_of_the_week_has_the_handoffs_that_arrive_in_it() {
    let before = handoff("02 08:58", 10);
    let late = PastHandoff { window_end: Some(at("2026-03-02T09:00:00Z")), ..before };
    let closed = PastHandoff { window_end: None, ..before };
    let handoffs = [before, late, closed, handoff("02 09:30", 10), handoff("02 10:15", 10), handoff("02 10:20", 10)];
    let prediction = predicted("mon.0900-1000.1~mon.1000-1100.2", &handoffs);
    let monday = &prediction.slots[..4];
    let bounds: Vec<_> = monday.iter().map(|it| (it.slot.from, it.slot.until, it.slot.people)).collect();
    assert_eq!(bounds, [(0, 540, 0), (540, 600, 1), (600, 660, 2), (660, 1_440, 0)]);
    let counts: Vec<_> = monday.iter().map(|it| it.outcome.waits.n).collect();
    assert_eq!(counts, [3, 1, 2, 0]);
    // Begun at 09:00, 09:10 and 09:20, after 2, 12 and 22 minutes.
    let night = &monday[0].outcome;
    assert_eq!((night.missed_targets, night.missed_windows, night.still_waiting), (2, 1, 0));
    let hour = |hour| WeekHour { weekday: Weekday::Monday, hour };
    assert_eq!(night.busiest, Some(BusiestHour { hour: hour(8), arrivals: 3 }));
    assert_eq!(monday[2].outcome.busiest, Some(BusiestHour { hour: hour(10), arrivals: 2 }));
    assert_eq!(monday[3].outcome.busiest, None);
    assert_eq!((prediction.all.waits.n, prediction.all.missed_windows, prediction.slots.len()), (6, 1, 10));
    assert_eq!(prediction.warning(), None);
}

#[test]
fn the_target_and_the_window_are_those_of_the_first_reply() {
    let replied = |minutes, window| PastHandoff {
        reply_after: Some(Span::minutes(minutes)),
        window_end: Some(at(window)),
        ..handoff("02 08:58", 0)
    };
    // Each is begun at nine, after two minutes, and has a target of five.
    let handoffs =
        [replied(3, "2026-03-02T09:04:00Z"), replied(4, "2026-03-02T09:04:00Z"), replied(5, "2026-03-02T09:04:00Z")];
    let all = predicted("mon.0900-1000.3", &handoffs).all;
    assert_eq!((all.missed_targets, all.missed_windows), (2, 2));
    // An unknown time is one of the known ones.
    let drawn = PastHandoff { reply_after: None, ..handoffs[1] };
    let all = predicted("mon.0900-1000.3", &[handoffs[1], drawn, drawn]).all;
    assert_eq!((all.missed_targets, all.missed_windows), (3, 3));
}

#[test]
fn of_equally_busy_hours_the_first_is_named() {
    let handoffs = [handoff("04 15:00", 1), handoff("03 11:00", 1), handoff("03 11:30", 1), handoff("04 15:30", 1)];
    let busiest = predicted("mon-sun.0000-2400.1", &handoffs).all.busiest;
    let hour = WeekHour { weekday: Weekday::Tuesday, hour: 11 };
    assert_eq!(busiest, Some(BusiestHour { hour, arrivals: 2 }));
}

#[test]
fn an_unknown_handling_time_is_one_of_the_known_ones() {
    let open = |time: &str| PastHandoff { handling: None, ..handoff(time, 0) };
    let handoffs = [handoff("02 09:00", 10), open("02 10:00"), open("02 10:00"), handoff("02 12:00", 10)];
    assert_eq!(waits("mon.0900-1700.1", &handoffs), [0, 0, 10, 0].map(Some));
    assert_eq!(predicted("mon.0900-1700.1", &handoffs).drawn, 2);
    let roster = Roster::default();
    let utc = TimeZone::UTC;
    let nothing_known = replay(&roster, &utc).predict(&[open("02 10:00")]);
    assert_eq!(nothing_known, Err(ReplayError::NoHandlingTime));
    assert_eq!(predicted("mon.0900-1700.1", &[]).all.waits.n, 0);
}

#[test]
fn the_same_seed_gives_the_same_prediction_in_any_order() {
    let mut handoffs: Vec<PastHandoff> = (0..60)
        .map(|at| {
            let requested = handoff(&format!("02 {:02}:{:02}", 9 + at / 10, 5 * (at % 10)), 3 + at * 7 % 40);
            PastHandoff { handling: requested.handling.filter(|_| at % 3 > 0), ..requested }
        })
        .collect();
    let roster: Roster = "mon.0900-1700.2".parse().expect("a roster");
    let utc = TimeZone::UTC;
    let seeded = |seed, handoffs: &[PastHandoff]| {
        Replay { seed, ..replay(&roster, &utc) }.predict(handoffs).expect("handling times")
    };
    let first = seeded(1, &handoffs);
    assert_eq!(seeded(1, &handoffs), first);
    let of_each = |seed| minutes(&Replay { seed, ..replay(&roster, &utc) }, &handoffs);
    assert_ne!(of_each(1), of_each(2), "other times are drawn");
    handoffs.reverse();
    assert_eq!(seeded(1, &handoffs), first);
}
