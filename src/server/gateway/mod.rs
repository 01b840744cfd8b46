//! The client of the WhatsApp Cloud API, and Meta's wire types.
//!
//! Nothing here uses a clock, retries, sleeps or reads a table. A call is made once, and its error says whether the
//! message was refused, certainly not sent, or possibly sent, so that the outbox can decide. Requests are built only
//! from [`OutgoingMessage`](crate::domain::message::outgoing::OutgoingMessage), in [`wire::request::Body`]. To add a
//! call, add a method beside [`Gateway::send`] that goes through `call.rs`.

mod block;
mod call;
mod media;
mod send;
mod templates;
#[cfg(test)]
mod tests;
mod thread_control;
mod upload;
pub mod wire;

use std::time::Duration;

use reqwest::{Client, Url, redirect};

use super::{http_client, secret::Secret};
pub use media::{Download, MediaError, MediaInfo};
pub use send::{Accepted, Send, SendError, Typing};
pub use upload::NewRemoteFile;

/// Base URL of Meta's Graph API, with the version. Meta supports a version for about two years after its release.
pub const DEFAULT_BASE: &str = "https://graph.facebook.com/v26.0";

/// Timeouts for calls to Meta.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    /// A whole call with its response.
    pub total: Duration,
    /// A whole file of up to 100 MB, in either direction.
    pub download: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(20), download: Duration::from_secs(180) }
    }
}

/// How long idle connections are kept. Shorter than servers keep them: a call on a connection that was just closed
/// would have an unknown outcome.
const IDLE: Duration = Duration::from_secs(20);

/// An HTTP client for [`Gateway::new`]. It follows no redirects, because the token would be sent along; downloads
/// follow those that stay on Meta's hosts.
pub fn client(timeouts: Timeouts) -> reqwest::Result<Client> {
    http_client::builder()
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.total)
        .pool_idle_timeout(IDLE)
        .redirect(redirect::Policy::none())
        .build()
}

/// What a call for one number needs.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub phone_number_id: String,
    pub token: Secret,
    /// Secret of the app to which the token belongs. `appsecret_proof` derives from it.
    pub app_secret: Secret,
}

/// The configured base URL is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address of the Graph API must be an absolute http or https URL with a host: {0}")]
pub struct BadBase(pub String);

/// The client. Cheap to clone; all numbers share it.
#[derive(Clone, Debug)]
pub struct Gateway {
    client: Client,
    base: Url,
    download: Duration,
}

impl Gateway {
    /// `base` has the form of [`DEFAULT_BASE`]. Tests and the demo use the simulator's URL.
    pub fn new(client: Client, base: &str, timeouts: Timeouts) -> Result<Self, BadBase> {
        let bad = || BadBase(base.to_owned());
        let url = Url::parse(base).map_err(|_| bad())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || url.cannot_be_a_base() {
            return Err(bad());
        }
        Ok(Self { client, base: url, download: timeouts.download })
    }
}
