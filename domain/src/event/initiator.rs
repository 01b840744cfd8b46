//! Who acted, and from where.

use std::net::IpAddr;

use super::Actor;

/// The cause of entries outside conversations. The address is kept apart from the log, whose entries cannot be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Initiator {
    pub actor: Actor,
    /// The address of the caller; `None` for the platform itself, and where a connection does not tell it.
    pub address: Option<IpAddr>,
}

impl Initiator {
    /// The platform itself: timers, imports, the command line.
    pub const SYSTEM: Self = Self { actor: Actor::System, address: None };
}
