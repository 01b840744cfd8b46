//! The replay against Erlang C, the formula for handoffs that arrive independently and are handled one at a time.

use jiff::{
    ToSpan,
    civil::{Date, date},
    tz::TimeZone,
};

use super::{
    concurrency::Concurrency,
    draws::Draws,
    replay::{HandlingClock, PastHandoff, Replay},
    roster::Roster,
};
use crate::time::{Span, Timestamp};

const FIRST: Date = date(2026, 1, 5);
const MILLIS_PER_DAY: f64 = 86_400_000.0;
/// The mean handling time.
const HANDLING: f64 = 300_000.0;

/// Handoffs with exponential times between them, and exponential handling times.
fn poisson(count: usize, gap: f64, seed: u64) -> Vec<PastHandoff> {
    let begin = FIRST.to_zoned(TimeZone::UTC).expect("a time").timestamp().as_millisecond();
    let mut draws = Draws::new(seed);
    let mut elapsed = 0.0;
    let mut next = || {
        elapsed += draws.exponential(gap);
        PastHandoff {
            requested_at: Timestamp(begin + elapsed as i64),
            handling: Some(Span(draws.exponential(HANDLING) as i64)),
            reply_after: None,
            target: Span::minutes(5),
            window_end: None,
        }
    };
    (0..count).map(|_| next()).collect()
}

/// The mean wait in milliseconds with people around the clock.
fn mean_wait(people: u32, concurrency: Concurrency, clock: HandlingClock, handoffs: &[PastHandoff], days: i64) -> f64 {
    let roster: Roster = format!("mon-sun.0000-2400.{people}").parse().expect("a roster");
    let utc = TimeZone::UTC;
    let until = FIRST.checked_add(days.days()).expect("a date");
    let replay = Replay { roster: &roster, zone: &utc, from: FIRST, until, concurrency, clock, seed: 0 };
    let replayed = replay.run(handoffs).expect("handling times");
    assert_eq!(replayed.len(), handoffs.len());
    assert!(replayed.iter().all(|handoff| handoff.wait.is_over()));
    replayed.iter().map(|handoff| handoff.wait.span().0 as f64).sum::<f64>() / replayed.len() as f64
}

/// Erlang C's mean wait in milliseconds, where each of `servers` is busy for `load` of the time.
fn erlang_c(servers: u32, load: f64) -> f64 {
    let offered = f64::from(servers) * load;
    // The probability that all are busy without a queue (Erlang B), by its recursion over the servers.
    let blocked = (1..=servers).fold(1.0, |blocked, n| offered * blocked / (f64::from(n) + offered * blocked));
    let queued = blocked / (1.0 - load * (1.0 - blocked));
    queued * HANDLING / (f64::from(servers) * (1.0 - load))
}

#[test]
fn the_formula_has_its_published_values() {
    // One server waits load / (1 - load) of the handling time.
    assert!((erlang_c(1, 0.5) - HANDLING).abs() < 1.0);
    // Two servers: load² / (1 - load²) of the handling time.
    assert!((erlang_c(2, 0.5) - HANDLING / 3.0).abs() < 1.0);
}

#[test]
fn the_mean_wait_is_within_five_percent_of_erlang_c() {
    let table = [
        (1, 0.5, 100_000),
        (2, 0.7, 100_000),
        (3, 0.8, 100_000),
        (4, 0.6, 100_000),
        (6, 0.8, 100_000),
        (10, 0.85, 200_000),
    ];
    for (people, load, count) in table {
        let gap = HANDLING / (f64::from(people) * load);
        let handoffs = poisson(count, gap, 1);
        let days = (gap * count as f64 / MILLIS_PER_DAY) as i64 * 11 / 10 + 2;
        let expected = erlang_c(people, load);
        for clock in [HandlingClock::Wall, HandlingClock::OpeningHours] {
            let mean = mean_wait(people, Concurrency::ONE, clock, &handoffs, days);
            let error = mean / expected - 1.0;
            assert!(error.abs() < 0.05, "{people} people at {load}: {mean} instead of {expected}, {error}");
        }
        // Six people with one conversation each are two people with three.
        if people == 6 {
            let mean = mean_wait(2, Concurrency::whole(3), HandlingClock::Wall, &handoffs, days);
            assert!((mean / expected - 1.0).abs() < 0.05, "{mean} instead of {expected}");
        }
    }
}
