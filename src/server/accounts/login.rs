//! Limits of failed sign-ins, and of wrong codes after the right password. An attempt is counted before its password is
//! checked and given back if it was right, so that many at once cannot pass a limit together and those who sign in cost
//! nobody anything.
//!
//! A device in which the person has signed in before has a counter of its own: whoever fails with the person's email from
//! elsewhere cannot lock them out. All others are counted per account and network, per account, and per network, whose
//! size is what one person may hold. What was typed decides, not whether there is such an account, so that the answers
//! tell nobody which accounts exist. Codes are counted in the same way: somebody who holds the password cannot keep the
//! owner from entering theirs.
//!
//! To add a limit: a variant of [`AttemptScope`] with its allowance, and its place in [`scopes`] or [`code_scopes`].

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{
        ids::AgentId,
        network::{self, Network},
        second_factor,
        throttle::{Allowance, Used},
        time::{Span, Timestamp},
    },
    server::clock::Clock,
};

/// What attempts are counted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AttemptScope {
    /// A device of the person, by the hash of its token.
    Device(String),
    /// A session that asks for the password again, or for the first code of a second factor.
    Session(String),
    /// An email as it was typed, from one address.
    Pair(String, Option<Network>),
    Account(String),
    Network(Network),
    /// Codes of a person's second factor, after the right password: from a device of the person, by the hash of its
    /// token.
    CodeDevice(String),
    /// The same from all their devices together.
    CodesOfDevices(AgentId),
    /// The same from one address that is none of these.
    CodeNetwork(AgentId, Option<Network>),
    /// The same from all such addresses together.
    CodesOfStrangers(AgentId),
    /// Not an attempt but its entry in the audit log, for refusals of which there may be any number.
    Note(AgentId),
}

impl AttemptScope {
    fn allowance(&self) -> Allowance {
        let (at_once, pause) = match self {
            Self::Device(_) | Self::Session(_) | Self::Pair(..) => (10, Span::seconds(6)),
            Self::Account(_) => (100, Span::seconds(36)),
            Self::Network(network) => match (network.is_ipv4(), network.length()) {
                // One address or connection, which an office may share.
                (true, 32) | (false, 64) => (50, Span::seconds(6)),
                (false, 56) => (100, Span::seconds(4)),
                (true | false, _) => (200, Span::seconds(3)),
            },
            Self::CodeDevice(_) | Self::CodeNetwork(..) => return second_factor::CODES,
            Self::CodesOfDevices(_) | Self::CodesOfStrangers(_) => return second_factor::ACCOUNT_CODES,
            Self::Note(_) => (1, Span::minutes(10)),
        };
        Allowance { at_once, pause }
    }
}

/// What an attempt is counted by. `device` is the hash of a token with which the person has signed in before.
pub fn scopes(email: &str, address: Option<IpAddr>, device: Option<&str>) -> Vec<AttemptScope> {
    if let Some(device) = device {
        return vec![AttemptScope::Device(device.to_owned())];
    }
    let networks = address.map(network::networks).unwrap_or_default();
    let mut scopes =
        vec![AttemptScope::Pair(email.to_owned(), networks.first().copied()), AttemptScope::Account(email.to_owned())];
    scopes.extend(networks.into_iter().map(AttemptScope::Network));
    scopes
}

/// What a code of the person's second factor is counted by. `device` as for [`scopes`].
pub fn code_scopes(person: &AgentId, address: Option<IpAddr>, device: Option<&str>) -> Vec<AttemptScope> {
    match device {
        Some(device) => {
            vec![AttemptScope::CodeDevice(device.to_owned()), AttemptScope::CodesOfDevices(person.clone())]
        }
        None => {
            let network = address.and_then(|address| network::networks(address).first().copied());
            vec![AttemptScope::CodeNetwork(person.clone(), network), AttemptScope::CodesOfStrangers(person.clone())]
        }
    }
}

/// Attempts between two sweeps of counters that are at rest.
const SWEEP_AFTER: u32 = 1_000;

