//! The session cookie, and the agent to whom it belongs; and the cookie of the device, which outlives sessions.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::{HeaderMap, header, request::Parts};

use super::origin::client_address;
use crate::server::{
    accounts::{Accounts, Agent, CallerDevice, device},
    store,
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

    /// The `Set-Cookie` value that removes the cookie.
    pub fn clear(self) -> String {
        let mut cookie = self.make(self.name(), String::new());
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
