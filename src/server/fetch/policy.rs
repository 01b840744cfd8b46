//! Which networks may be reached. Everything outside the public internet is closed, unless the operator allows it.
//!
//! The tables contain IANA's special-purpose registries (RFC 6890 and its successors), and the addresses at which
//! clouds serve credentials to their machines.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The networks that the operator allows besides the public internet.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    allowed: Vec<IpNet>,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(head: [u16; 4], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(head[0], head[1], head[2], head[3], 0, 0, 0, 0), length)
}

/// IPv4 networks outside the public internet.
const CLOSED_V4: [Ipv4Net; 17] = [
    v4(0, 0, 0, 0, 8),        // this network; on Linux 0.0.0.0 is the machine itself
    v4(10, 0, 0, 0, 8),       // private
    v4(100, 64, 0, 0, 10),    // carrier-grade NAT; also a cloud's metadata service
    v4(127, 0, 0, 0, 8),      // loopback
    v4(168, 63, 129, 16, 32), // Azure's wire server
    v4(169, 254, 0, 0, 16),   // link-local, metadata
    v4(172, 16, 0, 0, 12),    // private
    v4(192, 0, 0, 0, 24),     // protocol assignments
    v4(192, 0, 2, 0, 24),     // documentation
    v4(192, 88, 99, 0, 24),   // 6to4 relays
    v4(192, 168, 0, 0, 16),   // private
    v4(198, 18, 0, 0, 15),    // benchmarks
    v4(198, 51, 100, 0, 24),  // documentation
    v4(203, 0, 113, 0, 24),   // documentation
    v4(192, 31, 196, 0, 24),  // AS112
    v4(224, 0, 0, 0, 4),      // multicast
    v4(240, 0, 0, 0, 4),      // reserved, broadcast
];

/// Unicast addresses that are allocated on the internet. The rest is private, local, multicast or not allocated.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// Networks within [`GLOBAL_V6`] that are not the public internet.
const CLOSED_V6: [Ipv6Net; 5] = [
    v6([0x2001, 0, 0, 0], 23),         // protocol assignments, Teredo among them
    v6([0x2001, 0xdb8, 0, 0], 32),     // documentation
    v6([0x2002, 0, 0, 0], 16),         // 6to4, which contains an IPv4 address
    v6([0x2620, 0x4f, 0x8000, 0], 48), // AS112
    v6([0x3fff, 0, 0, 0], 20),         // documentation
];

/// NAT64: the last four bytes are the IPv4 address of the destination.
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0], 96);

impl Policy {
    pub fn allowing(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// Whether a connection to this address is allowed.
    pub fn permits(&self, address: IpAddr) -> bool {
        // `::ffff:127.0.0.1` is the same address as 127.0.0.1.
        let address = address.to_canonical();
        self.allowed.iter().any(|net| net.contains(&address)) || self.is_public(address)
    }

    fn is_public(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => !CLOSED_V4.iter().any(|net| net.contains(&address)),
            IpAddr::V6(address) if NAT64.contains(&address) => self.permits(IpAddr::V4(tail(address))),
            IpAddr::V6(address) => GLOBAL_V6.contains(&address) && !CLOSED_V6.iter().any(|net| net.contains(&address)),
        }
    }
}

fn tail(address: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(policy: &Policy, address: &str) -> bool {
        policy.permits(address.parse().expect(address))
    }

    #[test]
    fn non_public_networks_are_blocked() {
        let closed = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.8.8.8 \
            168.63.129.16 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 \
            192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.251 239.255.255.250 240.0.0.1 \
            255.255.255.255 \
            :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 \
            64:ff9b::127.0.0.1 64:ff9b::10.1.2.3 64:ff9b::169.254.169.254 64:ff9b:1::8.8.8.8 100::1 \
            2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 \
            2002:a00:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fd12:3456::1 fe80::1 fec0::1 ff02::1 ff0e::1";
        for address in closed.split_whitespace() {
            assert!(!permits(&Policy::default(), address), "{address}");
        }
    }

    #[test]
    fn the_public_internet_is_permitted() {
        let open = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 \
            192.167.1.1 192.169.1.1 198.17.0.1 198.20.0.1 223.255.255.255 168.63.129.17 ::ffff:1.1.1.1 64:ff9b::8.8.8.8 \
            2606:4700:4700::1111 2a00:1450::1 2001:4860:4860::8888";
        for address in open.split_whitespace() {
            assert!(permits(&Policy::default(), address), "{address}");
        }
    }

    #[test]
    fn an_allowed_network_is_permitted_in_every_notation() {
        let policy = Policy::allowing(vec!["127.0.0.0/8".parse().expect("a network")]);
        for address in ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"] {
            assert!(permits(&policy, address), "{address}");
        }
        for address in ["::1", "10.0.0.1", "::127.0.0.1"] {
            assert!(!permits(&policy, address), "{address}");
        }
    }
}
