//! Roles and what they may do. Every agent sees all conversations of the tenant; configuration belongs to admins.

use serde::{Deserialize, Serialize};

use super::variant_names::variant_names;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    Admin,
}

variant_names!(Role {
    Agent => "agent",
    Admin => "admin",
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read conversations and act on them.
    WorkAtDesk,
    /// Change keywords, texts and targets; see the team and the audit log.
    Administer,
}

pub fn may(role: Role, action: Action) -> bool {
    match action {
        Action::WorkAtDesk => true,
        Action::Administer => role == Role::Admin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_admins_administer() {
        assert!(may(Role::Admin, Action::Administer));
        assert!(!may(Role::Agent, Action::Administer));
        assert!(may(Role::Agent, Action::WorkAtDesk));
    }
}
