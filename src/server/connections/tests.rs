//! Limits of connections, without sockets. `tests/it/bounds/connections.rs` has them.

use super::*;

pub(super) fn connections(in_all: usize, per_address: usize, trusted: &str) -> Connections {
    let trusted = TrustedProxies::parse(trusted).expect("proxies");
    let limits = ConnectionLimits { in_all, per_address, head_timeout: Duration::from_secs(30) };
    Connections { limits, trusted, table: Arc::default() }
}

pub(super) fn address(last: u8) -> IpAddr {
    [203, 0, 113, last].into()
}

#[test]
fn at_its_limit_an_address_loses_the_connection_that_waits_longest() {
    // given one address with as many connections as it may have, one at work and one answered
    let all = connections(10, 3, "");
    let open: Vec<_> = (0..3).map(|_| all.admit(address(1)).expect("within the limit")).collect();
    open[0].began();
    open[1].began();
    open[1].answered();
    let other = all.admit(address(2)).expect("another address");
    // when it opens more
    let fourth = all.admit(address(1)).expect("in the place of one that waits");
    assert_eq!(open.iter().map(|one| one.close.is_cancelled()).collect::<Vec<_>>(), [false, false, true]);
    let fifth = all.admit(address(1)).expect("in the place of the next");
    assert!(open[1].close.is_cancelled() && !open[0].close.is_cancelled());
    // then one that is at work is never closed, and other addresses are not affected
    fourth.began();
    fifth.began();
    assert!(all.admit(address(1)).is_none());
    assert!(!other.close.is_cancelled());
    drop(open);
    drop(all.admit(address(1)).expect("the count is right after all"));
    assert_eq!(lock(&all.table).per_address.get(&address(1)), Some(&2));
}

#[test]
fn trusted_proxies_count_in_all_only() {
    let all = connections(4, 1, "203.0.113.8/31");
    let proxy: Vec<_> = (0..4).map(|_| all.admit(address(9)).expect("a proxy")).collect();
    assert!(proxy.iter().all(|one| !one.close.is_cancelled()));
    let next = all.admit("::ffff:203.0.113.9".parse().expect("an address")).expect("in the place of the first");
    assert!(proxy[0].close.is_cancelled() && !next.close.is_cancelled());
    next.began();
    proxy[1..].iter().for_each(Connection::began);
    assert!(all.admit(address(1)).is_none(), "all are at work");
    assert_eq!(all.head_timeout(address(9)), PROXY_TIMEOUT);
    assert_eq!(all.head_timeout(address(1)), all.limits.head_timeout);
}

#[test]
fn all_addresses_of_one_ipv6_network_count_together() {
    let all = connections(10, 1, "2001:db8:1:2::9");
    let at = |address: &str| all.admit(address.parse().expect("an address"));
    let first = at("2001:db8:1:2::1").expect("within the limit");
    let _proxy = at("2001:db8:1:2::9").expect("a proxy beside it");
    first.began();
    assert!(at("2001:db8:1:2:3::1").is_none());
    assert!(at("2001:db8:1:3::1").is_some(), "another network");
}

#[test]
fn limits_follow_the_number_of_files() {
    let limits = |files| ConnectionLimits::for_files(files);
    assert_eq!((limits(1_024).in_all, limits(1_024).per_address), (512, 384));
    assert_eq!((limits(u64::MAX).in_all, limits(u64::MAX).per_address), (16_384, 4_096));
    assert_eq!(limits(1_024).streams_per_tenant(), 256);
    assert_eq!(limits(1_048_576).streams_per_tenant(), 2_000);
}

#[tokio::test]
async fn unused_connections_do_not_delay_the_end() {
    let all = connections(4, 4, "");
    let (unused, used) = (all.admit(address(1)).expect("one"), all.admit(address(1)).expect("two"));
    used.began();
    used.answered();
    all.close_unused();
    assert!(unused.close.is_cancelled() && !used.close.is_cancelled());
}
