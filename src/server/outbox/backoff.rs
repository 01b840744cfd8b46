//! Waits before the next attempt: exponential by kind of refusal, with jitter from the caller's randomness.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::domain::{codes::Backoff, time::Span};

/// The wait after `attempts` refusals of a kind. `None`: give up.
pub fn transient(kind: Backoff, attempts: i64, jitter: [u8; 8]) -> Option<Span> {
    let (first, factor, longest, tries) = match kind {
        Backoff::Short => (2, 2.0, 60, 6),
        Backoff::Throughput => (2, 2.0, 60, 12),
        // Meta's advice for 131056: 4^n seconds.
        Backoff::Pair => (1, 4.0, 256, 6),
        Backoff::Long => (60, 2.0, 3_600, 8),
    };
    wait(Duration::from_secs(first), factor, Duration::from_secs(longest), tries, attempts, jitter)
}

/// The wait after Meta could not be reached, when nothing was sent.
pub fn unreachable(attempts: i64, jitter: [u8; 8]) -> Option<Span> {
    wait(Duration::from_secs(1), 2.0, Duration::from_secs(60), 10, attempts, jitter)
}

/// The wait after work on our side broke before the call, when nothing was sent.
pub fn broken(attempts: i64, jitter: [u8; 8]) -> Option<Span> {
    wait(Duration::from_secs(2), 4.0, Duration::from_secs(300), 4, attempts, jitter)
}

fn wait(first: Duration, factor: f32, longest: Duration, tries: usize, attempts: i64, jitter: [u8; 8]) -> Option<Span> {
    let waits = ExponentialBuilder::default()
        .with_min_delay(first)
        .with_factor(factor)
        .with_max_delay(longest)
        .with_max_times(tries)
        .build();
    let wait = waits.into_iter().nth(usize::try_from(attempts).ok()?)?;
    let millis = i64::try_from(wait.as_millis()).ok()?;
    // Adds up to a quarter, so that rows which were refused together are not retried together.
    let share = i64::from(jitter[0]) * millis / (4 * 256);
    Some(Span::of_millis(millis + share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pair_limit_backs_off_as_meta_advises_and_gives_up() {
        let waits: Vec<Option<i64>> =
            (0..7).map(|attempt| transient(Backoff::Pair, attempt, [0; 8]).map(|span| span.0 / 1_000)).collect();
        assert_eq!(waits, [Some(1), Some(4), Some(16), Some(64), Some(256), Some(256), None]);
    }

    #[test]
    fn jitter_adds_at_most_a_quarter() {
        let plain = transient(Backoff::Short, 3, [0; 8]).expect("waits");
        let late = transient(Backoff::Short, 3, [255; 8]).expect("waits");
        assert!(late > plain && late.0 <= plain.0 + plain.0 / 4);
    }
}
