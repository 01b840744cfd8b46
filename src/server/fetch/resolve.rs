//! Resolves names once per connection, checks every address against the policy, and connects only to an address that
//! passed. There is no second lookup between check and connection, which could return another address (DNS rebinding).

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower::{BoxError, Layer, Service};

use super::{FetchFault, Policy};

/// Resolves names.
pub trait Lookup: Send + Sync + 'static {
    fn look_up(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The operating system's resolver.
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn look_up(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let name = name.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// The resolver of our HTTP client.
pub(super) struct CheckedResolver {
    policy: Arc<Policy>,
    lookup: Arc<dyn Lookup>,
}

impl CheckedResolver {
    pub(super) fn new(policy: Arc<Policy>, lookup: Arc<dyn Lookup>) -> Self {
        Self { policy, lookup }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (policy, looking) = (self.policy.clone(), self.lookup.look_up(name.as_str()));
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found = looking.await.unwrap_or_else(|error| {
                // Tenants see the same error for an unknown name and a failed resolver; the operator's log has the
                // difference.
                tracing::warn!(%name, %error, "fetch: DNS lookup failed");
                Vec::new()
            });
            if found.is_empty() {
                return Err(FetchFault::NotResolved(name).into());
            }
            let passed: Vec<SocketAddr> =
                found.into_iter().filter(|address| policy.permits(*address)).map(|ip| SocketAddr::new(ip, 0)).collect();
            if passed.is_empty() {
                return Err(FetchFault::Refused(name).into());
            }
            Ok(Box::new(passed.into_iter()) as Addrs)
        })
    }
}

/// Counts attempted connections, to names and to IP addresses. Connections are not counted if the resolver refused the
/// name.
#[derive(Clone)]
pub(super) struct ConnectionCounter<S = ()> {
    inner: S,
    count: Arc<AtomicU64>,
}

impl ConnectionCounter {
    pub(super) fn new(count: Arc<AtomicU64>) -> Self {
        Self { inner: (), count }
    }
}

impl<S> Layer<S> for ConnectionCounter {
    type Service = ConnectionCounter<S>;

    fn layer(&self, inner: S) -> ConnectionCounter<S> {
        ConnectionCounter { inner, count: self.count.clone() }
    }
}

impl<S, R> Service<R> for ConnectionCounter<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.count.fetch_add(1, Ordering::Relaxed);
        let (connecting, count) = (self.inner.call(request), self.count.clone());
        Box::pin(async move {
            connecting.await.inspect_err(|error| {
                if FetchFault::find_in(error.as_ref()).is_some() {
                    count.fetch_sub(1, Ordering::Relaxed);
                }
            })
        })
    }
}
