//! The team page.

use serde::{Deserialize, Serialize};

use crate::domain::{
    access::Role,
    ids::{AccountLinkId, AgentId},
    time::Timestamp,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// By name, those who are deactivated too.
    pub members: Vec<TeamMember>,
    /// The invitations that nobody has used yet, newest first. Some may have expired.
    pub invitations: Vec<Invitation>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMember {
    pub agent: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// Whether the member may sign in.
    pub active: bool,
    pub online: bool,
    pub away: bool,
    /// Number of conversations the agent has claimed now.
    pub open: i64,
    /// A link for a new password that can be used.
    pub password_link: Option<PasswordLink>,
}

/// A link for a new password, without its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordLink {
    pub id: AccountLinkId,
    pub expires_at: Timestamp,
}

/// An invitation, without its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: AccountLinkId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// The name of the admin who made it; `None` is the command line.
    pub made_by: Option<String>,
    pub expires_at: Timestamp,
}
