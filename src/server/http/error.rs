//! Maps errors of services to [`ApiError`], with the text that the caller sees.

use crate::{
    contract::ApiError,
    domain::{
        account_link::LinkEnd,
        conversation::{Refusal, describe},
        ids::ConversationId,
        member::MemberRefusal,
    },
    server::{
        accounts::{
            Agent,
            factor::{CodeError, FactorError},
            join::LinkError,
            members::MemberError,
            own_password::OwnPasswordError,
            password::HashError,
            preferences::PreferenceError,
            sign_in::SignInError,
        },
        conversations::{ConversationError, Conversations},
        live::LiveError,
        reports::{ReportError, cost::CostError, staffing::StaffingError},
        settings::SettingsError,
        store::StoreError,
        templates::TemplateError,
    },
};

/// Logs an internal error. The caller gets no details.
pub fn internal(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "http: request failed");
    ApiError::Internal
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        internal(error)
    }
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::NotFound => Self::NotFound,
            SettingsError::Invalid(detail) | SettingsError::Taken(detail) => Self::Invalid(detail),
            SettingsError::Stale(detail) => Self::Conflict(detail),
            SettingsError::Seal(_) | SettingsError::Store(_) => internal(error),
        }
    }
}

impl From<TemplateError> for ApiError {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::NotFound => Self::NotFound,
            TemplateError::Store(error) => internal(error),
        }
    }
}

impl From<LiveError> for ApiError {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::NotFound => Self::NotFound,
            LiveError::Invalid(detail) => Self::Invalid(detail),
            LiveError::Store(error) => internal(error),
        }
    }
}

impl From<CostError> for ApiError {
    fn from(error: CostError) -> Self {
        match error {
            CostError::NotFound => Self::NotFound,
            CostError::Forbidden => Self::Forbidden,
            CostError::Store(error) => internal(error),
        }
    }
}

impl From<ReportError> for ApiError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::NotFound => Self::NotFound,
            ReportError::Forbidden => Self::Forbidden,
            ReportError::Invalid(detail) => Self::Invalid(detail),
            ReportError::Busy => Self::Throttled(error.to_string()),
            ReportError::Failed(_) | ReportError::Store(_) => internal(error),
        }
    }
}

impl From<StaffingError> for ApiError {
    fn from(error: StaffingError) -> Self {
        match error {
            StaffingError::NotFound => Self::NotFound,
            StaffingError::Invalid(detail) => Self::Invalid(detail),
            StaffingError::Busy => Self::Throttled(error.to_string()),
            StaffingError::Failed(_) | StaffingError::Store(_) => internal(error),
        }
    }
}

/// For what concerns no single conversation, so that no refusal can name one.
impl From<ConversationError> for ApiError {
    fn from(error: ConversationError) -> Self {
        match error {
            ConversationError::NotFound => Self::NotFound,
            ConversationError::Invalid(detail) => Self::Invalid(detail),
            ConversationError::Stale(detail) => Self::Conflict(detail),
            ConversationError::Refused(_) | ConversationError::Store(_) => internal(error),
        }
    }
}

impl From<PreferenceError> for ApiError {
    fn from(error: PreferenceError) -> Self {
        match error {
            PreferenceError::Invalid(detail) => Self::Invalid(detail),
            PreferenceError::Store(error) => internal(error),
        }
    }
}

impl From<MemberError> for ApiError {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::NotFound => Self::NotFound,
            MemberError::Refused(MemberRefusal::NotAdmin) => Self::Forbidden,
            MemberError::Refused(refusal) => Self::Invalid(refusal.to_string()),
            MemberError::Invalid(detail) => Self::Invalid(detail),
            MemberError::Store(error) => internal(error),
        }
    }
}

