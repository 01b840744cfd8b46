//! Shares: how much of something one address, session or tenant may hold at once, and how often one address may ask.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, nanos::Nanos, state::keyed::DefaultKeyedStateStore};

use crate::{
    domain::network,
    server::clock::{Clock, GovernorClock},
};

/// Counts what each key holds. Cheap to clone.
#[derive(Debug)]
pub struct Shares<K>(Arc<Mutex<HashMap<K, usize>>>);

impl<K> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K> Default for Shares<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

/// One unit of a key, until it is dropped.
#[derive(Debug)]
pub struct Share<K: Eq + Hash> {
    shares: Shares<K>,
    key: K,
}

impl<K: Eq + Hash + Clone> Shares<K> {
    /// `None` if the key holds `most` already.
    pub fn take(&self, key: K, most: usize) -> Option<Share<K>> {
        {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let count = held.entry(key.clone()).or_default();
            if *count >= most {
                return None;
            }
            *count += 1;
        }
        Some(Share { shares: self.clone(), key })
    }
}

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut held = self.shares.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.key);
            }
        }
    }
}

/// The most requests of one forwarded address in progress. Streams count until they have begun.
const AT_ONCE: usize = 256;
/// Requests of one forwarded address: four thousand at once, then four hundred a second. An office shares one address,
/// and a page asks for a dozen files and lists when it opens: a shift of 300 agents begins with that many.
const BURST: NonZeroU32 = NonZeroU32::new(4_000).expect("not zero");
const PER_SECOND: NonZeroU32 = NonZeroU32::new(400).expect("not zero");
/// Requests between two sweeps of unused keys.
const SWEEP_AFTER: u32 = 10_000;

type Limiter = RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, GovernorClock, NoOpMiddleware<Nanos>>;

/// Limits per address of those who come through a trusted proxy.
#[derive(Clone)]
pub struct ForwardedLimits {
    rate: Arc<Limiter>,
    held: Shares<IpAddr>,
    asked: Arc<AtomicU32>,
}

impl ForwardedLimits {
    pub fn new(clock: Clock) -> Self {
        let quota = Quota::per_second(PER_SECOND).allow_burst(BURST);
        let rate = RateLimiter::new(quota, DefaultKeyedStateStore::default(), GovernorClock(clock));
        Self { rate: Arc::new(rate), held: Shares::default(), asked: Arc::default() }
    }

    /// `None` if the address asks too often, or has too many requests in progress.
    pub fn take(&self, address: IpAddr) -> Option<Share<IpAddr>> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP_AFTER == SWEEP_AFTER - 1 {
            self.rate.retain_recent();
            self.rate.shrink_to_fit();
        }
        let network = network::prefix(address);
        self.rate.check_key(&network).ok()?;
        self.held.take(network, AT_ONCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::time::{Span, Timestamp},
        server::clock::ManualClock,
    };

    #[test]
    fn a_share_is_given_back_when_it_is_dropped() {
        let shares = Shares::default();
        let held: Vec<_> = (0..3).map(|_| shares.take("a", 3).expect("a share")).collect();
        assert!(shares.take("a", 3).is_none());
        assert!(shares.take("b", 3).is_some(), "others are not affected");
        drop(held);
        assert!(shares.take("a", 3).is_some());
        assert!(shares.0.lock().expect("no panic").is_empty(), "unused keys are removed");
    }

    #[test]
    fn a_forwarded_address_has_its_own_limits() {
        let clock = ManualClock::at(Timestamp(1_000_000));
        let limits = ForwardedLimits::new(Clock::manual(clock.clone()));
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        // given one that holds all it may
        let held: Vec<_> = (0..AT_ONCE).map(|_| limits.take(address("203.0.113.7")).expect("a share")).collect();
        assert!(limits.take(address("203.0.113.7")).is_none());
        assert!(limits.take(address("::ffff:203.0.113.7")).is_none(), "the same address in another form");
        assert!(limits.take(address("203.0.113.8")).is_some());
        drop(held);
        // when it asks as often as it may
        let passed = (0..8_000).filter(|_| limits.take(address("203.0.113.7")).is_some()).count();
        assert_eq!(passed, 4_000 - AT_ONCE - 2);
        // then it waits
        clock.advance(Span::seconds(1));
        assert_eq!((0..8_000).filter(|_| limits.take(address("203.0.113.7")).is_some()).count(), 400);
    }
}
