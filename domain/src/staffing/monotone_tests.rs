//! More people, or more conversations at once, never make anybody wait longer.

use std::collections::BTreeMap;

use jiff::{civil::date, tz::TimeZone};
use proptest::prelude::*;

use super::{
    concurrency::Concurrency,
    replay::{HandlingClock, PastHandoff, Replay},
    roster::{Roster, Shift},
    waits::{PredictedWait, WaitSummary},
};
use crate::{
    calendar::Interval,
    time::{Span, Timestamp},
    week::Weekday,
};

/// Weekday, begin and end in minutes, people.
type RawShift = (usize, u16, u16, u16);

fn raw_shift() -> impl Strategy<Value = RawShift> {
    (0..7_usize, 0..1_440_u16, 0..=1_440_u16, 1..3_u16)
}

/// The sum of all shifts; those without a length are left out. Too many on one day are no roster.
fn roster(raw: &[RawShift]) -> Option<Roster> {
    let mut people: BTreeMap<(Weekday, Interval), u16> = BTreeMap::new();
    for &(day, from, to, more) in raw.iter().filter(|(_, from, to, _)| from != to) {
        *people.entry((Weekday::ALL[day], Interval { from, to })).or_default() += more;
    }
    let shifts = people.into_iter().map(|((weekday, hours), people)| Shift { weekday, hours, people });
    Roster::new(shifts.collect()).ok()
}

/// Two weeks around the change of the clocks in Berlin.
fn handoffs(raw: &[(i64, Option<i64>)]) -> Vec<PastHandoff> {
    let begin = "2026-03-22T23:00:00Z".parse::<jiff::Timestamp>().expect("a time").as_millisecond();
    let handoff = |(minute, handling): &(i64, Option<i64>)| {
        let requested_at = Timestamp(begin).plus(Span::minutes(*minute));
        PastHandoff {
            requested_at,
            handling: handling.map(Span::minutes),
            reply_after: None,
            target: Span::minutes(5),
            window_end: Some(requested_at.plus(Span::hours(24))),
        }
    };
    // One known time, so that there is one to draw.
    std::iter::once(&(0, Some(30))).chain(raw).map(handoff).collect()
}

fn waits(roster: &Roster, concurrency: Concurrency, clock: HandlingClock, past: &[PastHandoff]) -> Vec<PredictedWait> {
    let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
    let (from, until) = (date(2026, 3, 23), date(2026, 4, 6));
    let replay = Replay { roster, zone: &berlin, from, until, concurrency, clock, seed: 3 };
    replay.run(past).expect("handling times").into_iter().map(|handoff| handoff.wait).collect()
}

fn never_longer(fewer: &[PredictedWait], more: &[PredictedWait]) -> bool {
    let mut pairs = fewer.iter().zip(more);
    let median = |waits: &[PredictedWait]| WaitSummary::new(waits.to_vec()).median.map(PredictedWait::span);
    fewer.len() == more.len()
        && pairs.all(|(fewer, more)| more.span() <= fewer.span() && (more.is_over() || !fewer.is_over()))
        && median(more) <= median(fewer)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn more_people_never_make_the_wait_longer(
        shifts in proptest::collection::vec(raw_shift(), 0..8),
        added in proptest::collection::vec(raw_shift(), 1..4),
        raw in proptest::collection::vec((0..20_000_i64, proptest::option::weighted(0.8, 0..900_i64)), 1..80),
        conversations in 1..4_u32,
    ) {
        let past = handoffs(&raw);
        let all: Vec<RawShift> = shifts.iter().chain(&added).copied().collect();
        let (Some(fewer), Some(more)) = (roster(&shifts), roster(&all)) else { return Ok(()) };
        let (one, two) = (Concurrency::whole(conversations), Concurrency::whole(conversations + 1));
        for clock in [HandlingClock::Wall, HandlingClock::OpeningHours] {
            let with_fewer = waits(&fewer, one, clock, &past);
            let with_more = waits(&more, one, clock, &past);
            prop_assert!(never_longer(&with_fewer, &with_more), "{} and {}, {:?}", fewer, more, clock);
            let with_two = waits(&fewer, two, clock, &past);
            prop_assert!(never_longer(&with_fewer, &with_two), "{}, {:?}", fewer, clock);
        }
    }
}
