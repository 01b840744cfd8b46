//! Sessions: a random token in a cookie, its hash in the table. Who calls is looked up here and becomes a type.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::HeaderMap;
use sha2::{Digest, Sha256};

use super::{Accounts, Admin, Agent};
use crate::{
    api::{ApiError, session::Viewer},
    domain::{
        access::{Action, may},
        time::{Span, Timestamp},
    },
    server::{
        context::{Visit, internal},
        store::{self, agents, sessions, tenants},
    },
};

/// How long a session is good for without being renewed.
pub const LENGTH: Span = Span::hours(12);

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

pub(super) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

impl Accounts {
    /// The person behind a request's cookie, if there is one.
    pub async fn caller(&self, headers: &HeaderMap) -> store::Result<Option<Agent>> {
        let Some(token) = self.token(headers) else { return Ok(None) };
        let session = hash(&token);
        let mut tx = self.db.begin_read().await?;
        let Some(found) = sessions::find(&mut tx, &session, self.clock.now()).await? else { return Ok(None) };
        let record = agents::find(&mut tx, &found.tenant_id, &found.agent_id).await?;
        Ok(record.filter(|record| record.active).map(|record| Agent {
            id: record.id,
            tenant: record.tenant,
            team: record.team,
            name: record.name,
            email: record.email,
            role: record.role,
            away: record.away,
            muted: record.muted,
            session,
            visit: Visit::default(),
        }))
    }

    /// Whether a session is still good: long streams ask again now and then.
    pub async fn still_good(&self, agent: &Agent) -> store::Result<bool> {
        let mut tx = self.db.begin_read().await?;
        Ok(sessions::find(&mut tx, &agent.session, self.clock.now()).await?.is_some())
    }

    pub(super) fn token(&self, headers: &HeaderMap) -> Option<String> {
        CookieJar::from_headers(headers).get(self.cookie.name()).map(|cookie| cookie.value().to_owned())
    }

    /// Prolongs a session while a person is active.
    pub async fn renew(&self, agent: &Agent) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        sessions::renew(&mut tx, &agent.session, self.clock.now().plus(LENGTH)).await?;
        tx.commit().await
    }

    /// Opens a session and returns its cookie's token.
    pub(super) async fn open(
        &self,
        tx: &mut store::Tx,
        record: &agents::AgentRecord,
        now: Timestamp,
    ) -> store::Result<String> {
        let token = hex::encode(self.entropy.bytes::<32>());
        sessions::sweep(tx, now).await?;
        sessions::insert(tx, &hash(&token), &record.tenant, &record.id, now, now.plus(LENGTH)).await?;
        Ok(token)
    }
}

/// The person behind a request with these headers.
pub async fn from_headers(accounts: &Accounts, headers: &HeaderMap) -> store::Result<Option<Agent>> {
    accounts.caller(headers).await
}

/// The signed-in caller of a server function or page.
pub async fn agent() -> Result<Agent, ApiError> {
    let visit = Visit::here();
    let accounts: Accounts = visit.service()?;
    let parts = visit.parts.clone().ok_or_else(|| internal("no request in context"))?;
    let agent = accounts.caller(&parts.headers).await.map_err(internal)?.ok_or(ApiError::SignedOut)?;
    let agent = Agent { visit, ..agent };
    if may(agent.role, Action::WorkAtDesk) { Ok(agent) } else { Err(ApiError::Forbidden) }
}

/// The signed-in caller, who must be an admin.
pub async fn admin() -> Result<Admin, ApiError> {
    let agent = agent().await?;
    if may(agent.role, Action::Administer) { Ok(Admin(agent)) } else { Err(ApiError::Forbidden) }
}

/// Who is looking; `None` when signed out.
pub async fn viewer() -> Result<Option<Viewer>, ApiError> {
    let accounts: Accounts = Visit::here().service()?;
    let agent = match agent().await {
        Ok(agent) => agent,
        Err(ApiError::SignedOut) => return Ok(None),
        Err(other) => return Err(other),
    };
    let mut tx = accounts.db.begin_read().await.map_err(internal)?;
    let tenant = tenants::find(&mut tx, &agent.tenant).await.map_err(internal)?.ok_or(ApiError::NotFound)?;
    Ok(Some(Viewer {
        agent: agent.id,
        name: agent.name,
        email: agent.email,
        role: agent.role,
        tenant_name: tenant.name,
        away: agent.away,
        muted: agent.muted,
        zone: tenant.settings.zone,
    }))
}

pub async fn renew(agent: &Agent) -> Result<(), ApiError> {
    agent.visit.service::<Accounts>()?.renew(agent).await.map_err(internal)
}
