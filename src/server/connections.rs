//! Accepts connections within limits: how many are open, in all and of one address, and how long a request's head may
//! take.
//!
//! A connection without a request in progress costs its owner nothing, so it does not keep others out: at a limit the
//! one that has waited longest is closed for a new one. Only if all are at work the new one is closed. Connections of
//! trusted proxies count in all only, because those behind them are limited by request (`http/limits.rs`).

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    future::Future,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
    serve::Listener,
};
use futures::StreamExt;
use http::header::CONTENT_TYPE;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{domain::network, server::proxies::TrustedProxies};

/// How long a trusted proxy may keep a connection without a request. It must exceed what proxies keep one themselves
/// (nginx and AWS one minute, Caddy two, Google ten): a proxy that sends a call while we close its connection answers
/// the browser with 502.
const PROXY_TIMEOUT: Duration = Duration::from_secs(11 * 60);

/// The limits of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    pub in_all: usize,
    pub per_address: usize,
    /// The longest time for a request's head, and for a connection without a request.
    pub head_timeout: Duration,
}

impl ConnectionLimits {
    /// The limits of a process that may have `files` open. The other half is for calls of other servers and for files.
    pub fn for_files(files: u64) -> Self {
        let half = usize::try_from(files / 2).unwrap_or(usize::MAX);
        let in_all = half.clamp(64, 16_384);
        // Longer than a Caddy or nginx that nobody declared keeps one, for the reason of `PROXY_TIMEOUT`. Connections
        // that wait keep nobody out, so a short time would gain nothing.
        Self { in_all, per_address: (in_all / 4 * 3).min(4_096), head_timeout: Duration::from_secs(150) }
    }

    /// The most streams of one tenant.
    pub fn streams_per_tenant(self) -> usize {
        (self.in_all / 2).min(2_000)
    }
}

/// Serves until `until` completes. Then requests in progress are finished.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    trusted: TrustedProxies,
    until: impl Future<Output = ()>,
) {
    let connections = Connections { limits, trusted, table: Arc::default() };
    let graceful = GracefulShutdown::new();
    tokio::pin!(until);
    loop {
        let (stream, peer) = tokio::select! {
            biased;
            () = &mut until => break,
            // Waits a moment if the process has no file left.
            accepted = Listener::accept(&mut listener) => accepted,
        };
        let Some(connection) = connections.admit(peer.ip()) else { continue };
        let (router, connection, watcher) = (router.clone(), Arc::new(connection), graceful.watcher());
        let head_timeout = connections.head_timeout(peer.ip());
        tokio::spawn(async move {
            let closed = connection.close.clone();
            let service = service_fn(move |request| answer(router.clone(), connection.clone(), peer, request));
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(head_timeout);
            let served = watcher.watch(server.serve_connection(TokioIo::new(stream), service));
            tokio::select! {
                served = served => if let Err(error) = served {
                    tracing::trace!(%error, "connection: ended");
                },
                () = closed.cancelled() => tracing::debug!(%peer, "connection: closed for a newer one"),
            }
        });
    }
    drop(listener);
    connections.close_unused();
    graceful.shutdown().await;
}

async fn answer(
    router: Router,
    connection: Arc<Connection>,
    peer: SocketAddr,
    request: http::Request<Incoming>,
) -> Result<Response, Infallible> {
    connection.began();
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.oneshot(request).await?;
    // A stream is at work until it ends. Any other response is on its way, and its connection may be the one to close.
    let is_stream = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    let at_work = AtWork(connection);
    if is_stream { Ok(response.map(|body| until_ended(body, at_work))) } else { Ok(response) }
}

/// A request in progress. Dropping it says that the connection waits for the next one.
struct AtWork(Arc<Connection>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.answered();
    }
}

fn until_ended(body: Body, at_work: AtWork) -> Body {
    Body::from_stream(body.into_data_stream().map(move |piece| {
        // Held as long as the body.
        let _ = &at_work;
        piece
    }))
}

