//! The only error type the page receives. Its detail is written for users; internal causes are only logged.

use serde::{Deserialize, Serialize};

use crate::domain::ids::ConversationId;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(from = "Problem", into = "Problem")]
pub enum ApiError {
    /// No valid session. The page keeps what the user typed.
    #[error("You're signed out. Sign in again; your text is kept.")]
    SignedOut,
    /// The caller's role does not allow this.
    #[error("Only admins can do this.")]
    Forbidden,
    /// The act needs a password that was entered a short while ago: the page asks for it and repeats the call.
    #[error("Enter your password to do this.")]
    PasswordNeeded,
    /// The caller must set up a second factor before anything else: the page leads them there.
    #[error("Your company requires a second factor. Set one up to go on.")]
    SecondFactorNeeded,
    /// It does not exist, or belongs to another tenant. The two are not distinguished.
    #[error("This no longer exists.")]
    NotFound,
    /// The input is invalid; the sentence says how to fix it.
    #[error("{0}")]
    Invalid(String),
    /// The state changed meanwhile; the sentence says who claimed it, who owns it or what arrived.
    #[error("{0}")]
    Conflict(String),
    /// As [`Self::Conflict`], because the customer has another conversation, which is open.
    #[error("{detail}")]
    Continued { detail: String, conversation: ConversationId },
    /// Too many attempts; the sentence says how long to wait.
    #[error("{0}")]
    Throttled(String),
    /// The call did not reach the server.
    #[error("You're offline. Check your connection and try again; nothing is lost.")]
    Offline,
    /// An internal error: logged on the server, without details for the page.
    #[error("Something went wrong on our side. Try again. If it keeps happening, tell your admin.")]
    Internal,
}

/// An error on the wire: `{"type": "conflict", "detail": "Ben already claimed Maria."}`, named as in RFC 9457, so that
/// the page and a later REST API share one reader.
///
/// Written by hand because serde's adjacently tagged enums pull in code that buffers arbitrary JSON, which would
/// enlarge the page's first load.
#[derive(Serialize, Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: ProblemType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Where a conflict can be continued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation: Option<ConversationId>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ProblemType {
    SignedOut,
    Forbidden,
    PasswordNeeded,
    SecondFactorNeeded,
    NotFound,
    Invalid,
    Conflict,
    Throttled,
    Offline,
    Internal,
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        let detail = problem.detail.unwrap_or_default();
        match problem.kind {
            ProblemType::SignedOut => Self::SignedOut,
            ProblemType::Forbidden => Self::Forbidden,
            ProblemType::PasswordNeeded => Self::PasswordNeeded,
            ProblemType::SecondFactorNeeded => Self::SecondFactorNeeded,
            ProblemType::NotFound => Self::NotFound,
            ProblemType::Invalid => Self::Invalid(detail),
            ProblemType::Conflict => match problem.conversation {
                Some(conversation) => Self::Continued { detail, conversation },
                None => Self::Conflict(detail),
            },
            ProblemType::Throttled => Self::Throttled(detail),
            ProblemType::Offline => Self::Offline,
            ProblemType::Internal => Self::Internal,
        }
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        let mut elsewhere = None;
        let (kind, detail) = match error {
            ApiError::SignedOut => (ProblemType::SignedOut, None),
            ApiError::Forbidden => (ProblemType::Forbidden, None),
            ApiError::PasswordNeeded => (ProblemType::PasswordNeeded, None),
            ApiError::SecondFactorNeeded => (ProblemType::SecondFactorNeeded, None),
            ApiError::NotFound => (ProblemType::NotFound, None),
            ApiError::Invalid(detail) => (ProblemType::Invalid, Some(detail)),
            ApiError::Conflict(detail) => (ProblemType::Conflict, Some(detail)),
            ApiError::Continued { detail, conversation } => {
                elsewhere = Some(conversation);
                (ProblemType::Conflict, Some(detail))
            }
            ApiError::Throttled(detail) => (ProblemType::Throttled, Some(detail)),
            ApiError::Offline => (ProblemType::Offline, None),
            ApiError::Internal => (ProblemType::Internal, None),
        };
        Self { kind, detail, conversation: elsewhere }
    }
}

/// The result of every server function.
pub type Result<T> = std::result::Result<T, ApiError>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_survives_the_wire() {
        let detail = || "Ben already claimed Maria.".to_owned();
        let cases = [
            (ApiError::SignedOut, r#"{"type":"signed_out"}"#),
            (ApiError::Forbidden, r#"{"type":"forbidden"}"#),
            (ApiError::PasswordNeeded, r#"{"type":"password_needed"}"#),
            (ApiError::SecondFactorNeeded, r#"{"type":"second_factor_needed"}"#),
            (ApiError::NotFound, r#"{"type":"not_found"}"#),
            (ApiError::Invalid(detail()), r#"{"type":"invalid","detail":"Ben already claimed Maria."}"#),
            (ApiError::Conflict(detail()), r#"{"type":"conflict","detail":"Ben already claimed Maria."}"#),
            (
                ApiError::Continued { detail: detail(), conversation: "cnv_2".into() },
                r#"{"type":"conflict","detail":"Ben already claimed Maria.","conversation":"cnv_2"}"#,
            ),
            (ApiError::Throttled(detail()), r#"{"type":"throttled","detail":"Ben already claimed Maria."}"#),
            (ApiError::Offline, r#"{"type":"offline"}"#),
            (ApiError::Internal, r#"{"type":"internal"}"#),
        ];
        for (error, json) in cases {
            assert_eq!(serde_json::to_string(&error).expect("JSON"), json);
            assert_eq!(serde_json::from_str::<ApiError>(json).expect("an error"), error);
        }
    }
}
