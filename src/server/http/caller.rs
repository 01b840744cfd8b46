//! Extracts the signed-in caller of a server function or endpoint. Only this module makes an [`Agent`] or [`Admin`]
//! from a request. A caller who owes a second factor is neither, so only what takes a [`FactorOwner`] answers them.

use axum::{
    extract::{FromRef, FromRequestParts},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header, request::Parts};

use super::{Callers, RequestContext, error::internal};
use crate::{
    contract::ApiError,
    domain::{event::Initiator, ids::TenantId},
    server::accounts::{Admin, Agent, ConfirmedOwner, FactorOwner, Reauthenticated, SessionCaller},
};

/// An authorised call of a server function. Services take the tenant from its caller, and who acts from where.
pub struct AuthorizedCall<C> {
    pub caller: C,
    context: RequestContext,
}

impl<C> AuthorizedCall<C> {
    /// # Errors
    /// [`ApiError::Internal`] if the composition root does not provide the service.
    pub fn service<T: Clone + Send + Sync + 'static>(&self) -> Result<T, ApiError> {
        self.context.service()
    }

    pub fn context(&self) -> &RequestContext {
        &self.context
    }
}

impl AuthorizedCall<Admin> {
    pub fn tenant(&self) -> &TenantId {
        self.caller.agent().tenant()
    }

    pub fn initiator(&self) -> Initiator {
        self.caller.agent().initiator(self.context.address())
    }
}

/// The signed-in caller of a server function.
///
/// # Errors
/// [`ApiError::SignedOut`] without a valid session, [`ApiError::SecondFactorNeeded`] if the caller must set up a second
/// factor first, [`ApiError::Forbidden`] for a role that may not work on conversations.
pub async fn agent() -> Result<AuthorizedCall<Agent>, ApiError> {
    let AuthorizedCall { caller, context } = session_caller().await?;
    match caller {
        SessionCaller::Agent(caller) if caller.may_work_at_desk() => Ok(AuthorizedCall { caller, context }),
        SessionCaller::Agent(_) => Err(ApiError::Forbidden),
        SessionCaller::WithoutFactor(_) => Err(ApiError::SecondFactorNeeded),
    }
}

/// The signed-in caller of the live wall.
///
/// # Errors
/// As [`agent`], and [`ApiError::Forbidden`] for a role that may not view the wall.
pub async fn wall_viewer() -> Result<AuthorizedCall<Agent>, ApiError> {
    let call = agent().await?;
    if call.caller.may_view_wall() { Ok(call) } else { Err(ApiError::Forbidden) }
}

/// The caller with a valid session, also one who owes a second factor.
///
/// # Errors
/// [`ApiError::SignedOut`] without a valid session.
pub async fn factor_owner() -> Result<AuthorizedCall<FactorOwner>, ApiError> {
    let AuthorizedCall { caller, context } = session_caller().await?;
    Ok(AuthorizedCall { caller: caller.into_factor_owner(), context })
}

async fn session_caller() -> Result<AuthorizedCall<SessionCaller>, ApiError> {
    let context = RequestContext::take();
    let callers: Callers = context.service()?;
    let parts = context.parts.clone().ok_or_else(|| internal("no request in context"))?;
    let caller = callers.of(&parts.headers).await.map_err(internal)?.ok_or(ApiError::SignedOut)?;
    Ok(AuthorizedCall { caller, context })
}

/// The signed-in caller of a server function, who must be an admin.
///
/// # Errors
/// As [`agent`], and [`ApiError::Forbidden`] for callers who may not administer.
pub async fn admin() -> Result<AuthorizedCall<Admin>, ApiError> {
    let AuthorizedCall { caller, context } = agent().await?;
    match Admin::of(caller) {
        Some(caller) => Ok(AuthorizedCall { caller, context }),
        None => Err(ApiError::Forbidden),
    }
}

/// The signed-in caller of a server function about the reports of the whole tenant.
///
/// # Errors
/// As [`agent`], and [`ApiError::Forbidden`] for callers who may not view them.
pub async fn report_viewer() -> Result<AuthorizedCall<Agent>, ApiError> {
    let call = agent().await?;
    if call.caller.may_view_reports() { Ok(call) } else { Err(ApiError::Forbidden) }
}

/// The signed-in caller of a server function for which a session alone is not enough, with the proof that services take.
///
/// # Errors
/// As [`admin`], and [`ApiError::PasswordNeeded`] if the password was entered too long ago.
pub async fn reauthenticated() -> Result<(AuthorizedCall<Admin>, Reauthenticated), ApiError> {
    let call = admin().await?;
    let accounts = call.service::<Callers>()?.accounts;
    let proof = accounts.reauthenticated(&call.caller, call.context.address()).ok_or(ApiError::PasswordNeeded)?;
    Ok((call, proof))
}

/// As [`factor_owner`], with the proof for acts on the own second factor for which a session alone is not enough.
///
/// # Errors
/// As [`factor_owner`], and [`ApiError::PasswordNeeded`] if the password was entered too long ago.
pub async fn confirmed_owner() -> Result<(AuthorizedCall<FactorOwner>, ConfirmedOwner), ApiError> {
    let call = factor_owner().await?;
    let proof = confirmed(&call.context, call.caller.clone())?;
    Ok((call, proof))
}

/// As [`confirmed_owner`], for acts of those who owe nothing.
///
/// # Errors
/// As [`agent`], and [`ApiError::PasswordNeeded`] if the password was entered too long ago.
pub async fn confirmed_agent() -> Result<(AuthorizedCall<Agent>, ConfirmedOwner), ApiError> {
    let call = agent().await?;
    let proof = confirmed(&call.context, FactorOwner::of(call.caller.clone()))?;
    Ok((call, proof))
}

fn confirmed(context: &RequestContext, owner: FactorOwner) -> Result<ConfirmedOwner, ApiError> {
    let accounts = context.service::<Callers>()?.accounts;
    accounts.confirmed_owner(owner, context.address()).ok_or(ApiError::PasswordNeeded)
}

/// Why an endpoint rejects a request.
pub struct Refused(StatusCode, &'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, [(header::CACHE_CONTROL, "no-store")], self.1).into_response()
    }
}

const SIGNED_OUT: Refused = Refused(StatusCode::UNAUTHORIZED, "You're signed out. Sign in first.");
const FORBIDDEN: Refused = Refused(StatusCode::FORBIDDEN, "Only admins can do this.");
const NO_FACTOR: Refused = Refused(StatusCode::FORBIDDEN, "Set up a second factor first.");
const NO_DESK: Refused = Refused(StatusCode::FORBIDDEN, "Your role doesn't include conversations. Ask an admin.");
const UNAVAILABLE: Refused = Refused(StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment.");

impl<S: Send + Sync> FromRequestParts<S> for Agent
where
    Callers: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match Callers::from_ref(state).of(&parts.headers).await {
            Ok(Some(SessionCaller::Agent(agent))) if agent.may_work_at_desk() => Ok(agent),
            Ok(Some(SessionCaller::Agent(_))) => Err(NO_DESK),
            Ok(Some(SessionCaller::WithoutFactor(_))) => Err(NO_FACTOR),
            Ok(None) => Err(SIGNED_OUT),
            Err(error) => {
                tracing::error!(%error, path = parts.uri.path(), "http: session lookup failed");
                Err(UNAVAILABLE)
            }
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Admin
where
    Callers: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let agent = Agent::from_request_parts(parts, state).await?;
        Admin::of(agent).ok_or(FORBIDDEN)
    }
}
