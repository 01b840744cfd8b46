//! All outgoing HTTP to addresses that a tenant configures: steps of flows, tools of the model, servers of models.
//!
//! Every connection is checked against SSRF. IP addresses are checked in the URL (`address.rs`), names when they are
//! resolved (`resolve.rs`), and the connection is made to the address that was checked. `policy.rs` decides what may be
//! reached. Redirects are followed one by one with new checks (`redirect.rs`). Calls to Meta belong to the gateway. To
//! send something new, build a [`Request`]; to allow a network, set the operator's `HANDOFF_FETCH_ALLOW`.

mod address;
mod fault;
mod policy;
mod redirect;
mod resolve;
mod send;
#[cfg(test)]
mod tests;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, redirect::Policy as Redirects};

pub use fault::FetchFault;
pub use policy::Policy;
pub use resolve::{Lookup, SystemLookup};
pub use send::{BODY_LIMIT, Request, Response, TIME_LIMIT};

use super::{clock::Clock, http_client};
use crate::domain::model::Method;

/// How long idle connections are kept. Shorter than servers keep them, so that few requests use a connection that was
/// just closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// The client with its checks. Cheap to clone; all tenants share it.
#[derive(Clone)]
pub struct Fetch {
    client: Client,
    policy: Arc<Policy>,
    clock: Clock,
    connections: Arc<AtomicU64>,
}

impl Fetch {
    /// # Errors
    /// TLS cannot be set up: the machine has no root certificates.
    pub fn new(policy: Policy, clock: Clock) -> reqwest::Result<Self> {
        Self::with_lookup(policy, clock, Arc::new(SystemLookup))
    }

    /// With `lookup` as the resolver. Tests use it.
    ///
    /// # Errors
    /// As [`Fetch::new`].
    pub fn with_lookup(policy: Policy, clock: Clock, lookup: Arc<dyn Lookup>) -> reqwest::Result<Self> {
        let policy = Arc::new(policy);
        let connections = Arc::new(AtomicU64::new(0));
        let client = http_client::builder()
            .dns_resolver(resolve::CheckedResolver::new(policy.clone(), lookup))
            .connector_layer(resolve::ConnectionCounter::new(connections.clone()))
            .redirect(Redirects::none())
            .referer(false)
            // A proxy would make the connection itself, without our checks.
            .no_proxy()
            // The size limit counts bytes on the wire, and a small body could decompress to any size.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build()?;
        Ok(Self { client, policy, clock, connections })
    }

    /// Connections attempted so far. Tests check that an attack does not change it.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Checks a URL as far as possible without resolving its name. The name's addresses are checked when the connection
    /// is made.
    ///
    /// # Errors
    /// [`FetchFault::BadAddress`] or [`FetchFault::Refused`].
    pub fn check(&self, address: &str) -> Result<reqwest::Url, FetchFault> {
        address::check(address, &self.policy)
    }

    /// The HTTP client with the same resolver, for callers with their own protocol. It follows no redirects. URLs must
    /// be [checked](Fetch::check) first, because the resolver does not see IP addresses.
    pub fn client(&self) -> Client {
        self.client.clone()
    }
}

/// The HTTP method for a tenant's choice.
pub(crate) fn verb(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}
