//! The ways in which a request can fail, each with a sentence for the admin who configured it. They contain the host
//! name at most. Path, query and headers are left out, because they may contain secrets.

use std::error::Error;

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchFault {
    #[error("The address can't be used: {0}.")]
    BadAddress(&'static str),
    #[error("The header {0} can't be sent. Check its name and value.")]
    BadHeader(String),
    /// The address is private, or belongs to the operator's own network.
    #[error("{0} is in a network that requests can't reach. The operator can allow it (HANDOFF_FETCH_ALLOW).")]
    Refused(String),
    #[error("Couldn't find a server named {0}.")]
    NotResolved(String),
    #[error("The server didn't respond in time.")]
    TimedOut,
    #[error("The response is larger than 1 MB.")]
    TooLarge,
    #[error("The server redirected more than three times.")]
    TooManyRedirects,
    #[error("The server redirected to an address that can't be used: {0}.")]
    BadRedirect(&'static str),
    /// The connection was refused, or TLS failed.
    #[error("Couldn't connect to {0}.")]
    NoConnection(String),
    /// The connection broke, or the response is not HTTP.
    #[error("The connection was lost before the response was complete.")]
    Broken,
}

impl FetchFault {
    /// Whether the request certainly did not reach a server.
    pub fn was_never_sent(&self) -> bool {
        matches!(
            self,
            Self::BadAddress(_) | Self::BadHeader(_) | Self::Refused(_) | Self::NotResolved(_) | Self::NoConnection(_)
        )
    }

    /// The fault of the resolver, if it is among the causes of `error`.
    pub fn find_in(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(fault) = error.downcast_ref::<Self>() {
                return Some(fault.clone());
            }
            cause = error.source();
        }
        None
    }

    /// The fault of a failed request to `host`.
    pub(super) fn of(error: &reqwest::Error, host: &str) -> Self {
        if let Some(fault) = Self::find_in(error) {
            return fault;
        }
        if error.is_builder() {
            return Self::BadAddress("it can't be sent in a request");
        }
        if error.is_timeout() {
            return Self::TimedOut;
        }
        if error.is_connect() { Self::NoConnection(host.to_owned()) } else { Self::Broken }
    }
}
