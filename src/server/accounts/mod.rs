//! Users: agents, leads and admins, sessions, passwords, second factors, devices, availability, preferences.
//!
//! HTTP does not belong here (`http` reads the cookies and builds the response). To add a right that services take proof
//! of: an action in `domain::access`, a type in `agent.rs`, and its extractor in `http/caller.rs`; roles are in
//! `domain::access` alone. To add something that admins change about a member: an act in `domain::member`, and a method
//! in `members.rs`; what concerns conversations too is a method of `conversations`.

mod agent;
pub mod availability;
pub mod device;
pub mod factor;
pub mod join;
pub mod links;
pub mod login;
pub mod members;
pub mod own_password;
pub mod own_sessions;
pub mod password;
pub mod people;
pub mod preferences;
pub mod refusal;
pub mod session;
pub mod sign_in;
pub mod team;
mod transaction;

use std::sync::Arc;

use super::{
    bus::{Bus, Presence},
    clock::{Clock, Entropy},
    log::Log,
    seal::Seal,
    store::Db,
};

pub use agent::{Admin, Agent, ConfirmedOwner, FactorOwner, REAUTHENTICATED_FOR, Reauthenticated, SessionCaller};
pub use device::CallerDevice;

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    clock: Clock,
    entropy: Entropy,
    presence: Presence,
    log: Log,
    seal: Seal,
    limiter: login::SignInLimiter,
    hasher: password::Hasher,
    notes: refusal::Notes,
    /// Where one-time links lead, without a slash at its end.
    public_url: Arc<str>,
}

impl Accounts {
    #[expect(clippy::too_many_arguments, reason = "the composition root names each service once")]
    pub fn new(
        db: Db,
        clock: Clock,
        entropy: Entropy,
        bus: Bus,
        presence: Presence,
        seal: Seal,
        public_url: &str,
        hash_cost: password::HashCost,
    ) -> Self {
        let limiter = login::SignInLimiter::new(clock.clone());
        let hasher = password::Hasher::new(clock.clone(), hash_cost);
        let (log, notes) = (Log::new(bus), refusal::Notes::default());
        let public_url = public_url.into();
        Self { db, clock, entropy, presence, log, seal, limiter, hasher, notes, public_url }
    }

    /// What checks passwords, for tests that keep it busy.
    pub fn hasher(&self) -> &password::Hasher {
        &self.hasher
    }
}
