//! The session cookie, and the agent to whom it belongs.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::HeaderMap;

use crate::server::{
    accounts::{Accounts, Agent},
    store,
};

/// Name and attributes of the cookie.
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

    /// The `Set-Cookie` value of a new session.
    pub fn set(self, token: &str) -> String {
        self.make(token.to_owned()).to_string()
    }

    /// The `Set-Cookie` value that removes the cookie.
    pub fn clear(self) -> String {
        let mut cookie = self.make(String::new());
        cookie.make_removal();
        cookie.to_string()
    }
}

/// Looks up the sender of a request. Cheap to clone.
#[derive(Clone)]
pub struct Callers {
    pub accounts: Accounts,
    /// `Secure` unless the public URL is plain HTTP on loopback.
    pub cookie: CookieKind,
}

impl Callers {
    /// The agent whose session the request's cookie names, if there is one.
    pub async fn of(&self, headers: &HeaderMap) -> store::Result<Option<Agent>> {
        match self.token(headers) {
            Some(token) => self.accounts.signed_in(&token).await,
            None => Ok(None),
        }
    }

    /// The session token in the request's cookie.
    pub fn token(&self, headers: &HeaderMap) -> Option<String> {
        CookieJar::from_headers(headers).get(self.cookie.name()).map(|cookie| cookie.value().to_owned())
    }
}
