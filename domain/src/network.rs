//! Addresses of networks: what one holder of an address cannot change.

use std::net::{IpAddr, Ipv6Addr};

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
}
