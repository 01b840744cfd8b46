//! One-time links, which need no session: what their page shows, and the password that is set with them.

use http::{HeaderValue, header, request::Parts};
use leptos::server_fn::error::ServerFnUrlError;

use super::{
    Callers, RequestContext,
    error::internal,
    session::{ask_for_code, set_session},
};
use crate::{
    contract::{ApiError, account_link::LinkView},
    domain::account_link::LinkKind,
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
    let new = used.map_err(ApiError::from).inspect_err(|error| lead_back(&context, &parts, &token, error))?;
    set_session(&context, &callers, &new);
    leptos_axum::redirect("/conversations");
    Ok(())
}

/// Leads a refused form without scripts back to the page of its link. Leptos would lead it to the address that the
/// browser says it came from, which is without the token.
fn lead_back(context: &RequestContext, parts: &Parts, token: &str, error: &ApiError) {
    let accepted = parts.headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    if !accepted.is_some_and(|accepted| accepted.contains("text/html")) {
        return;
    }
    let value = way_back(parts.uri.path(), token, error).and_then(|address| HeaderValue::from_str(&address).ok());
    if let (Some(response), Some(value)) = (&context.response, value) {
        response.insert_header(header::LOCATION, value);
    }
}

/// The address of the link's page with an error of the call to `path`, as Leptos reads it there. The kind of the link
/// does not matter: its page asks for it. `None` for what is no token, which must not become a path.
fn way_back(path: &str, token: &str, error: &ApiError) -> Option<String> {
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let page = format!("https://this-site.invalid{}{token}", LinkKind::Join.path());
    let address = ServerFnUrlError::new(path, error.clone()).to_url(&page).ok()?;
    Some(format!("{}?{}", address.path(), address.query()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_form_is_led_back_to_the_page_of_its_link() {
        let refused = ApiError::Invalid("Too short.".to_owned());
        let back = way_back("/api/use_link", "00ff", &refused).expect("an address");
        assert!(back.starts_with("/join/00ff?__path=%2Fapi%2Fuse_link&__err="), "{back}");
        for no_token in ["", "../..//evil.test", "00ff?next=/"] {
            assert_eq!(way_back("/api/use_link", no_token, &refused), None, "{no_token}");
        }
    }
}
