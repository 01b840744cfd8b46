//! Checks of a URL before its name is resolved: its scheme, that it contains no password, and its address if the host
//! is an IP address.
//!
//! The URL parser normalises every form of an IPv4 address (decimal, octal, hexadecimal, short, full-width digits) to
//! four numbers, so that one check covers all.

use std::net::IpAddr;

use reqwest::Url;
use url::Host;

use super::{FetchFault, Policy};

/// The longest URL, in bytes. Servers accept about 8000.
const MAX_URL_LENGTH: usize = 8_000;

pub(super) fn check(address: &str, policy: &Policy) -> Result<Url, FetchFault> {
    if address.len() > MAX_URL_LENGTH {
        return Err(FetchFault::BadAddress("it is too long"));
    }
    let url = Url::parse(address.trim()).map_err(|_| FetchFault::BadAddress("it isn't a web address"))?;
    check_url(&url, policy)?;
    Ok(url)
}

/// The same checks for a parsed URL.
pub(super) fn check_url(url: &Url, policy: &Policy) -> Result<(), FetchFault> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchFault::BadAddress("it must start with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchFault::BadAddress("it contains a user name or a password"));
    }
    let literal: IpAddr = match url.host() {
        None => return Err(FetchFault::BadAddress("it has no server name")),
        // Its addresses are checked when it is resolved.
        Some(Host::Domain(_)) => return Ok(()),
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.into(),
    };
    if policy.permits(literal) { Ok(()) } else { Err(FetchFault::Refused(literal.to_string())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_of_an_ip_address_is_checked() {
        for address in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1/",
            "http://017700000001/",
            "http://127.0.0.1./",
            "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://%31%32%37.0.0.1/",
            "http://0/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://0xa9fea9fe/",
            "http://[fd00:ec2::254]/",
            "http:/127.0.0.1/",
            "http:\\\\127.0.0.1\\",
            " http://127.0.0.1/",
        ] {
            let found = check(address, &Policy::default());
            assert!(matches!(found, Err(FetchFault::Refused(_))), "{address}: {found:?}");
        }
    }

    #[test]
    fn invalid_addresses_are_reported_as_such() {
        for address in [
            "",
            "127.0.0.1",
            "file:///etc/passwd",
            "ftp://example.com/",
            "gopher://example.com/",
            "data:,x",
            "unix:/var/run/docker.sock",
            "javascript:alert(1)",
            "http://",
            "https://user@example.com/",
            "https://:pass@example.com/",
            "https://127.0.0.1@example.com/",
            "http://[::1",
            "http://exa mple.com/",
            "http://[fe80::1%25eth0]/",
        ] {
            let found = check(address, &Policy::default());
            assert!(matches!(found, Err(FetchFault::BadAddress(_))), "{address}: {found:?}");
        }
        assert!(check("https://example.com:8443/a?b=c", &Policy::default()).is_ok());
        assert!(check("https://1.1.1.1/", &Policy::default()).is_ok());
    }
}
