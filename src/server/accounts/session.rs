//! Sessions: a random token in the browser's cookie, and its hash in the table. A valid session becomes an [`Agent`]
//! here. `http::cookie` handles the cookie.

use sha2::{Digest, Sha256};

use super::{Accounts, Agent};
use crate::{
    contract::session::Viewer,
    domain::time::{Span, Timestamp},
    server::store::{self, RowId, agents, sessions, tenants},
};

/// How long a session is valid unless it is renewed.
pub const LENGTH: Span = Span::hours(12);

pub(super) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

impl Accounts {
    /// The agent of a session's token; `None` if the session has ended or the agent may not sign in any more.
    pub async fn signed_in(&self, token: &str) -> store::Result<Option<Agent>> {
        let session = hash(token);
        let mut tx = self.db.begin_read().await?;
        let Some(found) = sessions::find(&mut tx, &session, self.clock.now()).await? else { return Ok(None) };
        let record = agents::find(&mut tx, &found.tenant_id, &found.agent_id).await?.filter(|record| record.active);
        if let Some(record) = &record {
            // An agent whose calls arrive is there, even if no stream gets through.
            self.presence.touch(&record.tenant, &record.id, self.clock.now());
        }
        Ok(record.map(|record| Agent::of_session(record, session)))
    }

    /// Whether a session is still valid and its agent active. Streams check this regularly.
    pub async fn is_session_valid(&self, agent: &Agent) -> store::Result<bool> {
        let mut tx = self.db.begin_read().await?;
        let Some(found) = sessions::find(&mut tx, agent.session(), self.clock.now()).await? else { return Ok(false) };
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
            zone: tenant.settings.zone,
        })
    }

    /// Extends a session while its agent is active.
    pub async fn renew(&self, agent: &Agent) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        sessions::renew(&mut tx, agent.session(), self.clock.now().plus(LENGTH)).await?;
        tx.commit().await
    }

    /// 256 random bits, for a session or a link. Only the hash is stored.
    pub(super) fn new_token(&self) -> String {
        hex::encode(self.entropy.bytes::<32>())
    }

    /// Creates a session and returns the token for its cookie.
    pub(super) async fn open(
        &self,
        tx: &mut store::Tx,
        record: &agents::AgentRow,
        now: Timestamp,
    ) -> store::Result<String> {
        let token = self.new_token();
        sessions::sweep(tx, now).await?;
        sessions::insert(tx, &hash(&token), &record.tenant, &record.id, now, now.plus(LENGTH)).await?;
        Ok(token)
    }
}
