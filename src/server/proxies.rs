//! The operator's own proxies: which addresses are theirs, and how the operator names them.
//!
//! What a proxy reports about a request is read in `http/origin.rs`; how its connections count is decided in
//! `connections.rs`. To accept another notation: a branch in `network`, and its rows in the tests.

use std::{
    net::{AddrParseError, IpAddr},
    sync::Arc,
};

use ipnet::{IpNet, Ipv4Net};

/// The addresses and networks of the operator's proxies. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Arc<[IpNet]>);

/// Why a part of the list cannot be used. Each text quotes the part and says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    #[error("“{0}” is neither an IP address like 127.0.0.1 nor a network like 10.1.0.0/16 or fd00::/8")]
    Unreadable(String),
    #[error("the number after the slash of “{part}” must be between 1 and {longest}, as in 10.1.0.0/16 or fd00::/8")]
    Length { part: String, longest: u8 },
    #[error("“{part}” is an address within a network: write {network} for all of it, or {address} for the one proxy")]
    InNetwork { part: String, network: IpNet, address: IpAddr },
    #[error("“{0}” is every address, so that everybody could claim any other one: name the networks of your proxies")]
    Everybody(String),
}

impl TrustedProxies {
    /// Reads a comma-separated list of addresses and networks. IPv4 may be written as IPv6 (`::ffff:10.0.0.1`).
    ///
    /// # Errors
    ///
    /// The first part that is no address or network, or would trust everybody.
    pub fn parse(list: &str) -> Result<Self, ProxyError> {
        let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
        Ok(Self(parts.map(network).collect::<Result<Vec<_>, _>>()?.into()))
    }

    /// Whether `address` belongs to a proxy. A server that listens on `[::]` sees IPv4 addresses as IPv6.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

fn network(part: &str) -> Result<IpNet, ProxyError> {
    let unreadable = |_: AddrParseError| ProxyError::Unreadable(part.to_owned());
    let Some((address, length)) = part.split_once('/') else {
        return part.parse::<IpAddr>().map(|address| address.to_canonical().into()).map_err(unreadable);
    };
    let address: IpAddr = address.parse().map_err(unreadable)?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let out_of_range = || ProxyError::Length { part: part.to_owned(), longest };
    let length: u8 = length.parse().map_err(|_| out_of_range())?;
    let written = IpNet::new(address, length).map_err(|_| out_of_range())?;
    let network = as_ipv4(written.trunc());
    if network.prefix_len() == 0 {
        return Err(ProxyError::Everybody(part.to_owned()));
    }
    if written.trunc() != written {
        return Err(ProxyError::InNetwork { part: part.to_owned(), network, address });
    }
    Ok(network)
}

/// A network of IPv4 addresses that are written as IPv6, as one of IPv4 addresses.
fn as_ipv4(network: IpNet) -> IpNet {
    match (network.addr().to_canonical(), network.prefix_len().checked_sub(96)) {
        (IpAddr::V4(address), Some(length)) if network.addr().is_ipv6() => {
            Ipv4Net::new(address, length).map_or(network, IpNet::V4)
        }
        _ => network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusts(list: &str, address: &str) -> bool {
        TrustedProxies::parse(list).expect(list).contains(address.parse().expect(address))
    }

    #[test]
    fn addresses_and_networks_are_trusted_in_every_notation() {
        for (list, inside, outside) in [
            ("10.0.0.1", ["10.0.0.1", "::ffff:10.0.0.1"], ["10.0.0.2", "::ffff:10.0.0.2"]),
            ("10.0.0.0/8", ["10.255.255.255", "::ffff:10.1.2.3"], ["11.0.0.0", "::ffff:9.255.255.255"]),
            ("172.16.0.0/12", ["172.31.255.255", "172.16.0.0"], ["172.32.0.0", "172.15.255.255"]),
            ("192.0.2.7/32", ["192.0.2.7", "::ffff:192.0.2.7"], ["192.0.2.6", "192.0.2.8"]),
            ("::ffff:10.0.0.1", ["10.0.0.1", "::ffff:10.0.0.1"], ["10.0.0.2", "::10.0.0.1"]),
            ("::ffff:10.0.0.0/104", ["10.1.2.3", "::ffff:10.1.2.3"], ["11.0.0.0", "::ffff:11.0.0.0"]),
            ("fd00::/8", ["fd00::1", "fdff:ffff::1"], ["fe00::1", "10.0.0.1"]),
            ("2001:db8::1", ["2001:db8::1", "2001:db8:0:0::1"], ["2001:db8::2", "::1"]),
            (" 10.0.0.1 ,, fd00::/8 ,", ["10.0.0.1", "fd00::1"], ["10.0.0.2", "fe00::1"]),
        ] {
            for address in inside {
                assert!(trusts(list, address), "{list} has {address}");
            }
            for address in outside {
                assert!(!trusts(list, address), "{list} does not have {address}");
            }
        }
        assert_eq!(TrustedProxies::parse(" , "), Ok(TrustedProxies::default()));
        assert!(!trusts("", "127.0.0.1"));
    }

    #[test]
    fn a_refused_part_is_named_with_what_to_write() {
        for (list, part, remedy) in [
            ("127.0.0.1, proxy", "“proxy”", "10.1.0.0/16"),
            ("127.0.0.1:3000", "“127.0.0.1:3000”", "127.0.0.1"),
            ("proxy/24", "“proxy/24”", "10.1.0.0/16"),
            ("10.0.0.0/33", "“10.0.0.0/33”", "between 1 and 32"),
            ("10.0.0.0/", "“10.0.0.0/”", "between 1 and 32"),
            ("10.0.0.0/255.0.0.0", "“10.0.0.0/255.0.0.0”", "between 1 and 32"),
            ("fd00::/129", "“fd00::/129”", "between 1 and 128"),
            ("10.1.2.3/8", "“10.1.2.3/8”", "write 10.0.0.0/8 for all of it, or 10.1.2.3"),
            ("fd00::1/8", "“fd00::1/8”", "write fd00::/8 for all of it, or fd00::1"),
            ("0.0.0.0/0", "“0.0.0.0/0”", "name the networks"),
            ("10.0.0.1/0", "“10.0.0.1/0”", "name the networks"),
            ("::/0", "“::/0”", "name the networks"),
            ("::ffff:0.0.0.0/96", "“::ffff:0.0.0.0/96”", "name the networks"),
        ] {
            let error = TrustedProxies::parse(list).expect_err(list).to_string();
            assert!(error.contains(part) && error.contains(remedy), "{list}: {error}");
        }
    }
}
