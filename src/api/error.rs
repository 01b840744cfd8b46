//! The one error the page knows. Its words are for people; internals stay in the server's log.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// Why a call was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", content = "words", rename_all = "snake_case")]
pub enum ApiError {
    /// No valid session: sign in again. What was typed is kept.
    #[error("You are signed out. Sign in again; what you typed is kept.")]
    SignedOut,
    /// The role may not do this.
    #[error("Only admins can do this.")]
    Forbidden,
    /// It is not there, or belongs to somebody else.
    #[error("This is not here (any more).")]
    NotFound,
    /// The input is wrong; the sentence says what to do.
    #[error("{0}")]
    Invalid(String),
    /// The state moved on: who won, who owns it, what came in.
    #[error("{0}")]
    Conflict(String),
    /// Too many tries; the sentence says how long to wait.
    #[error("{0}")]
    Throttled(String),
    /// The call did not reach the server.
    #[error("No connection. Check your network and try again; nothing is lost.")]
    Offline,
    /// Our fault. Logged there, opaque here.
    #[error("Something went wrong on our side. Try again; if it stays, tell your admin.")]
    Internal,
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::Invalid("The request could not be read. Reload the page and try again.".to_owned())
            }
            _ => Self::Internal,
        }
    }
}

/// What every call gives.
pub type Result<T> = std::result::Result<T, ApiError>;
