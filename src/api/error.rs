//! The one error the page knows. Its words are for people; internals stay in the server's log.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// Why a call was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(from = "Told", into = "Told")]
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

/// An error on the wire: `{"error": "conflict", "words": "Ben claimed it first."}`.
///
/// By hand, because serde's own tag and content would bring code that buffers any JSON into what everybody loads first.
#[derive(Serialize, Deserialize)]
struct Told {
    error: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    SignedOut,
    Forbidden,
    NotFound,
    Invalid,
    Conflict,
    Throttled,
    Offline,
    Internal,
}

impl From<Told> for ApiError {
    fn from(told: Told) -> Self {
        let words = told.words.unwrap_or_default();
        match told.error {
            Kind::SignedOut => Self::SignedOut,
            Kind::Forbidden => Self::Forbidden,
            Kind::NotFound => Self::NotFound,
            Kind::Invalid => Self::Invalid(words),
            Kind::Conflict => Self::Conflict(words),
            Kind::Throttled => Self::Throttled(words),
            Kind::Offline => Self::Offline,
            Kind::Internal => Self::Internal,
        }
    }
}

impl From<ApiError> for Told {
    fn from(error: ApiError) -> Self {
        let (error, words) = match error {
            ApiError::SignedOut => (Kind::SignedOut, None),
            ApiError::Forbidden => (Kind::Forbidden, None),
            ApiError::NotFound => (Kind::NotFound, None),
            ApiError::Invalid(words) => (Kind::Invalid, Some(words)),
            ApiError::Conflict(words) => (Kind::Conflict, Some(words)),
            ApiError::Throttled(words) => (Kind::Throttled, Some(words)),
            ApiError::Offline => (Kind::Offline, None),
            ApiError::Internal => (Kind::Internal, None),
        };
        Self { error, words }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_comes_back_from_the_wire() {
        let words = || "Ben claimed it first.".to_owned();
        let cases = [
            (ApiError::SignedOut, r#"{"error":"signed_out"}"#),
            (ApiError::Forbidden, r#"{"error":"forbidden"}"#),
            (ApiError::NotFound, r#"{"error":"not_found"}"#),
            (ApiError::Invalid(words()), r#"{"error":"invalid","words":"Ben claimed it first."}"#),
            (ApiError::Conflict(words()), r#"{"error":"conflict","words":"Ben claimed it first."}"#),
            (ApiError::Throttled(words()), r#"{"error":"throttled","words":"Ben claimed it first."}"#),
            (ApiError::Offline, r#"{"error":"offline"}"#),
            (ApiError::Internal, r#"{"error":"internal"}"#),
        ];
        for (error, json) in cases {
            assert_eq!(serde_json::to_string(&error).expect("JSON"), json);
            assert_eq!(serde_json::from_str::<ApiError>(json).expect("an error"), error);
        }
    }
}
