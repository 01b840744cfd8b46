//! Sessions: a random token in the browser's cookie, and its hash in the table. A valid session becomes an [`Agent`]
//! here. `http::cookie` handles the cookie.

use sha2::{Digest, Sha256};

use super::{
    Accounts, Agent,
    agent::{FactorOwner, SessionCaller},
    device::CallerDevice,
    factor::FactorPassed,
};
use crate::{
    contract::session::Viewer,
    domain::{
        text::{clip, one_line, printable},
        time::{Span, Timestamp},
    },
    server::store::{
        self, RowId, agents, recovery_codes, second_factors,
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
    /// Whom a session's token belongs to; `None` if the session has ended or the agent may not sign in any more.
    pub async fn session_caller(&self, token: &str) -> store::Result<Option<SessionCaller>> {
        let session = hash(token);
        let mut tx = self.db.begin_read().await?;
        let Some(found) = sessions::find(&mut tx, &session, self.alive()).await? else { return Ok(None) };
        let record = agents::find(&mut tx, &found.tenant_id, &found.agent_id).await?.filter(|record| record.active);
        let Some(record) = record else { return Ok(None) };
        let (tenant, id, now) = (record.tenant.clone(), record.id.clone(), self.clock.now());
        let begun = Timestamp(found.created_at);
        let is_owed = second_factors::is_owed(&mut tx, &tenant, &id, begun).await?;
        let agent = Agent::of_session(record, session, found);
        if is_owed {
            return Ok(Some(SessionCaller::WithoutFactor(FactorOwner::of(agent))));
        }
        // An agent whose calls arrive is there, even if no stream gets through.
        self.presence.touch(&tenant, &id, now);
        Ok(Some(SessionCaller::Agent(agent)))
    }

    /// The agent of a session's token; also `None` while the agent owes a second factor.
    pub async fn signed_in(&self, token: &str) -> store::Result<Option<Agent>> {
        Ok(match self.session_caller(token).await? {
            Some(SessionCaller::Agent(agent)) => Some(agent),
            Some(SessionCaller::WithoutFactor(_)) | None => None,
        })
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
        let recovery_codes_left = match agent.has_used_recovery_code() {
            true => Some(recovery_codes::left(&mut tx, agent.tenant(), agent.id()).await?),
            false => None,
        };
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
            send_delay_seconds: agent.send_delay_seconds(),
            joins_texts: tenant.settings.join_within > Span(0),
            compact_list: agent.has_compact_list(),
            silenced_alerts: agent.silenced_alerts().clone(),
            short_password: agent.has_short_password(),
            recovery_codes_left,
            zone: tenant.settings.zone,
        })
    }

    /// Extends a session while its agent is active.
    pub async fn renew(&self, agent: &Agent) -> store::Result<()> {
        self.db
            .transact(move |mut tx| async move {
                let now = self.clock.now();
                sessions::renew(&mut tx, agent.session(), now, now.plus(LENGTH), LONGEST).await?;
                tx.commit().await
            })
            .await
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
            recovery_code_used: false,
        }
    }

    /// Creates a session and returns the token for its cookie.
    pub(super) async fn open(
        &self,
        tx: &mut store::Tx,
        row: &SessionRow,
        _passed: FactorPassed,
        now: Timestamp,
    ) -> store::Result<String> {
        let token = self.new_token();
        sessions::sweep(tx, now).await?;
        sessions::insert(tx, &hash(&token), row).await?;
        Ok(token)
    }
}
