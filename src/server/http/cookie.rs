//! The session cookie, and whom it belongs to; the cookie of a sign-in whose code is awaited; and the cookie of the device,
//! which outlives sessions.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::{HeaderMap, header, request::Parts};

use super::origin::client_address;
use crate::{
    domain::second_factor::SIGN_IN_LIFETIME,
    server::{
        accounts::{Accounts, CallerDevice, SessionCaller, device},
        store,
    },
};

/// Names and attributes of the cookies.
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

    fn device_name(self) -> &'static str {
        match self {
            Self::Host => "__Host-handoff-device",
            Self::Loopback => "handoff-device",
        }
    }

    fn sign_in_name(self) -> &'static str {
        match self {
            Self::Host => "__Host-handoff-sign-in",
            Self::Loopback => "handoff-sign-in",
        }
    }

    fn make(self, name: &'static str, value: String) -> Cookie<'static> {
        Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self == Self::Host)
            .build()
    }

    /// The `Set-Cookie` value of a new session.
    pub fn set(self, token: &str) -> String {
        self.make(self.name(), token.to_owned()).to_string()
    }

    /// The `Set-Cookie` value of a device, which is known for as long.
    pub fn set_device(self, token: &str) -> String {
        let cookie = self.make(self.device_name(), token.to_owned());
        format!("{cookie}; Max-Age={}", device::LENGTH.0 / 1_000)
    }

    /// The `Set-Cookie` value of a sign-in whose code is awaited.
    pub fn set_sign_in(self, token: &str) -> String {
        let cookie = self.make(self.sign_in_name(), token.to_owned());
        format!("{cookie}; Max-Age={}", SIGN_IN_LIFETIME.0 / 1_000)
    }

    /// The `Set-Cookie` value that removes the cookie.
    pub fn clear(self) -> String {
        self.removal(self.name())
    }

    /// The `Set-Cookie` value that removes the cookie of [`Self::set_sign_in`].
    pub fn clear_sign_in(self) -> String {
        self.removal(self.sign_in_name())
    }

    fn removal(self, name: &'static str) -> String {
        let mut cookie = self.make(name, String::new());
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
    /// Whom the session belongs to that the request's cookie names, if there is one.
    pub async fn of(&self, headers: &HeaderMap) -> store::Result<Option<SessionCaller>> {
        match self.token(headers) {
            Some(token) => self.accounts.session_caller(&token).await,
            None => Ok(None),
        }
    }

    /// The session token in the request's cookie.
    pub fn token(&self, headers: &HeaderMap) -> Option<String> {
        CookieJar::from_headers(headers).get(self.cookie.name()).map(|cookie| cookie.value().to_owned())
    }

    /// The token of the pending sign-in in the request's cookie.
    pub fn sign_in_token(&self, headers: &HeaderMap) -> Option<String> {
        CookieJar::from_headers(headers).get(self.cookie.sign_in_name()).map(|cookie| cookie.value().to_owned())
    }

    /// The device that sends a request.
    pub fn device(&self, parts: &Parts) -> CallerDevice {
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let jar = CookieJar::from_headers(&parts.headers);
        CallerDevice {
            address: client_address(parts),
            user_agent: user_agent.unwrap_or_default().to_owned(),
            token: jar.get(self.cookie.device_name()).map(|cookie| cookie.value().to_owned()),
        }
    }
}
