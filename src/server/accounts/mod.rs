//! People: agents, sessions, passwords, availability.
//!
//! Never here: HTTP (`http` reads the cookie and answers). To add a role: a variant in `domain::access`, a type in
//! `agent.rs`, its extractor in `http/caller.rs`.

mod agent;
pub mod availability;
pub mod login;
pub mod password;
pub mod people;
pub mod session;
pub mod sign_in;
pub mod team;

use super::{
    bus::{Bus, Presence},
    clock::{Clock, Entropy},
    log::Log,
    store::Db,
};

pub use agent::{Admin, Agent};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    clock: Clock,
    entropy: Entropy,
    presence: Presence,
    log: Log,
    gate: login::Gate,
    hasher: password::Hasher,
}

impl Accounts {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, bus: Bus, presence: Presence) -> Self {
        let gate = login::Gate::new(clock.clone());
        let log = Log::new(bus);
        Self { db, clock, entropy, presence, log, gate, hasher: password::Hasher::default() }
    }
}
