//! Sessions: a random token in the browser's cookie, and its hash in the table. A valid session becomes an [`Agent`]
//! here. `http::cookie` handles the cookie.

use sha2::{Digest, Sha256};

use super::{Accounts, Agent, device::CallerDevice};
use crate::{
    contract::session::Viewer,
    domain::{
        text::{clip, one_line, printable},
        time::{Span, Timestamp},
    },
    server::store::{
        self, RowId, agents,
        sessions::{self, Alive, SessionRow},
        tenants,
    },
};

/// How long a session is valid unless it is renewed.
pub const LENGTH: Span = Span::hours(12);
/// How long a session is valid at most, however often it is renewed.
pub const LONGEST: Span = Span::days(30);
/// What is kept of a browser's name for itself, in characters.
const USER_AGENT: usize = 300;

pub(super) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

impl Accounts {
    /// The agent of a session's token; `None` if the session has ended or the agent may not sign in any more.
    pub async fn signed_in(&self, token: &str) -> store::Result<Option<Agent>> {
        let session = hash(token);
        let mut tx = self.db.begin_read().await?;
        let Some(found) = sessions::find(&mut tx, &session, self.alive()).await? else { return Ok(None) };
        let record = agents::find(&mut tx, &found.tenant_id, &found.agent_id).await?.filter(|record| record.active);
        if let Some(record) = &record {
            // An agent whose calls arrive is there, even if no stream gets through.
            self.presence.touch(&record.tenant, &record.id, self.clock.now());
        }
        Ok(record.map(|record| Agent::of_session(record, session, found)))
    }

    /// Which sessions are valid now.
    pub(super) fn alive(&self) -> Alive {
        let now = self.clock.now();
        Alive { now, begun_after: now.minus(LONGEST) }
    }

    /// Whether a session is still valid and its agent active. Streams check this regularly.
    pub async fn is_session_valid(&self, agent: &Agent) -> store::Result<bool> {
        let mut tx = self.db.begin_read().await?;
        let Some(found) = sessions::find(&mut tx, agent.session(), self.alive()).await? else { return Ok(false) };
        let record = agents::find(&mut tx, &found.tenant_id, &found.agent_id).await?;
        Ok(record.is_some_and(|record| record.active))
    }

    /// The agent as pages need it.
    pub async fn viewer(&self, agent: &Agent) -> store::Result<Viewer> {
        let mut tx = self.db.begin_read().await?;
        let tenant = tenants::find(&mut tx, agent.tenant()).await?;
        let row = RowId::new("agents", agent.id().as_str());
        let tenant = tenant.ok_or_else(|| row.unreadable("tenant_id", "there is no such tenant"))?;
        Ok(Viewer {
            agent: agent.id().clone(),
            name: agent.name().to_owned(),
            email: agent.email().to_owned(),
            role: agent.role(),
            tenant_name: tenant.name,
            away: agent.is_away(),
            muted: agent.is_muted(),
            undo_seconds: agent.undo_seconds(),
            typing_keys: agent.has_typing_keys(),
            compact_list: agent.has_compact_list(),
            silenced_alerts: agent.silenced_alerts().clone(),
            short_password: agent.has_short_password(),
            zone: tenant.settings.zone,
        })
    }

    /// Extends a session while its agent is active.
    pub async fn renew(&self, agent: &Agent) -> store::Result<()> {
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        sessions::renew(&mut tx, agent.session(), now, now.plus(LENGTH), LONGEST).await?;
        tx.commit().await
    }

    /// 256 random bits, for a session, a device or a link. Only the hash is stored.
    pub(super) fn new_token(&self) -> String {
        hex::encode(self.entropy.bytes::<32>())
    }

    /// A session of an agent who has just entered the password.
    pub(super) fn session_of(&self, record: &agents::AgentRow, from: &CallerDevice, now: Timestamp) -> SessionRow {
        SessionRow {
            id: self.entropy.id(now),
            tenant_id: record.tenant.clone(),
            agent_id: record.id.clone(),
            created_at: now.0,
            expires_at: now.plus(LENGTH).0,
            authenticated_at: now.0,
            used_at: now.0,
            address: from.address.map(|address| address.to_canonical().to_string()),
            user_agent: clip(&one_line(&printable(&from.user_agent)), USER_AGENT),
            short_password: false,
        }
    }

    /// Creates a session and returns the token for its cookie.
    pub(super) async fn open(&self, tx: &mut store::Tx, row: &SessionRow, now: Timestamp) -> store::Result<String> {
        let token = self.new_token();
        sessions::sweep(tx, now).await?;
        sessions::insert(tx, &hash(&token), row).await?;
        Ok(token)
    }
}
