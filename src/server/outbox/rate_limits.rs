//! Keeps Meta's rate limits before Meta enforces them: messages per second of a number, and per pair of number and
//! customer.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, nanos::Nanos,
    state::keyed::DefaultKeyedStateStore,
};

use crate::{
    domain::{
        ids::{ChannelId, CustomerId},
        time::{Span, Timestamp},
    },
    server::clock::{Clock, GovernorClock},
};

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, GovernorClock, NoOpMiddleware<Nanos>>;

#[derive(Clone)]
pub struct RateLimits {
    number: Arc<Limiter>,
    pair: Arc<Limiter>,
    clock: GovernorClock,
}

/// Meta allows 80 messages per second and number, inbound and outbound. The rest is for inbound ones.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
/// Meta allows one message in 6 seconds per customer, and bursts of 45 that are paid back later.
const PAIR_BURST: NonZeroU32 = NonZeroU32::new(45).expect("not zero");
const PAIR_PERIOD: Duration = Duration::from_secs(6);

impl RateLimits {
    pub fn new(clock: Clock) -> Self {
        let clock = GovernorClock(clock);
        let pair = Quota::with_period(PAIR_PERIOD).unwrap_or_else(|| Quota::per_minute(PAIR_BURST));
        Self {
            number: Arc::new(RateLimiter::new(
                Quota::per_second(PER_SECOND),
                DefaultKeyedStateStore::default(),
                clock.clone(),
            )),
            pair: Arc::new(RateLimiter::new(
                pair.allow_burst(PAIR_BURST),
                DefaultKeyedStateStore::default(),
                clock.clone(),
            )),
            clock,
        }
    }

    /// Counts one message, or returns when it may be sent.
    pub fn check(&self, channel: &ChannelId, customer: &CustomerId) -> Option<Timestamp> {
        let now = self.clock.now();
        let until = |not_until: governor::NotUntil<Nanos>| {
            let wait = i64::try_from(not_until.wait_time_from(now).as_millis()).unwrap_or(i64::MAX);
            self.clock.0.now().plus(Span::of_millis(wait + 1))
        };
        // The number first: if the pair refuses, the unit of the number that is lost returns within a second. A lost
        // unit of the pair takes six.
        if let Err(not_until) = self.number.check_key(&channel.as_str().to_owned()) {
            return Some(until(not_until));
        }
        self.pair.check_key(&format!("{channel} {customer}")).err().map(until)
    }

    /// Removes pairs whose full burst is available again.
    pub fn sweep(&self) {
        self.pair.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::clock::ManualClock;

    #[test]
    fn a_burst_to_one_customer_is_limited_to_45_messages() {
        let manual_clock = ManualClock::at(Timestamp(1_000_000));
        let rate_limits = RateLimits::new(Clock::manual(manual_clock.clone()));
        let (channel, maria, luca) = (ChannelId::from("chn_1"), CustomerId::from("cus_1"), CustomerId::from("cus_2"));
        for _ in 0..45 {
            assert_eq!(rate_limits.check(&channel, &maria), None);
        }
        let due = rate_limits.check(&channel, &maria).expect("the 46th waits");
        assert!(due > Timestamp(1_000_000) && due <= Timestamp(1_006_001));
        assert_eq!(rate_limits.check(&channel, &luca), None, "other customers are not affected");
        manual_clock.set(due);
        assert_eq!(rate_limits.check(&channel, &maria), None);
    }
    #[test]
    fn a_refusal_by_the_number_does_not_count_for_the_pair() {
        let manual_clock = ManualClock::at(Timestamp(1_000_000));
        let rate_limits = RateLimits::new(Clock::manual(manual_clock.clone()));
        let (channel, luca) = (ChannelId::from("chn_1"), CustomerId::from("cus_0"));
        for n in 1..=60 {
            assert_eq!(rate_limits.check(&channel, &CustomerId::from(format!("cus_{n}"))), None);
        }
        for _ in 0..100 {
            assert!(rate_limits.check(&channel, &luca).is_some(), "the number has sent sixty");
        }
        manual_clock.advance(Span::seconds(1));
        for _ in 0..45 {
            assert_eq!(rate_limits.check(&channel, &luca), None, "the burst of this customer is unused");
        }
    }
}