/// Counts attempts. Cheap to clone.
#[derive(Clone)]
pub struct SignInLimiter {
    counters: Arc<Mutex<Counters>>,
    clock: Clock,
}

#[derive(Default)]
struct Counters {
    used: HashMap<AttemptScope, Used>,
    taken: u32,
}

impl SignInLimiter {
    pub fn new(clock: Clock) -> Self {
        Self { counters: Arc::default(), clock }
    }

    /// How long the next attempt has to wait; `None` if it is allowed. Counts nothing.
    pub fn wait(&self, scopes: &[AttemptScope]) -> Option<Span> {
        self.with(|counters, now| longest_wait(counters, scopes, now))
    }

    /// Counts one attempt. The error is the time to wait; then nothing is counted.
    pub fn take(&self, scopes: &[AttemptScope]) -> Result<(), Span> {
        self.with(|counters, now| {
            if let Some(wait) = longest_wait(counters, scopes, now) {
                return Err(wait);
            }
            counters.taken += 1;
            if counters.taken >= SWEEP_AFTER {
                counters.taken = 0;
                counters.used.retain(|_, used| !used.is_nothing(now));
                counters.used.shrink_to_fit();
            }
            for scope in scopes {
                let used = counters.used.entry(scope.clone()).or_default();
                *used = scope.allowance().after_attempt(*used, now);
            }
            Ok(())
        })
    }

