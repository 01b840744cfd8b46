//! The only place that reads the real clock or real randomness. Other code takes times and ids as arguments or uses
//! [`Clock`] and [`Entropy`]; tests use a [`ManualClock`] and seeded entropy.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::domain::{
    ids::{Id, Noun},
    time::{Span, Timestamp},
};

/// Source of the current time, and of waits that end at a given time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Source>);

trait Source: Send + Sync {
    fn now(&self) -> Timestamp;
    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()>;
    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()>;
}

struct Real;

impl Source for Real {
    #[expect(clippy::disallowed_methods, reason = "the one place where the ambient clock is read")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where time is waited for")]
    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span))
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let left = until.since(self.now());
        self.sleep(Duration::from_millis(u64::try_from(left.0).unwrap_or(0)))
    }
}

/// A manual clock for tests: time passes only through [`ManualClock::advance`] and [`ManualClock::set`], which end the
/// waits that are due.
#[derive(Clone)]
pub struct ManualClock {
    time: tokio::sync::watch::Sender<Timestamp>,
    waits: Waits,
}

/// Number of pending waits per instant.
type Waits = tokio::sync::watch::Sender<BTreeMap<Timestamp, usize>>;

/// A pending wait. Dropping it removes it from the count.
struct Wait {
    waits: Waits,
    until: Timestamp,
}

impl Wait {
    fn begin(waits: &Waits, until: Timestamp) -> Self {
        waits.send_modify(|all| *all.entry(until).or_default() += 1);
        Self { waits: waits.clone(), until }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.waits.send_modify(|all| {
            if let Some(count) = all.get_mut(&self.until) {
                *count -= 1;
            }
            all.retain(|_, count| *count > 0);
        });
    }
}

impl ManualClock {
    pub fn at(start: Timestamp) -> Self {
        Self { time: tokio::sync::watch::Sender::new(start), waits: Waits::default() }
    }

    /// Returns once something waits for exactly `now + span`. Tests use it to know that a task has finished its work
    /// and sleeps.
    pub async fn waited_for(&self, span: Span) {
        let until = self.now().plus(span);
        let mut waits = self.waits.subscribe();
        // `self` holds the sender, so the channel cannot close.
        let _waits = waits.wait_for(|all| all.contains_key(&until)).await;
    }

    pub fn advance(&self, span: Span) {
        self.time.send_modify(|now| *now = now.plus(span));
    }

    pub fn set(&self, to: Timestamp) {
        self.time.send_modify(|now| *now = to);
    }
}

impl Source for ManualClock {
    fn now(&self) -> Timestamp {
        *self.time.borrow()
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        self.sleep_until(self.now().plus(Span(i64::try_from(span.as_millis()).unwrap_or(i64::MAX))))
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let mut time = self.time.subscribe();
        let wait = Wait::begin(&self.waits, until);
        Box::pin(async move {
            let _wait = wait;
            // If the sender is gone, so is the clock, and time can no longer pass: wait forever.
            if time.wait_for(|now| *now >= until).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

impl Clock {
    pub fn real() -> Self {
        Self(Arc::new(Real))
    }

    pub fn manual(by: ManualClock) -> Self {
        Self(Arc::new(by))
    }

    pub fn now(&self) -> Timestamp {
        self.0.now()
    }

    pub fn sleep(&self, span: Span) -> BoxFuture<'static, ()> {
        self.0.sleep(Duration::from_millis(u64::try_from(span.0).unwrap_or(0)))
    }

    /// Completes at `until`, or immediately if that has passed.
    pub fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        self.0.sleep_until(until)
    }
}

/// Adapts [`Clock`] to `governor`, so that tests control the rate limiters' time too.
#[derive(Clone)]
pub struct GovernorClock(pub Clock);

impl governor::clock::Clock for GovernorClock {
    type Instant = governor::nanos::Nanos;

    fn now(&self) -> governor::nanos::Nanos {
        governor::nanos::Nanos::from(u64::try_from(self.0.now().0).unwrap_or(0).saturating_mul(1_000_000))
    }
}

/// Randomness for ids, tokens, salts and jitter.
#[derive(Clone)]
pub struct Entropy(Arc<Mutex<StdRng>>);

impl Entropy {
    #[expect(clippy::disallowed_methods, reason = "the one place where the ambient randomness is read")]
    pub fn real() -> Self {
        let mut seed = [0; 32];
        rand::rng().fill(&mut seed);
        Self(Arc::new(Mutex::new(StdRng::from_seed(seed))))
    }

    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(&mut bytes);
        bytes
    }

    /// A new id whose sort order follows `now`.
    pub fn id<N: Noun>(&self, now: Timestamp) -> Id<N> {
        let millis = u64::try_from(now.0).unwrap_or(0);
        Id::from_tail(ulid::Ulid::from_parts(millis, u128::from_be_bytes(self.bytes::<16>())))
    }
}
