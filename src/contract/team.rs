//! The team page.

use serde::{Deserialize, Serialize};

use crate::domain::{access::Role, ids::AgentId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMember {
    pub agent: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub online: bool,
    pub away: bool,
    /// Number of conversations the agent has claimed now.
    pub open: i64,
}
