//! Addresses of networks: what one holder of an address cannot change.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network: the bits that all its addresses begin with, and how many these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    start: IpAddr,
    length: u8,
}

impl Network {
    /// How many bits the addresses have in common.
    pub fn length(self) -> u8 {
        self.length
    }

    pub fn is_ipv4(self) -> bool {
        self.start.is_ipv4()
    }
}

/// The networks of an address that one person may hold, the smallest first: an IPv4 address itself and its /24; of IPv6
/// the /64 of a connection, and the /56 and /48 that providers give to a customer.
pub fn networks(address: IpAddr) -> Vec<Network> {
    match address.to_canonical() {
        IpAddr::V4(v4) => [32_u8, 24].map(|length| within_ipv4(v4, length)).to_vec(),
        IpAddr::V6(v6) => [64_u8, 56, 48].map(|length| within_ipv6(v6, length)).to_vec(),
    }
}

fn within_ipv4(address: Ipv4Addr, length: u8) -> Network {
    let bits = address.to_bits() & (u32::MAX << (32 - length));
    Network { start: Ipv4Addr::from_bits(bits).into(), length }
}

fn within_ipv6(address: Ipv6Addr, length: u8) -> Network {
    let bits = address.to_bits() & (u128::MAX << (128 - length));
    Network { start: Ipv6Addr::from_bits(bits).into(), length }
}

/// The part of an address that limits count by: an IPv4 address, also one written as IPv6, and of an IPv6 address the
/// /64 prefix, because its holder has all addresses below it.
pub fn prefix(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_counts_by_its_prefix() {
        let prefix = |text: &str| prefix(text.parse().expect("an address"));
        assert_eq!(prefix("2001:db8:1:2:3:4:5:6"), prefix("2001:db8:1:2::9"));
        assert_ne!(prefix("2001:db8:1:2::1"), prefix("2001:db8:1:3::1"));
        assert_eq!(prefix("::ffff:10.0.0.1"), prefix("10.0.0.1"));
        assert_ne!(prefix("10.0.0.1"), prefix("10.0.0.2"));
    }

    #[test]
    fn an_address_is_in_the_networks_that_one_person_may_hold() {
        let of = |text: &str| networks(text.parse().expect("an address"));
        let lengths = |text: &str| of(text).iter().map(|network| network.length()).collect::<Vec<_>>();
        assert_eq!((lengths("10.1.2.3"), lengths("2001:db8::1")), (vec![32, 24], vec![64, 56, 48]));
        assert!(of("::ffff:10.1.2.3").iter().all(|network| network.is_ipv4()), "IPv4 in another form");
        assert!(!of("2001:db8::1").iter().any(|network| network.is_ipv4()));
        // How many of the networks two addresses share.
        let shared = |one: &str, other: &str| of(one).iter().filter(|network| of(other).contains(network)).count();
        let table = [
            ("10.1.2.3", "10.1.2.3", 2),
            ("10.1.2.3", "10.1.2.4", 1),
            ("10.1.2.3", "10.1.3.3", 0),
            ("10.1.2.3", "::ffff:10.1.2.3", 2),
            ("2001:db8:1:ff01::1", "2001:db8:1:ff01:a:b:c:d", 3),
            ("2001:db8:1:ff01::1", "2001:db8:1:ff02::1", 2),
            ("2001:db8:1:ff01::1", "2001:db8:1:0::1", 1),
            ("2001:db8:1:ff01::1", "2001:db8:2:ff01::1", 0),
        ];
        for (one, other, expected) in table {
            assert_eq!(shared(one, other), expected, "{one} and {other}");
        }
    }
}