#[derive(Clone)]
struct Connections {
    limits: ConnectionLimits,
    trusted: TrustedProxies,
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    /// Counts events, and so orders them.
    clock: u64,
    open: BTreeMap<u64, Open>,
    per_address: HashMap<IpAddr, usize>,
}

struct Open {
    address: IpAddr,
    /// Since when it waits for a request; `None` while it is at work.
    waiting: Option<u64>,
    is_unused: bool,
    close: CancellationToken,
}

impl Connections {
    /// `None` if a limit is reached, and every connection under it is at work.
    fn admit(&self, address: IpAddr) -> Option<Connection> {
        let is_counted = !self.is_trusted(address);
        // A proxy's connections are no share of its network.
        let address = if is_counted { network::prefix(address) } else { address.to_canonical() };
        let mut table = lock(&self.table);
        if is_counted && table.per_address.get(&address).is_some_and(|count| *count >= self.limits.per_address) {
            table.close_longest_waiting(|open| open.address == address)?;
        }
        if table.open.len() >= self.limits.in_all {
            table.close_longest_waiting(|_| true)?;
        }
        table.clock += 1;
        let id = table.clock;
        let close = CancellationToken::new();
        table.open.insert(id, Open { address, waiting: Some(id), is_unused: true, close: close.clone() });
        *table.per_address.entry(address).or_default() += 1;
        Some(Connection { id, close, table: self.table.clone() })
    }

    fn head_timeout(&self, address: IpAddr) -> Duration {
        if self.is_trusted(address) { self.limits.head_timeout.max(PROXY_TIMEOUT) } else { self.limits.head_timeout }
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted.contains(address)
    }

    /// Closes the connections that never had a request, whose heads would otherwise be waited for.
    fn close_unused(&self) {
        for open in lock(&self.table).open.values().filter(|open| open.is_unused) {
            open.close.cancel();
        }
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Table {
    fn close_longest_waiting(&mut self, is_candidate: impl Fn(&Open) -> bool) -> Option<()> {
        let candidates = self.open.iter().filter(|(_, open)| is_candidate(open));
        let (_, id) = candidates.filter_map(|(id, open)| open.waiting.map(|since| (since, *id))).min()?;
        let closed = self.remove(id)?;
        closed.close.cancel();
        Some(())
    }

    fn remove(&mut self, id: u64) -> Option<Open> {
        let open = self.open.remove(&id)?;
        if let Some(count) = self.per_address.get_mut(&open.address) {
            *count -= 1;
            if *count == 0 {
                self.per_address.remove(&open.address);
            }
        }
        Some(open)
    }
}

/// One open connection. Dropping it takes it out of the count.
struct Connection {
    id: u64,
    close: CancellationToken,
    table: Arc<Mutex<Table>>,
}

impl Connection {
    fn began(&self) {
        if let Some(open) = lock(&self.table).open.get_mut(&self.id) {
            (open.waiting, open.is_unused) = (None, false);
        }
    }

    fn answered(&self) {
        let mut table = lock(&self.table);
        table.clock += 1;
        let now = table.clock;
        if let Some(open) = table.open.get_mut(&self.id) {
            open.waiting = Some(now);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        lock(&self.table).remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(in_all: usize, per_address: usize, trusted: &str) -> Connections {
        let trusted = TrustedProxies::parse(trusted).expect("proxies");
        let limits = ConnectionLimits { in_all, per_address, head_timeout: Duration::from_secs(30) };
        Connections { limits, trusted, table: Arc::default() }
    }

    fn address(last: u8) -> IpAddr {
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
    async fn a_stream_that_has_ended_leaves_a_connection_that_waits() {
        let all = connections(1, 1, "");
        let connection = Arc::new(all.admit(address(1)).expect("within the limit"));
        connection.began();
        let body = until_ended(Body::from("data: {}\n\n"), AtWork(connection.clone()));
        assert!(all.admit(address(1)).is_none(), "it is at work");
        assert_eq!(axum::body::to_bytes(body, 1_024).await.expect("a body"), "data: {}\n\n");
        assert!(all.admit(address(1)).is_some() && connection.close.is_cancelled());
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
}
