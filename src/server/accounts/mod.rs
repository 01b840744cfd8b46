//! Who works here: agents, sessions, passwords, presence of mind. Extractor types say who may call.
//!
//! To add a role: a variant in `domain::access`, a type here, its check in `session.rs`.

pub mod availability;
pub mod login;
pub mod password;
pub mod people;
pub mod session;
pub mod sign_in;
pub mod team;

use crate::{
    domain::{
        access::Role,
        ids::{AgentId, TeamId, TenantId},
    },
    server::{
        bus::{Bus, Presence},
        clock::{Clock, Entropy},
        context::Visit,
        log::Log,
        store::Db,
    },
};

/// A signed-in person. Only `session.rs` makes one, from a session that was looked up.
#[derive(Clone, Debug)]
pub struct Agent {
    pub id: AgentId,
    pub tenant: TenantId,
    pub team: TeamId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub away: bool,
    pub muted: bool,
    /// Names the session in the table; it is the hash of the cookie, not the cookie.
    pub(in crate::server) session: String,
    /// What the request brought along; empty where no page or server function called.
    pub(in crate::server) visit: Visit,
}

/// A signed-in person who may administer.
#[derive(Clone, Debug)]
pub struct Admin(pub Agent);

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    pub(in crate::server) db: Db,
    pub(in crate::server) clock: Clock,
    pub(in crate::server) entropy: Entropy,
    pub(in crate::server) presence: Presence,
    pub(in crate::server) log: Log,
    pub(in crate::server) gate: login::Gate,
    pub(in crate::server) hasher: password::Hasher,
    /// The cookie is `Secure` unless the public address is plain HTTP on loopback.
    pub(in crate::server) cookie: session::CookieKind,
}

impl Accounts {
    pub fn new(
        db: Db,
        clock: Clock,
        entropy: Entropy,
        bus: Bus,
        presence: Presence,
        cookie: session::CookieKind,
    ) -> Self {
        let gate = login::Gate::new(clock.clone());
        let log = Log::new(bus);
        Self { db, clock, entropy, presence, log, gate, hasher: password::Hasher::default(), cookie }
    }
}
