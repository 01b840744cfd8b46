//! One-time links, which need no session: what their page shows, and the password that is set with them.

use super::{
    Callers, RequestContext,
    error::internal,
    session::{ask_for_code, set_session},
};
use crate::{
    contract::{ApiError, account_link::LinkView},
    server::accounts::{Accounts, join::LinkError},
};

/// What the page of a link shows.
///
/// # Errors
/// [`ApiError::NotFound`], with the status 404 for a page.
pub async fn read_link(token: String) -> Result<LinkView, ApiError> {
    let context = RequestContext::take();
    let accounts: Accounts = context.service()?;
    context.answers_not_found(accounts.read_link(&token).await.map_err(ApiError::from))
}

/// Sets the password of a link's person, signs them in with a new session, and redirects to the conversations. A person
/// with a second factor is redirected to the page that asks for its code instead.
///
/// # Errors
/// [`ApiError::Invalid`] for a password that is no good, [`ApiError::Conflict`] for a link that has ended meanwhile,
/// [`ApiError::Throttled`] if too many passwords are being checked.
pub async fn use_link(token: String, password: String) -> Result<(), ApiError> {
    let context = RequestContext::take();
    let callers: Callers = context.service()?;
    let parts = context.parts.clone().ok_or_else(|| internal("no request in context"))?;
    let (from, old) = (callers.device(&parts), callers.token(&parts.headers));
    let used = Box::pin(callers.accounts.use_link(&token, password, &from, old.as_deref())).await;
    if let Err(LinkError::CodeNeeded(pending)) = &used {
        ask_for_code(&context, &callers, pending.expose(), None);
        return Ok(());
    }
    let new = used?;
    set_session(&context, &callers, &new);
    leptos_axum::redirect("/conversations");
    Ok(())
}
