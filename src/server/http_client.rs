//! The one place where HTTP clients begin, so that every call names us.

/// Sent with every request. Meta and other servers block or slow down clients without a name.
const USER_AGENT: &str = concat!("Handoff/", env!("CARGO_PKG_VERSION"));

/// A client that names us. The caller sets timeouts and what it follows.
pub fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder().user_agent(USER_AGENT)
}
