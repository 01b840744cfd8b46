//! The signed-in caller as a type. Its fields are private, so that only a valid session creates one: a function that
//! takes an [`Agent`] or [`Admin`] cannot be called without one, and one that takes a [`Reauthenticated`] or a
//! [`ConfirmedOwner`] not without a password that was entered a short while ago. Whoever owes a second factor is a
//! [`FactorOwner`] only, which nothing takes but its set-up and the sign-out.

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
    send_delay_seconds: i64,
    compact_list: bool,
    silenced_alerts: SilencedAlerts,
    session: String,
    session_id: SessionId,
    authenticated_at: Timestamp,
    short_password: bool,
    recovery_code_used: bool,
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
            send_delay_seconds: record.send_delay_seconds,
            compact_list: record.compact_list,
            silenced_alerts: record.silenced_alerts,
            session,
            session_id: found.id,
            authenticated_at: Timestamp(found.authenticated_at),
            short_password: found.short_password,
            recovery_code_used: found.recovery_code_used,
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

    /// For how long this agent's messages can be taken back before they are sent.
    pub fn send_delay_seconds(&self) -> i64 {
        self.send_delay_seconds
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

    pub fn may_view_wall(&self) -> bool {
        may(self.role, Action::ViewWall)
    }

    pub fn may_view_reports(&self) -> bool {
        may(self.role, Action::ViewReports)
    }

    pub fn may_share_replies(&self) -> bool {
        may(self.role, Action::ShareReplies)
    }

    pub fn session(&self) -> &str {
        &self.session
    }

    /// The name of the session, which is no secret.
    pub fn session_id(&self) -> &SessionId {
        &self.session_id
    }

    /// Whether the password was entered in this session a short while ago.
    fn was_authenticated(&self, now: Timestamp) -> bool {
        now.since(self.authenticated_at) < REAUTHENTICATED_FOR
    }

    /// Whether this session asks for a longer password.
    pub fn has_short_password(&self) -> bool {
        self.short_password
    }

    /// Whether this session began with a recovery code, and the agent has not dismissed the notice about it.
    pub fn has_used_recovery_code(&self) -> bool {
        self.recovery_code_used
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

/// Whom a valid session belongs to.
#[derive(Clone, Debug)]
pub enum SessionCaller {
    Agent(Agent),
    /// The tenant requires a second factor, and this person has none yet.
    WithoutFactor(FactorOwner),
}

impl SessionCaller {
    pub fn into_factor_owner(self) -> FactorOwner {
        match self {
            Self::Agent(agent) => FactorOwner::of(agent),
            Self::WithoutFactor(owner) => owner,
        }
    }
}

/// A signed-in user, as far as their own second factor is concerned.
#[derive(Clone, Debug)]
pub struct FactorOwner(Agent);

impl FactorOwner {
    pub fn of(agent: Agent) -> Self {
        Self(agent)
    }

    pub(super) fn agent(&self) -> &Agent {
        &self.0
    }
}

/// Proof for acts on a person's own second factor, which a stolen session must not be enough for.
#[derive(Clone, Debug)]
pub struct ConfirmedOwner {
    owner: FactorOwner,
    initiator: Initiator,
}

impl ConfirmedOwner {
    /// `None` if the password was entered in this session too long ago.
    pub(super) fn of(owner: FactorOwner, address: Option<IpAddr>, now: Timestamp) -> Option<Self> {
        let initiator = owner.agent().initiator(address);
        let is_recent = owner.agent().was_authenticated(now);
        is_recent.then_some(Self { owner, initiator })
    }

    pub(super) fn agent(&self) -> &Agent {
        self.owner.agent()
    }

    pub(super) fn initiator(&self) -> Initiator {
        self.initiator.clone()
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
        agent.was_authenticated(now).then(|| Self(agent.initiator(address)))
    }

    /// The operator, whose access to the machine is the proof.
    pub const fn operator() -> Self {
        Self(Initiator::SYSTEM)
    }

    pub fn into_initiator(self) -> Initiator {
        self.0
    }
}