impl From<LinkError> for ApiError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::NotFound => Self::NotFound,
            LinkError::Ended(why) => Self::Conflict(over(why).to_owned()),
            LinkError::Invalid(detail) => Self::Invalid(detail),
            LinkError::CodeNeeded(_) => Self::Invalid(error.to_string()),
            LinkError::Hash(HashError::Busy) => Self::Throttled(error.to_string()),
            LinkError::Hash(HashError::Failed(_)) | LinkError::Store(_) => internal(error),
        }
    }
}

/// For the person who opened a link while it still worked.
fn over(why: LinkEnd) -> &'static str {
    match why {
        LinkEnd::Used => "This link was used already. Sign in with the password that was set.",
        LinkEnd::Revoked => "This link was revoked. Ask an admin for a new one.",
        LinkEnd::Expired => "This link has expired. Ask an admin for a new one.",
    }
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong | SignInError::CodeNeeded(_) => Self::Invalid(error.to_string()),
            SignInError::TooManyAttempts(_) | SignInError::Hash(HashError::Busy) => Self::Throttled(error.to_string()),
            SignInError::Hash(HashError::Failed(_)) | SignInError::Store(_) => internal(error),
        }
    }
}

impl From<CodeError> for ApiError {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Wrong | CodeError::Used => Self::Invalid(error.to_string()),
            CodeError::Ended => Self::Conflict(error.to_string()),
            CodeError::TooManyAttempts(_) => Self::Throttled(error.to_string()),
            CodeError::Seal(_) | CodeError::Store(_) => internal(error),
        }
    }
}

impl From<FactorError> for ApiError {
    fn from(error: FactorError) -> Self {
        match error {
            FactorError::NotFound => Self::NotFound,
            FactorError::NotAdmin => Self::Forbidden,
            FactorError::Invalid(detail) => Self::Invalid(detail),
            FactorError::TooManyAttempts(_) => Self::Throttled(error.to_string()),
            FactorError::Seal(_) | FactorError::Store(_) => internal(error),
        }
    }
}

impl From<OwnPasswordError> for ApiError {
    fn from(error: OwnPasswordError) -> Self {
        match error {
            OwnPasswordError::Wrong | OwnPasswordError::Invalid(_) => Self::Invalid(error.to_string()),
            OwnPasswordError::TooManyAttempts(_) | OwnPasswordError::Hash(HashError::Busy) => {
                Self::Throttled(error.to_string())
            }
            OwnPasswordError::Hash(HashError::Failed(_)) | OwnPasswordError::Store(_) => internal(error),
        }
    }
}

/// Maps the result of a command on a conversation. A refusal becomes a sentence that names colleagues and the customer.
pub async fn answered<T>(
    conversations: &Conversations,
    agent: &Agent,
    id: &ConversationId,
    done: Result<T, ConversationError>,
) -> Result<T, ApiError> {
    match done {
        Ok(value) => Ok(value),
        Err(ConversationError::NotFound) => Err(ApiError::NotFound),
        Err(ConversationError::Invalid(detail)) => Err(ApiError::Invalid(detail)),
        Err(ConversationError::Stale(detail)) => Err(ApiError::Conflict(detail)),
        Err(ConversationError::Store(error)) => Err(internal(error)),
        Err(ConversationError::Refused(refusal)) => {
            let detail = conversations.describe(agent.tenant(), id, &refusal).await?;
            Err(conflict(refusal, detail))
        }
    }
}

/// Answers the call that begins a conversation. A refusal names the customer's open one, if there is one.
///
/// # Errors
/// As for every call about a conversation.
pub fn begun(done: Result<ConversationId, ConversationError>) -> Result<ConversationId, ApiError> {
    match done {
        Err(ConversationError::Refused(refusal)) => {
            let detail = describe::refused(&refusal, "", "");
            Err(conflict(refusal, detail))
        }
        other => other.map_err(ApiError::from),
    }
}

/// A refused command, with the sentence about it.
fn conflict(refusal: Refusal, detail: String) -> ApiError {
    match refusal {
        Refusal::ContinuedIn(conversation) => ApiError::Continued { detail, conversation },
        _ => ApiError::Conflict(detail),
    }
}