    /// The attempt that was counted last was none: its password was right.
    pub fn give_back(&self, scopes: &[AttemptScope]) {
        self.with(|counters, _| {
            for scope in scopes {
                if let Some(used) = counters.used.get_mut(scope) {
                    *used = scope.allowance().given_back(*used);
                }
            }
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Counters, Timestamp) -> T) -> T {
        let now = self.clock.now();
        work(&mut self.counters.lock().unwrap_or_else(PoisonError::into_inner), now)
    }
}

fn longest_wait(counters: &Counters, scopes: &[AttemptScope], now: Timestamp) -> Option<Span> {
    let wait =
        |scope: &AttemptScope| scope.allowance().wait(counters.used.get(scope).copied().unwrap_or_default(), now);
    scopes.iter().filter_map(wait).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::clock::ManualClock;

    fn gate() -> (SignInLimiter, ManualClock) {
        let manual_clock = ManualClock::at(Timestamp(1_000_000));
        (SignInLimiter::new(Clock::manual(manual_clock.clone())), manual_clock)
    }

    fn from(email: &str, address: &str) -> Vec<AttemptScope> {
        scopes(email, Some(address.parse().expect("an address")), None)
    }

    const ANA: &str = "ana@acme.test";

    #[test]
    fn the_eleventh_failure_waits_until_time_has_passed() {
        let (gate, manual_clock) = gate();
        for _ in 0..10 {
            assert_eq!(gate.take(&from(ANA, "10.0.0.1")), Ok(()));
        }
        let wait = gate.take(&from(ANA, "10.0.0.1")).expect_err("too often");
        assert_eq!(gate.wait(&from(ANA, "10.0.0.1")), Some(wait));
        assert_eq!(gate.wait(&from("ben@acme.test", "10.0.0.1")), None, "others are not affected");
        manual_clock.advance(wait);
        assert_eq!(gate.take(&from(ANA, "10.0.0.1")), Ok(()));
    }

    #[test]
    fn those_who_sign_in_are_not_counted() {
        let (gate, _) = gate();
        for number in 0..1_000 {
            let scopes = from(&format!("{number}@acme.test"), "10.0.0.1");
            assert_eq!(gate.take(&scopes), Ok(()), "{number}");
            gate.give_back(&scopes);
        }
    }

    #[test]
    fn failures_from_elsewhere_do_not_lock_out_a_known_device() {
        let (gate, _) = gate();
        let mut refused = 0;
        for host in 0..300_u32 {
            let address = format!("203.{}.{}.7", host / 200, host % 200);
            refused += usize::from(gate.take(&from(ANA, &address)).is_err());
        }
        assert_eq!(refused, 200, "an account has a limit across networks");
        assert!(gate.wait(&from(ANA, "10.0.0.1")).is_some(), "also for her, at another computer");
        let hers = scopes(ANA, Some("203.0.113.7".parse().expect("an address")), Some("a-device"));
        assert_eq!(gate.take(&hers), Ok(()));
        for _ in 1..10 {
            assert_eq!(gate.take(&hers), Ok(()));
        }
        assert!(gate.take(&hers).is_err(), "it has a limit, too");
    }

    /// How many accounts one can fail with, from the addresses that `address` returns, before all wait.
    fn passed(address: impl Fn(u32) -> String) -> usize {
        let (gate, _) = gate();
        let attempt = |number: &u32| gate.take(&from(&format!("{number}@acme.test"), &address(*number))).is_ok();
        (0..1_000).filter(attempt).count()
    }

    #[test]
    fn failures_are_counted_by_the_network_that_one_person_may_hold() {
        assert_eq!(passed(|_| "203.0.113.7".to_owned()), 50, "an address");
        assert_eq!(passed(|number| format!("203.0.113.{}", number % 200)), 200, "a /24");
        assert_eq!(passed(|number| format!("203.{}.{}.7", number / 200, number % 200)), 1_000, "many networks");
        assert_eq!(passed(|number| format!("2001:db8:1:ff00::{number:x}")), 50, "a /64");
        assert_eq!(passed(|number| format!("2001:db8:1:ff{:02x}::1", number % 256)), 100, "a /56");
        assert_eq!(passed(|number| format!("2001:db8:1:{number:x}00::1", number = number % 256)), 200, "a /48");
    }

    #[test]
    fn wrong_codes_of_strangers_lock_out_neither_a_known_device_nor_another_network() {
        let (gate, manual_clock) = gate();
        let ana = AgentId::from("agt_ana");
        let at =
            |address: &str, device: Option<&str>| code_scopes(&ana, Some(address.parse().expect("an address")), device);
        // given somebody who enters wrong codes from one network for an hour, as often as they may
        for _ in 0..60 {
            while gate.take(&at("203.0.113.7", None)).is_ok() {}
            manual_clock.advance(Span::minutes(1));
        }
        while gate.take(&at("203.0.113.7", None)).is_ok() {}
        // then nobody else waits
        assert_eq!(gate.wait(&at("198.51.100.1", None)), None);
        assert_eq!(gate.wait(&at("203.0.113.7", Some("a-device"))), None);
        // when they do so from many networks, then all strangers wait, and the person's device does not
        let passed = (0..100).filter(|host| gate.take(&at(&format!("192.0.2.{host}"), None)).is_ok()).count();
        assert!((1..20).contains(&passed), "{passed}");
        assert!(gate.wait(&at("198.51.100.1", None)).is_some());
        assert_eq!(gate.wait(&at("203.0.113.7", Some("a-device"))), None);
        // and it has a limit, too, as all devices of the person together
        assert_eq!((0..9).filter(|_| gate.take(&at("10.0.0.1", Some("a-device"))).is_ok()).count(), 5);
        let devices = (0..100).filter(|nth| gate.take(&at("10.0.0.1", Some(&format!("device {nth}")))).is_ok());
        assert_eq!(devices.count(), 15);
        // and nobody else's codes are affected
        let ben = code_scopes(&"agt_ben".into(), Some("203.0.113.7".parse().expect("an address")), None);
        assert_eq!(gate.take(&ben), Ok(()));
    }

    #[test]
    fn counters_at_rest_are_removed() {
        let (gate, manual_clock) = gate();
        for number in 0..SWEEP_AFTER - 1 {
            let _counted = gate.take(&from(&format!("{number}@acme.test"), &format!("10.{}.0.1", number % 200)));
        }
        assert!(gate.with(|counters, _| counters.used.len()) > 1_000);
        manual_clock.advance(Span::hours(2));
        let _swept = gate.take(&from(ANA, "10.0.0.1"));
        assert_eq!(gate.with(|counters, _| counters.used.len()), 4, "those of the last attempt");
    }
}
