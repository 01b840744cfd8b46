//! The session cookie, and who is behind it.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::HeaderMap;

use crate::server::{
    accounts::{Accounts, Agent},
    store,
};

/// How the cookie is named and protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieKind {
    /// `__Host-handoff`: HTTPS only, this host only.
    Host,
    /// `handoff`: for plain HTTP on loopback, where browsers refuse `Secure`.
    Loopback,
}

impl CookieKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Host => "__Host-handoff",
            Self::Loopback => "handoff",
        }
    }

    fn make(self, value: String) -> Cookie<'static> {
        Cookie::build((self.name(), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self == Self::Host)
            .build()
    }

    /// The `Set-Cookie` of a fresh session.
    pub fn set(self, token: &str) -> String {
        self.make(token.to_owned()).to_string()
    }

    /// The `Set-Cookie` that takes it away.
    pub fn clear(self) -> String {
        let mut cookie = self.make(String::new());
        cookie.make_removal();
        cookie.to_string()
    }
}

/// Looks up who sent a request. Cheap to clone.
#[derive(Clone)]
pub struct Callers {
    pub accounts: Accounts,
    /// The cookie is `Secure` unless the public address is plain HTTP on loopback.
    pub cookie: CookieKind,
}

impl Callers {
    /// The person behind a request's cookie, if there is one.
    pub async fn of(&self, headers: &HeaderMap) -> store::Result<Option<Agent>> {
        match self.token(headers) {
            Some(token) => self.accounts.signed_in(&token).await,
            None => Ok(None),
        }
    }

    /// The token in a request's cookie.
    pub fn token(&self, headers: &HeaderMap) -> Option<String> {
        CookieJar::from_headers(headers).get(self.cookie.name()).map(|cookie| cookie.value().to_owned())
    }
}
