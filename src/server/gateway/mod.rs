//! The WhatsApp Cloud API: the calls we make to Meta, and Meta's shapes.
//!
//! No clock, no retry, no sleep and no table lives here: a call is made once, and its outcome is told so exactly that
//! the outbox can decide (refused, surely not sent, or unknown). Requests are made from
//! [`OutgoingMessage`](crate::domain::message::outgoing::OutgoingMessage) alone, in [`wire::request::Body`]. To add a call:
//! a method beside [`Gateway::send`] that goes through `call.rs`.

mod call;
mod media;
mod send;
#[cfg(test)]
mod tests;
pub mod wire;

use std::time::Duration;

use reqwest::{Client, Url, redirect};

use super::secret::Secret;
pub use media::{Download, MediaError, MediaInfo};
pub use send::{Accepted, Send, SendError, Typing};

/// Where Meta's Graph API is, version included. The version's life ends about two years after its release.
pub const DEFAULT_BASE: &str = "https://graph.facebook.com/v26.0";

/// How long to wait for Meta.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    /// A whole call, answer included.
    pub total: Duration,
    /// A whole file: up to 100 MB.
    pub download: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(20), download: Duration::from_secs(180) }
    }
}

/// Shorter than servers keep an idle connection: a call on one that was just closed would have an unknown outcome.
const IDLE: Duration = Duration::from_secs(20);

/// An HTTP client fit for [`Gateway::new`]: it follows no redirect, because the token would go along.
pub fn client(patience: Patience) -> reqwest::Result<Client> {
    Client::builder()
        .connect_timeout(patience.connect)
        .timeout(patience.total)
        .pool_idle_timeout(IDLE)
        .redirect(redirect::Policy::none())
        .build()
}

/// What a call on behalf of one number needs.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub phone_number_id: String,
    pub token: Secret,
    /// Of the app the token belongs to: proves that the caller is the app's own server.
    pub app_secret: Secret,
}

/// The base address cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address of the Graph API must be an absolute http or https URL with a host: {0}")]
pub struct BadBase(pub String);

/// The way out to Meta. Cheap to clone; shared by all numbers.
#[derive(Clone, Debug)]
pub struct Gateway {
    client: Client,
    base: Url,
    download: Duration,
}

impl Gateway {
    /// `base` is like [`DEFAULT_BASE`]; tests and the demo point it at the simulator.
    pub fn new(client: Client, base: &str, patience: Patience) -> Result<Self, BadBase> {
        let bad = || BadBase(base.to_owned());
        let url = Url::parse(base).map_err(|_| bad())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || url.cannot_be_a_base() {
            return Err(bad());
        }
        Ok(Self { client, base: url, download: patience.download })
    }
}
