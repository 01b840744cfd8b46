//! Signing in and out.

use axum::extract::ConnectInfo;
use http::{HeaderName, HeaderValue, header};

use super::{Accounts, password, session};
use crate::{
    api::ApiError,
    domain::event::{Actor, Event},
    server::{
        context::{Visit, internal},
        store::{agents, sessions},
    },
};

/// What the person reads, whichever of the two was wrong.
const WRONG: &str = "E-mail or password is wrong.";

/// Checks the password, rotates the session, and sends the browser on.
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), ApiError> {
    let visit = Visit::here();
    let accounts: Accounts = visit.service()?;
    let parts = visit.parts.clone().ok_or_else(|| internal("no request in context"))?;
    let address = parts
        .extensions
        .get::<ConnectInfo<std::net::SocketAddr>>()
        .map(|info| info.0.ip().to_string())
        .unwrap_or_default();
    let old = accounts.token(&parts.headers);
    let token = accounts.sign_in(&email, password, &address, old.as_deref()).await?;
    set_cookie(&visit, &accounts.cookie.set(&token));
    leptos_axum::redirect(&own_path(next.as_deref()));
    Ok(())
}

/// Ends the session; its streams end with it.
pub async fn sign_out() -> Result<(), ApiError> {
    let visit = Visit::here();
    let accounts: Accounts = visit.service()?;
    match session::agent().await {
        Ok(agent) => accounts.sign_out(&agent).await.map_err(internal)?,
        Err(ApiError::SignedOut) => {}
        Err(other) => return Err(other),
    }
    set_cookie(&visit, &accounts.cookie.clear());
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// Only a path of this site: anything else would send a person who just signed in to a stranger.
fn own_path(next: Option<&str>) -> String {
    next.filter(|path| {
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']) && path.len() < 512
    })
    .unwrap_or("/conversations")
    .to_owned()
}

fn set_cookie(visit: &Visit, value: &str) {
    if let (Some(response), Ok(value)) = (&visit.response, HeaderValue::from_str(value)) {
        response.append_header(header::SET_COOKIE, value);
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Whatever this browser kept of another person's pages is not this person's.
        response.insert_header(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    }
}

impl Accounts {
    /// Returns the token of a fresh session.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        address: &str,
        old_token: Option<&str>,
    ) -> Result<String, ApiError> {
        let email = email.trim().to_lowercase();
        if email.contains('\0') || email.len() > 254 || password.len() > password::LONGEST {
            return Err(ApiError::Invalid(WRONG.to_owned()));
        }
        self.gate.knock(&email, address).map_err(|wait| {
            ApiError::Throttled(format!("Too many tries. Wait {} and try again.", wait_words(wait.0)))
        })?;
        let mut tx = self.db.begin_read().await.map_err(internal)?;
        let record = agents::by_email(&mut tx, &email).await.map_err(internal)?.filter(|record| record.active);
        drop(tx);
        let hash = record.as_ref().map_or(password::NOBODY, |record| &record.password_hash).to_owned();
        let matches = self.hasher.verify(password, hash).await.map_err(internal)?;
        let Some(record) = record.filter(|_| matches) else {
            return Err(ApiError::Invalid(WRONG.to_owned()));
        };
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await.map_err(internal)?;
        if let Some(old) = old_token {
            sessions::remove(&mut tx, &session::hash(old)).await.map_err(internal)?;
        }
        let token = self.open(&mut tx, &record, now).await.map_err(internal)?;
        let event = Event::SignedIn { agent: record.id.clone() };
        self.log.commit(tx, &record.tenant, now, Actor::Agent(record.id.clone()), event).await.map_err(internal)?;
        Ok(token)
    }

    pub async fn sign_out(&self, agent: &super::Agent) -> crate::server::store::Result<()> {
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        sessions::remove(&mut tx, &agent.session).await?;
        let event = Event::SignedOut { agent: agent.id.clone() };
        self.log.commit(tx, &agent.tenant, now, Actor::Agent(agent.id.clone()), event).await?;
        self.presence.leave(&agent.tenant, &agent.id);
        Ok(())
    }
}

fn wait_words(millis: i64) -> String {
    let seconds = (millis + 999) / 1_000;
    if seconds == 1 { "a second".to_owned() } else { format!("{seconds} seconds") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_a_person_stays_on_this_site() {
        for strange in ["https://evil.test", "//evil.test", "/\\evil.test", "evil", "/a\r\nSet-Cookie: x"] {
            assert_eq!(own_path(Some(strange)), "/conversations", "{strange}");
        }
        assert_eq!(own_path(Some("/conversations/cnv_1?q=a")), "/conversations/cnv_1?q=a");
    }
}
