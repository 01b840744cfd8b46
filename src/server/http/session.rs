//! Signing in and out, and the change of the own password: sets the cookies and redirects.

use http::{HeaderName, HeaderValue, header};

use super::{Callers, RequestContext, agent, error::internal, factor_owner};
use crate::{
    contract::{ApiError, session::Viewer},
    domain::{percent::encoded, redirect::own_path, time::Span},
    server::accounts::{
        Accounts,
        sign_in::{NewSession, SignInError},
    },
};

/// Checks the password, rotates the session, and redirects to `next` (a path of this site) or to the conversations. A
/// person with a second factor is redirected to the page that asks for its code instead.
///
/// # Errors
/// [`ApiError::Invalid`] for a wrong email or password; [`ApiError::Throttled`] after too many attempts, or if too many
/// people sign in at once. The response then says when to try again.
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), ApiError> {
    let context = RequestContext::take();
    let callers: Callers = context.service()?;
    let parts = context.parts.clone().ok_or_else(|| internal("no request in context"))?;
    let (from, old) = (callers.device(&parts), callers.token(&parts.headers));
    let signed_in = Box::pin(callers.accounts.sign_in(&email, password, &from, old.as_deref())).await;
    if let Err(SignInError::CodeNeeded(token)) = &signed_in {
        ask_for_code(&context, &callers, token.expose(), next.as_deref());
        return Ok(());
    }
    let new = signed_in.inspect_err(|error| say_when(&context, error.retry_after()))?;
    set_session(&context, &callers, &new);
    go_on(next.as_deref());
    Ok(())
}

/// The page that asks for the code of the second factor.
const CODE_PAGE: &str = "/sign-in/code";

/// Takes the code of a person whose password was right, begins the session, and redirects as [`sign_in`].
///
/// # Errors
/// [`ApiError::Invalid`] for a wrong code and one that was used already; [`ApiError::Conflict`] if the sign-in has ended
/// meanwhile; [`ApiError::Throttled`] after too many wrong codes. The response then says when to try again.
pub async fn sign_in_code(code: String, next: Option<String>) -> Result<(), ApiError> {
    let context = RequestContext::take();
    let callers: Callers = context.service()?;
    let parts = context.parts.clone().ok_or_else(|| internal("no request in context"))?;
    let (from, old) = (callers.device(&parts), callers.token(&parts.headers));
    // Without a cookie there is no sign-in, as with a token that nobody has.
    let pending = callers.sign_in_token(&parts.headers).unwrap_or_default();
    let signed_in = Box::pin(callers.accounts.sign_in_code(&pending, &code, &from, old.as_deref())).await;
    let new = signed_in.inspect_err(|error| say_when(&context, error.retry_after()))?;
    set_session(&context, &callers, &new);
    set_cookie(&context, &callers.cookie.clear_sign_in());
    go_on(next.as_deref());
    Ok(())
}

/// Sets the cookie of a sign-in whose code is awaited, and redirects to the page that asks for it, which leads to `next`.
pub(super) fn ask_for_code(context: &RequestContext, callers: &Callers, token: &str, next: Option<&str>) {
    set_cookie(context, &callers.cookie.set_sign_in(token));
    let next = next.and_then(own_target);
    let page = next.map_or_else(|| CODE_PAGE.to_owned(), |next| format!("{CODE_PAGE}?next={}", encoded(&next)));
    leptos_axum::redirect(&page);
}

/// Says in the response when it is worth trying again, if it is.
fn say_when(context: &RequestContext, wait: Option<Span>) {
    if let (Some(response), Some(wait)) = (&context.response, wait) {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from((wait.0 + 999) / 1_000));
    }
}

/// Redirects whoever signed in.
fn go_on(next: Option<&str>) {
    let next = next.and_then(own_target);
    leptos_axum::redirect(next.as_deref().unwrap_or("/conversations"));
}

/// Ends the session and its streams, and redirects to the sign-in page. Being signed out already is not an error.
///
/// # Errors
/// [`ApiError::Internal`] as for [`factor_owner`].
pub async fn sign_out() -> Result<(), ApiError> {
    let context = RequestContext::take();
    let callers: Callers = context.service()?;
    match factor_owner().await {
        Ok(call) => callers.accounts.sign_out_owner(&call.caller, context.address()).await?,
        Err(ApiError::SignedOut) => {}
        Err(other) => return Err(other),
    }
    set_cookie(&context, &callers.cookie.clear());
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// Sets a new password for the caller. All their sessions end, and this browser gets a new one.
///
/// # Errors
/// As [`agent`]; [`ApiError::Invalid`] for a wrong current password and for a new one that is too easy to guess;
/// [`ApiError::Throttled`] after too many attempts.
pub async fn password_change(current: String, new: String) -> Result<(), ApiError> {
    let call = agent().await?;
    let context = call.context();
    let callers: Callers = context.service()?;
    let parts = context.parts.clone().ok_or_else(|| internal("no request in context"))?;
    let from = callers.device(&parts);
    let changed = Box::pin(callers.accounts.password_change(&call.caller, &from, current, new)).await?;
    set_session(context, &callers, &changed);
    Ok(())
}

/// The signed-in agent as pages need it; `None` when signed out.
///
/// # Errors
/// [`ApiError::SecondFactorNeeded`], [`ApiError::Forbidden`] and [`ApiError::Internal`] as for [`agent`].
pub async fn viewer() -> Result<Option<Viewer>, ApiError> {
    match agent().await {
        Ok(call) => Ok(Some(call.service::<Accounts>()?.viewer(&call.caller).await?)),
        Err(ApiError::SignedOut) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Path and query of `next` as a browser reads it, in ASCII, if they are of this site.
fn own_target(next: &str) -> Option<String> {
    let site = url::Url::parse("https://this-site.invalid").ok()?;
    let target = site.join(own_path(next)?).ok()?;
    // `/..//evil.test` is `//evil.test` after its dots are resolved, which is another site.
    let path = own_path(target.path()).filter(|_| target.origin() == site.origin())?;
    Some(target.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

/// Sets the cookies of a new session and its device.
pub(super) fn set_session(context: &RequestContext, callers: &Callers, new: &NewSession) {
    set_cookie(context, &callers.cookie.set(&new.token));
    set_cookie(context, &callers.cookie.set_device(&new.device));
}

fn set_cookie(context: &RequestContext, value: &str) {
    if let (Some(response), Ok(value)) = (&context.response, HeaderValue::from_str(value)) {
        response.append_header(header::SET_COOKIE, value);
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // The next person who uses this browser must not see pages of the previous one from its cache.
        response.insert_header(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_path_and_query_of_this_site_are_redirected_to() {
        let own = |next: &str| own_target(next);
        assert_eq!(own("/conversations/cnv_1?q=a#part").as_deref(), Some("/conversations/cnv_1?q=a"));
        assert_eq!(own("/search?q=é x").as_deref(), Some("/search?q=%C3%A9%20x"), "a header holds ASCII only");
        assert_eq!(own("/a/../b").as_deref(), Some("/b"));
        for foreign in [
            "/\t/evil.test/x",
            "/a\u{1}b",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "/..//evil.test",
            "/.//evil.test",
            "/%2e%2e//evil.test",
            "/a/..//evil.test",
            "",
        ] {
            assert_eq!(own(foreign), None, "{foreign:?}");
        }
    }
}
