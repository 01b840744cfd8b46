//! The signed-in caller as a type. Its fields are private, so that only a valid session creates one: a function that
//! takes an [`Agent`] or [`Admin`] cannot be called without one, and one that takes a [`Reauthenticated`] not without a
//! password that was entered a short while ago.

use std::net::IpAddr;

use crate::{
    domain::{
        access::{Action, Role, may},
        alert::SilencedAlerts,
        event::{Actor, Initiator},
        ids::{AgentId, SessionId, TenantId},
        time::{Span, Timestamp},
    },
    server::store::{agents::AgentRow, sessions::SessionRow},
};

/// A signed-in user.
#[derive(Clone, Debug)]
pub struct Agent {
    id: AgentId,
    tenant: TenantId,
    name: String,
    email: String,
    role: Role,
    away: bool,
    muted: bool,
    undo_seconds: i64,
    typing_keys: bool,
    compact_list: bool,
    silenced_alerts: SilencedAlerts,
    session: String,
    session_id: SessionId,
    authenticated_at: Timestamp,
    short_password: bool,
}

impl Agent {
    /// `session` is the hash of the cookie's token, which identifies the session in the table.
    pub(super) fn of_session(record: AgentRow, session: String, found: SessionRow) -> Self {
        Self {
            id: record.id,
            tenant: record.tenant,
            name: record.name,
            email: record.email,
            role: record.role,
            away: record.away,
            muted: record.muted,
            undo_seconds: record.undo_seconds,
            typing_keys: record.typing_keys,
            compact_list: record.compact_list,
            silenced_alerts: record.silenced_alerts,
            session,
            session_id: found.id,
            authenticated_at: Timestamp(found.authenticated_at),
            short_password: found.short_password,
        }
    }

    pub fn id(&self) -> &AgentId {
        &self.id
    }

    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn email(&self) -> &str {
        &self.email
    }

    pub fn role(&self) -> Role {
        self.role
    }

    pub fn is_away(&self) -> bool {
        self.away
    }

    pub fn is_muted(&self) -> bool {
        self.muted
    }

    /// How long this agent can undo a close or a return to the bot.
    pub fn undo_seconds(&self) -> i64 {
        self.undo_seconds
    }

    /// Whether single keys are shortcuts, and typing in a thread moves the focus to its composer.
    pub fn has_typing_keys(&self) -> bool {
        self.typing_keys
    }

    /// Whether the rows of the list are compact.
    pub fn has_compact_list(&self) -> bool {
        self.compact_list
    }

    pub fn silenced_alerts(&self) -> &SilencedAlerts {
        &self.silenced_alerts
    }

    /// The actor for the log.
    pub fn actor(&self) -> Actor {
        Actor::Agent(self.id.clone())
    }

    pub fn may_work_at_desk(&self) -> bool {
        may(self.role, Action::WorkAtDesk)
    }

    pub fn session(&self) -> &str {
        &self.session
    }

    /// The name of the session, which is no secret.
    pub fn session_id(&self) -> &SessionId {
        &self.session_id
    }

    /// Whether this session asks for a longer password.
    pub fn has_short_password(&self) -> bool {
        self.short_password
    }

    /// The agent as the cause of entries, who calls from `address`.
    pub fn initiator(&self, address: Option<IpAddr>) -> Initiator {
        Initiator { actor: self.actor(), address }
    }
}

/// A signed-in user who may administer.
#[derive(Clone, Debug)]
pub struct Admin(Agent);

impl Admin {
    /// `None` if the user may not administer.
    pub fn of(agent: Agent) -> Option<Self> {
        may(agent.role, Action::Administer).then_some(Self(agent))
    }

    pub fn agent(&self) -> &Agent {
        &self.0
    }
}

/// How long after the password was entered acts are allowed that need it.
pub const REAUTHENTICATED_FOR: Span = Span::minutes(10);

/// Proof for acts that a stolen session must not be enough for: secrets, the model, its tools, and who is in the team.
#[derive(Clone, Debug)]
pub struct Reauthenticated(Initiator);

impl Reauthenticated {
    /// `None` if the admin entered the password in this session too long ago.
    pub(super) fn of(admin: &Admin, address: Option<IpAddr>, now: Timestamp) -> Option<Self> {
        let agent = admin.agent();
        (now.since(agent.authenticated_at) < REAUTHENTICATED_FOR).then(|| Self(agent.initiator(address)))
    }

    /// The operator, whose access to the machine is the proof.
    pub const fn operator() -> Self {
        Self(Initiator::SYSTEM)
    }

    pub fn into_initiator(self) -> Initiator {
        self.0
    }
}
