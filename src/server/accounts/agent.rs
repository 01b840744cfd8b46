//! The signed-in caller as a type. Its fields are private, so that only a valid session creates one: a function that
//! takes an [`Agent`] or [`Admin`] cannot be called without one.

use crate::{
    domain::{
        access::{Action, Role, may},
        alert::SilencedAlerts,
        event::Actor,
        ids::{AgentId, TenantId},
    },
    server::store::agents::AgentRow,
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
}

impl Agent {
    /// `session` is the hash of the cookie's token, which identifies the session in the table.
    pub(super) fn of_session(record: AgentRow, session: String) -> Self {
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
