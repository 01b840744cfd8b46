//! The gate before the password check: how often one e-mail and one address may try.

use std::{num::NonZeroU32, sync::Arc};

use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, nanos::Nanos,
    state::keyed::DefaultKeyedStateStore,
};

use crate::{
    domain::time::Span,
    server::clock::{Clock, GateClock},
};

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, GateClock, NoOpMiddleware<Nanos>>;

/// Counts tries per e-mail and per address.
#[derive(Clone)]
pub struct Gate {
    by_email: Arc<Limiter>,
    by_address: Arc<Limiter>,
    clock: GateClock,
}

const PER_EMAIL: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(100).expect("not zero");

impl Gate {
    /// Ten tries per e-mail, then one in six seconds; a hundred per address, then ten in six seconds.
    pub fn new(clock: Clock) -> Self {
        let clock = GateClock(clock);
        let minute = |burst: NonZeroU32| Quota::per_minute(burst).allow_burst(burst);
        Self {
            by_email: Arc::new(RateLimiter::new(minute(PER_EMAIL), DefaultKeyedStateStore::default(), clock.clone())),
            by_address: Arc::new(RateLimiter::new(
                minute(PER_ADDRESS),
                DefaultKeyedStateStore::default(),
                clock.clone(),
            )),
            clock,
        }
    }

    /// Counts one try. `Err` says how long to wait.
    pub fn knock(&self, email: &str, address: &str) -> Result<(), Span> {
        let now = self.clock.now();
        let wait = |not_until: governor::NotUntil<Nanos>| {
            let left = Nanos::from(not_until.wait_time_from(now));
            Span::of_millis(i64::try_from(left.as_u64() / 1_000_000).unwrap_or(i64::MAX).max(1_000))
        };
        self.by_address.check_key(&address.to_owned()).map_err(wait)?;
        self.by_email.check_key(&email.to_owned()).map_err(wait)
    }

    /// Forgets keys that have recovered; called now and then so that memory stays bounded.
    pub fn sweep(&self) {
        self.by_email.retain_recent();
        self.by_address.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::time::Timestamp, server::clock::TurnedClock};

    #[test]
    fn the_eleventh_try_waits_and_time_opens_the_gate_again() {
        let hand = TurnedClock::at(Timestamp(1_000_000));
        let gate = Gate::new(Clock::turned(hand.clone()));
        for _ in 0..10 {
            assert!(gate.knock("ana@acme.test", "10.0.0.1").is_ok());
        }
        let wait = gate.knock("ana@acme.test", "10.0.0.1").expect_err("too often");
        assert!(gate.knock("ben@acme.test", "10.0.0.1").is_ok(), "others are not affected");
        hand.turn(wait);
        assert!(gate.knock("ana@acme.test", "10.0.0.1").is_ok());
    }
}
