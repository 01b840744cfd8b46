//! The signed-in person as the page needs them.

use serde::{Deserialize, Serialize};

use crate::domain::{access::Role, ids::AgentId};

/// The signed-in person, as the page needs them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub agent: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub tenant_name: String,
    /// Set to away: not counted as online, not called.
    pub away: bool,
    /// The sound is off.
    pub muted: bool,
    /// The tenant's zone, for days before the browser has told its own.
    pub zone: String,
}
