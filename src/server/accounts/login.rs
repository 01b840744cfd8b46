//! Rate limits of sign-in attempts, checked before the password.
//!
//! The tight limit is per email and address, so that others cannot lock a user out by failing with the user's email.
//! Per email alone the limit is looser; it slows down guessing from many addresses.

use std::{
    net::{IpAddr, Ipv6Addr},
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
    domain::time::Span,
    server::clock::{Clock, GovernorClock},
};

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, GovernorClock, NoOpMiddleware<Nanos>>;

/// Counts attempts.
#[derive(Clone)]
pub struct Gate {
    by_both: Arc<Limiter>,
    by_email: Arc<Limiter>,
    by_address: Arc<Limiter>,
    tries: Arc<AtomicU32>,
    clock: GovernorClock,
}

const PER_BOTH: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const PER_EMAIL: NonZeroU32 = NonZeroU32::new(200).expect("not zero");
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
/// Attempts between two sweeps of unused keys. Failed attempts create keys too.
const SWEEP: u32 = 1_000;

impl Gate {
    /// Limits: per email and address 10 attempts, then one in 6 s; per address 100, then 10 in 6 s; per email 200, then
    /// 20 in 6 s.
    pub fn new(clock: Clock) -> Self {
        let clock = GovernorClock(clock);
        let limiter = |burst: NonZeroU32| {
            let quota = Quota::per_minute(burst).allow_burst(burst);
            Arc::new(RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock.clone()))
        };
        Self {
            by_both: limiter(PER_BOTH),
            by_email: limiter(PER_EMAIL),
            by_address: limiter(PER_ADDRESS),
            tries: Arc::default(),
            clock: clock.clone(),
        }
    }

    /// Counts one attempt. The error is the time to wait.
    pub fn check_rate(&self, email: &str, address: &str) -> Result<(), Span> {
        if self.tries.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.sweep();
        }
        let now = self.clock.now();
        let wait = |not_until: governor::NotUntil<Nanos>| {
            let left = Nanos::from(not_until.wait_time_from(now));
            Span::of_millis(i64::try_from(left.as_u64() / 1_000_000).unwrap_or(i64::MAX).max(1_000))
        };
        let address = household(address);
        self.by_address.check_key(&address).map_err(wait)?;
        self.by_both.check_key(&format!("{address} {email}")).map_err(wait)?;
        self.by_email.check_key(&email.to_owned()).map_err(wait)
    }

    /// Removes keys whose full burst is available again, so that memory stays bounded.
    fn sweep(&self) {
        for limiter in [&self.by_both, &self.by_email, &self.by_address] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// The part of an address that its holder cannot change: of IPv6 the /64 prefix.
fn household(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(v6)) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).to_string(),
        Ok(v4 @ IpAddr::V4(_)) => v4.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::time::Timestamp, server::clock::ManualClock};

    fn gate() -> (Gate, ManualClock) {
        let manual_clock = ManualClock::at(Timestamp(1_000_000));
        (Gate::new(Clock::manual(manual_clock.clone())), manual_clock)
    }

    #[test]
    fn the_eleventh_try_waits_and_time_opens_the_gate_again() {
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
    fn who_fails_in_a_persons_name_elsewhere_does_not_keep_her_out() {
        let (gate, _) = gate();
        for _ in 0..50 {
            let _counted = gate.check_rate("ana@acme.test", "203.0.113.7");
        }
        assert!(gate.check_rate("ana@acme.test", "203.0.113.7").is_err(), "he waits");
        assert!(gate.check_rate("ana@acme.test", "10.0.0.1").is_ok(), "she does not");
    }

    #[test]
    fn guessing_from_many_addresses_is_slowed_down_too() {
        let (gate, _) = gate();
        let passed =
            (0..=255).filter(|host| gate.check_rate("ana@acme.test", &format!("203.0.113.{host}")).is_ok()).count();
        assert_eq!(passed, 200);
    }

    #[test]
    fn an_address_is_what_its_owner_cannot_change_at_will() {
        assert_eq!(household("2001:db8:1:2:3:4:5:6"), household("2001:db8:1:2::9"));
        assert_ne!(household("2001:db8:1:2::1"), household("2001:db8:1:3::1"));
        assert_eq!(household("::ffff:10.0.0.1"), household("10.0.0.1"));
    }

    #[test]
    fn failed_tries_leave_nothing_behind_for_ever() {
        let (gate, manual_clock) = gate();
        for number in 0..SWEEP - 1 {
            let _counted = gate.check_rate(&format!("{number}@acme.test"), &format!("10.0.{}.1", number % 100));
        }
        assert!(gate.by_email.len() > 100);
        manual_clock.advance(Span::hours(1));
        let _swept = gate.check_rate("ana@acme.test", "10.0.0.1");
        assert!(gate.by_email.len() <= 1 && gate.by_both.len() <= 1, "{}", gate.by_email.len());
    }
}
