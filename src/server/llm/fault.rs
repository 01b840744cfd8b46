//! The ways in which a turn can fail, and the handoff reason for each.

use genai::Error as Wire;

use crate::{domain::handoff::Failure, server::fetch::FetchFault};

/// Why there is no answer. The texts are for our log and contain nothing that the model, the customer or a server sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LlmFault {
    /// The server's HTTP status, or `None` if the error came within the response.
    #[error("the model's server returned an error (status {0:?})")]
    Error(Option<u16>),
    #[error("the connection to the model's server was lost")]
    Broken,
    #[error("the model's server limits requests")]
    RateLimited,
    #[error("the model didn't respond in time")]
    TimedOut,
    #[error("the model stalled in the middle of its reply")]
    Stalled,
    #[error("the model's server returned an unreadable response")]
    Malformed,
    #[error("the model called {0} with arguments that don't match its schema")]
    MalformedArguments(String),
    /// Checking them would be too much work.
    #[error("the arguments of {0} are too long for the size of its schema")]
    ArgumentsTooLarge(String),
    /// The check of the arguments took too long.
    #[error("the arguments of {0} could not be checked in time")]
    CheckTimedOut(String),
    /// The model announced a call, or wrote one in a form that is not known.
    #[error("the model's tool call can't be read")]
    UnreadableCall,
    #[error("the model called a tool that was not offered")]
    UnknownTool,
    #[error("the model called tools in every round")]
    ToolLoop,
    #[error("the model returned an empty reply")]
    Empty,
    /// The answer reached the token limit, or a filter stopped it.
    #[error("the model's reply was cut off")]
    Cut,
    #[error("today's tokens are used up")]
    BudgetSpent,
    /// The address must not or cannot be used.
    #[error("the model's address can't be used: {0}")]
    Refused(FetchFault),
    #[error("couldn't connect to the model's server")]
    Unreachable,
    /// Not a failure: the caller does not need the answer any more.
    #[error("the turn was cancelled")]
    Cancelled,
}

impl LlmFault {
    /// The reason for a handoff.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Error(_) | Self::Broken => Failure::ModelError,
            Self::RateLimited => Failure::ModelRateLimited,
            Self::TimedOut => Failure::ModelTimedOut,
            Self::Stalled => Failure::ModelStalled,
            Self::Malformed
            | Self::MalformedArguments(_)
            | Self::ArgumentsTooLarge(_)
            | Self::CheckTimedOut(_)
            | Self::UnreadableCall
            | Self::Cut => Failure::ModelMalformed,
            Self::UnknownTool => Failure::ModelUnknownTool,
            Self::ToolLoop => Failure::ModelToolLoop,
            Self::Empty => Failure::ModelEmpty,
            Self::BudgetSpent => Failure::ModelBudget,
            Self::Refused(_) | Self::Unreachable => Failure::ModelUnreachable,
            Self::Cancelled => Failure::ModelInterrupted,
        }
    }

    fn of_status(status: u16) -> Self {
        // 529 is Anthropic's status for overloaded.
        if matches!(status, 429 | 529) { Self::RateLimited } else { Self::Error(Some(status)) }
    }

    pub(super) fn of(error: &Wire) -> Self {
        if let Some(status) = error.status() {
            return Self::of_status(status.as_u16());
        }
        match error {
            Wire::WebStream { error, .. } => Self::of_transport(error.as_ref()),
            Wire::ChatResponse { body, .. } => Self::of_body(body),
            Wire::StreamParse { .. } | Wire::JsonValueExt(_) | Wire::SerdeJson(_) => Self::Malformed,
            _ => Self::Error(None),
        }
    }

    fn of_transport(error: &(dyn std::error::Error + 'static)) -> Self {
        if let Some(fault) = FetchFault::find_in(error) {
            return Self::Refused(fault);
        }
        if let Some(inner) = error.downcast_ref::<Wire>() {
            return Self::of(inner);
        }
        match error.downcast_ref::<reqwest::Error>() {
            Some(error) if error.is_builder() => Self::Refused(FetchFault::BadAddress("it can't be sent in a request")),
            Some(error) if error.is_connect() => Self::Unreachable,
            _ => Self::Broken,
        }
    }

    /// An error within a streamed response.
    fn of_body(body: &serde_json::Value) -> Self {
        let inner = body.get("error").unwrap_or(body);
        let kinds =
            ["type", "code"].map(|name| inner.get(name).and_then(serde_json::Value::as_str).unwrap_or_default());
        let is_limit = kinds.iter().any(|kind| kind.contains("rate_limit") || kind.contains("overloaded"));
        let code = inner.get("code").and_then(serde_json::Value::as_u64);
        if is_limit || code == Some(429) { Self::RateLimited } else { Self::Error(None) }
    }
}
