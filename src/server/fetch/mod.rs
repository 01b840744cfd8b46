//! All outgoing HTTP that a tenant can aim: steps of flows, tools of the model, addresses of models.
//!
//! One gate stands before every connection. Literal addresses are checked in the URL (`address.rs`), names when they are
//! resolved (`resolve.rs`), and the connection goes to the very address that was checked. What may be reached is
//! `policy.rs`; redirects are followed by hand, each one a new check (`redirect.rs`). Calls to Meta are the gateway's and
//! never come here. To send something new: build a [`Request`]; to open a network: the operator's `HANDOFF_FETCH_ALLOW`.

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

use super::clock::Clock;
use crate::domain::model::Method;

/// How long an idle connection is kept: shorter than servers do, so that a request rarely meets one that just closed.
const IDLE: Duration = Duration::from_secs(20);
/// Named to every server, so that its owner knows whom to ask.
const USER_AGENT: &str = concat!("Handoff/", env!("CARGO_PKG_VERSION"));

/// The gate and what waits behind it. Cheap to clone; shared by all tenants.
#[derive(Clone)]
pub struct Fetch {
    client: Client,
    policy: Arc<Policy>,
    clock: Clock,
    connections: Arc<AtomicU64>,
}

impl Fetch {
    /// # Errors
    /// When TLS cannot be set up: the machine has no root certificates.
    pub fn new(policy: Policy, clock: Clock) -> reqwest::Result<Self> {
        Self::with_lookup(policy, clock, Arc::new(SystemLookup))
    }

    /// With names resolved by `lookup`: tests decide what a name means.
    ///
    /// # Errors
    /// As [`Fetch::new`].
    pub fn with_lookup(policy: Policy, clock: Clock, lookup: Arc<dyn Lookup>) -> reqwest::Result<Self> {
        let policy = Arc::new(policy);
        let connections = Arc::new(AtomicU64::new(0));
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .dns_resolver(resolve::Gate::new(policy.clone(), lookup))
            .connector_layer(resolve::Counted::new(connections.clone()))
            .redirect(Redirects::none())
            .referer(false)
            // A proxy would make the connection itself, past every check.
            .no_proxy()
            // The limit counts what comes over the wire; a small body may unpack to anything.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .pool_idle_timeout(IDLE)
            .build()?;
        Ok(Self { client, policy, clock, connections })
    }

    /// Connections tried so far, whatever became of them. A test of an attack asks that it stayed the same.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Whether an address may be asked at all, as far as it says so itself. What its name resolves to is checked when the
    /// connection is made.
    ///
    /// # Errors
    /// [`FetchFault::BadAddress`] or [`FetchFault::Refused`].
    pub fn check(&self, address: &str) -> Result<reqwest::Url, FetchFault> {
        address::check(address, &self.policy)
    }

    /// The client itself, behind the same gate, for those who bring their own protocol. It follows no redirect; literal
    /// addresses must be [checked](Fetch::check) first.
    pub fn client(&self) -> Client {
        self.client.clone()
    }
}

/// The wire's word for a tenant's choice.
pub(crate) fn verb(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}
