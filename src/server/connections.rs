//! Accepts connections within limits: how many are open, in all and of one address, and how long a request's head may
//! take.
//!
//! A connection without a request in progress costs its owner nothing, so it does not keep others out: at a limit the
//! one that has waited longest is closed for a new one. Only if all are at work the new one is closed. Connections of
//! trusted proxies count in all only, because those behind them are limited by request (`http/limits.rs`).
//!
//! hyper reads requests and writes responses, except those of streams of events, which last (`event_stream.rs`).
//! `axum::serve` is not used, because it has no deadline for heads and no limits; and with a plain limit a thousand
//! idle connections would keep everybody out.

mod event_stream;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    future::{Future, pending},
    net::{IpAddr, SocketAddr},
    pin::Pin,
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
use http::header::CONTENT_TYPE;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use self::event_stream::EventStream;
use crate::{
    domain::network,
    server::{clock::Clock, proxies::TrustedProxies},
};

/// How long a trusted proxy may keep a connection without a request. It must exceed what proxies keep one themselves
/// (nginx and AWS one minute, Caddy two, Google ten): a proxy that sends a call while we close its connection answers
/// the browser with 502.
const PROXY_TIMEOUT: Duration = Duration::from_secs(11 * 60);

/// The longest head of a request, and the most that is read ahead of a body, in bytes. Without it, every connection could
/// hold 400 KB that it never completes.
const LONGEST_HEAD: usize = 32 * 1024;

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

/// Serves until `until` completes. Then requests in progress are finished, and streams are waited for.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    trusted: TrustedProxies,
    clock: Clock,
    until: impl Future<Output = ()>,
) {
    let connections = Connections { limits, trusted, table: Arc::default() };
    let (stopping, open) = (CancellationToken::new(), TaskTracker::new());
    tokio::pin!(until);
    loop {
        let (stream, peer) = tokio::select! {
            biased;
            () = &mut until => break,
            // Waits a moment if the process has no file left.
            accepted = Listener::accept(&mut listener) => accepted,
        };
        let Some(connection) = connections.admit(peer.ip()) else { continue };
        let (router, connection, clock) = (router.clone(), Arc::new(connection), clock.clone());
        let (head_timeout, stopping) = (connections.head_timeout(peer.ip()), stopping.clone());
        open.spawn(async move {
            // On the heap, and gone when the stream begins.
            let answering = Box::pin(answer_requests(stream, router, connection, peer, head_timeout, stopping.clone()));
            let Some((stream, events)) = answering.await else { return };
            if let Err(error) = event_stream::write(stream, events, &clock, &stopping).await {
                tracing::trace!(%error, "connection: stream ended");
            }
        });
    }
    drop(listener);
    connections.close_unused();
    stopping.cancel();
    open.close();
    open.wait().await;
}

/// Answers the requests of a connection until it ends. If one is answered by a stream of events, returns the connection and
/// what is to be written to it.
async fn answer_requests(
    stream: TcpStream,
    router: Router,
    connection: Arc<Connection>,
    peer: SocketAddr,
    head_timeout: Duration,
    stopping: CancellationToken,
) -> Option<(TcpStream, EventStream)> {
    let (closed, handover) = (connection.close.clone(), Arc::new(StreamHandover::default()));
    let taken_over = handover.clone();
    let service =
        service_fn(move |request| answer(router.clone(), connection.clone(), peer, handover.clone(), request));
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(head_timeout).max_buf_size(LONGEST_HEAD);
    let mut served = server.serve_connection(TokioIo::new(stream), service);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            ended = &mut served => {
                if let Err(error) = ended {
                    tracing::trace!(%error, "connection: ended");
                }
                return None;
            }
            () = taken_over.given.notified() => {
                let events = taken_over.take()?;
                return Some((served.into_parts().io.into_inner(), events));
            }
            () = closed.cancelled() => {
                tracing::debug!(%peer, "connection: closed for a newer one");
                return None;
            }
            () = stopping.cancelled(), if !is_stopping => is_stopping = true,
        }
        // The request in progress is the last one.
        Pin::new(&mut served).graceful_shutdown();
    }
}

/// The response of a stream, on its way from the service of a connection to whoever writes it.
#[derive(Default)]
struct StreamHandover {
    events: Mutex<Option<EventStream>>,
    given: Notify,
}

impl StreamHandover {
    fn give(&self, events: EventStream) {
        *self.events.lock().unwrap_or_else(PoisonError::into_inner) = Some(events);
        self.given.notify_one();
    }

    fn take(&self) -> Option<EventStream> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Answers one request. A stream of events is handed over: hyper, which waits for the response, is dropped then.
async fn answer(
    router: Router,
    connection: Arc<Connection>,
    peer: SocketAddr,
    handover: Arc<StreamHandover>,
    request: http::Request<Incoming>,
) -> Result<Response, Infallible> {
    connection.began();
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.oneshot(request).await?;
    // A stream is at work until it ends. Any other response is on its way, and its connection may be the one to close.
    let is_stream = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    let at_work = AtWork(connection);
    if !is_stream {
        return Ok(response);
    }
    handover.give(EventStream { response, at_work });
    pending().await
}

/// A request in progress. Dropping it says that the connection waits for the next one.
struct AtWork(Arc<Connection>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.answered();
    }
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
