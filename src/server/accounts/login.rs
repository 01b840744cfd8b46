//! Rate limits of sign-in attempts, checked before the password.
//!
//! The tight limit is per email and address, so that others cannot lock a user out by failing with the user's email.
//! Per email alone the limit is looser; it slows down guessing from many addresses.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, nanos::Nanos,
    state::keyed::DefaultKeyedStateStore,
};

use crate::{
    domain::{network, time::Span},
    server::clock::{Clock, GovernorClock},
};

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, GovernorClock, NoOpMiddleware<Nanos>>;

/// Counts attempts.
#[derive(Clone)]
pub struct SignInLimiter {
    by_pair: Arc<Limiter>,
    by_email: Arc<Limiter>,
    by_address: Arc<Limiter>,
    attempts: Arc<AtomicU32>,
    clock: GovernorClock,
}

const PER_PAIR: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const PER_EMAIL: NonZeroU32 = NonZeroU32::new(200).expect("not zero");
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
/// Attempts between two sweeps of unused keys. Failed attempts create keys too.
const SWEEP_AFTER: u32 = 1_000;

impl SignInLimiter {
    /// Limits: per email and address 10 attempts, then one in 6 s; per address 100, then 10 in 6 s; per email 200, then
    /// 20 in 6 s.
    pub fn new(clock: Clock) -> Self {
        let clock = GovernorClock(clock);
        let limiter = |burst: NonZeroU32| {
            let quota = Quota::per_minute(burst).allow_burst(burst);
            Arc::new(RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock.clone()))
        };
        Self {
            by_pair: limiter(PER_PAIR),
            by_email: limiter(PER_EMAIL),
            by_address: limiter(PER_ADDRESS),
            attempts: Arc::default(),
            clock: clock.clone(),
        }
    }

    /// Counts one attempt. The error is the time to wait.
    pub fn check_rate(&self, email: &str, address: &str) -> Result<(), Span> {
        if self.attempts.fetch_add(1, Ordering::Relaxed) % SWEEP_AFTER == SWEEP_AFTER - 1 {
            self.sweep();
        }
        let now = self.clock.now();
        let wait = |not_until: governor::NotUntil<Nanos>| {
            let left = Nanos::from(not_until.wait_time_from(now));
            Span::of_millis(i64::try_from(left.as_u64() / 1_000_000).unwrap_or(i64::MAX).max(1_000))
        };
        let address = network_prefix(address);
        self.by_address.check_key(&address).map_err(wait)?;
        self.by_pair.check_key(&format!("{address} {email}")).map_err(wait)?;
        self.by_email.check_key(&email.to_owned()).map_err(wait)
    }

    /// Removes keys whose full burst is available again, so that memory stays bounded.
    fn sweep(&self) {
        for limiter in [&self.by_pair, &self.by_email, &self.by_address] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// The part of an address that its holder cannot change: of IPv6 the /64 prefix.
fn network_prefix(address: &str) -> String {
    address.parse::<IpAddr>().map_or_else(|_| address.to_owned(), |address| network::prefix(address).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::time::Timestamp, server::clock::ManualClock};

    fn gate() -> (SignInLimiter, ManualClock) {
        let manual_clock = ManualClock::at(Timestamp(1_000_000));
        (SignInLimiter::new(Clock::manual(manual_clock.clone())), manual_clock)
    }

    #[test]
    fn the_eleventh_attempt_is_refused_until_time_has_passed() {
        let (gate, manual_clock) = gate();
        for _ in 0..10 {
            assert!(gate.check_rate("ana@acme.test", "10.0.0.1").is_ok());
        }
        let wait = gate.check_rate("ana@acme.test", "10.0.0.1").expect_err("too often");
        assert!(gate.check_rate("ben@acme.test", "10.0.0.1").is_ok(), "others are not affected");
        manual_clock.advance(wait);
        assert!(gate.check_rate("ana@acme.test", "10.0.0.1").is_ok());
    }

    #[test]
    fn failures_from_another_address_do_not_lock_out_the_owner() {
        let (gate, _) = gate();
        for _ in 0..50 {
            let _counted = gate.check_rate("ana@acme.test", "203.0.113.7");
        }
        assert!(gate.check_rate("ana@acme.test", "203.0.113.7").is_err(), "he waits");
        assert!(gate.check_rate("ana@acme.test", "10.0.0.1").is_ok(), "she does not");
    }

    #[test]
    fn attempts_for_one_email_are_limited_across_addresses() {
        let (gate, _) = gate();
        let passed =
            (0..=255).filter(|host| gate.check_rate("ana@acme.test", &format!("203.0.113.{host}")).is_ok()).count();
        assert_eq!(passed, 200);
    }

    #[test]
    fn ipv6_addresses_are_limited_by_their_64_prefix() {
        assert_eq!(network_prefix("2001:db8:1:2:3:4:5:6"), network_prefix("2001:db8:1:2::9"));
        assert_ne!(network_prefix("2001:db8:1:2::1"), network_prefix("2001:db8:1:3::1"));
        assert_eq!(network_prefix("::ffff:10.0.0.1"), network_prefix("10.0.0.1"));
    }

    #[test]
    fn unused_limiter_keys_are_removed() {
        let (gate, manual_clock) = gate();
        for number in 0..SWEEP_AFTER - 1 {
            let _counted = gate.check_rate(&format!("{number}@acme.test"), &format!("10.0.{}.1", number % 100));
        }
        assert!(gate.by_email.len() > 100);
        manual_clock.advance(Span::hours(1));
        let _swept = gate.check_rate("ana@acme.test", "10.0.0.1");
        assert!(gate.by_email.len() <= 1 && gate.by_pair.len() <= 1, "{}", gate.by_email.len());
    }
}
