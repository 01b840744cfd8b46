//! Roles and what they may do. Every agent sees all conversations of the tenant; configuration belongs to admins.

use serde::{Deserialize, Serialize};

use super::{text::capitalized, variant_names::variant_names};

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
    /// See the numbers of everybody in reports, and leave handoffs out of them. Without it, people see their own.
    ViewReports,
}

pub fn may(role: Role, action: Action) -> bool {
    match action {
        Action::WorkAtDesk => true,
        Action::Administer | Action::ViewReports => role == Role::Admin,
    }
}

/// Advice as a person with `role` reads it. An admin is not told to ask an admin, but what the admin can do.
pub fn advice(role: Role, detail: &str) -> String {
    match (may(role, Action::Administer), detail.split_once(ASK)) {
        (true, Some((happened, asked))) => {
            let asked = asked.strip_prefix(" to ").unwrap_or_default();
            format!("{happened} {}", capitalized(asked)).trim_end().to_owned()
        }
        (true, None) | (false, _) => detail.to_owned(),
    }
}

/// How sentences for agents begin their last part: "Ask an admin.", "Ask an admin to reconnect it."
const ASK: &str = " Ask an admin";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_admins_administer() {
        assert!(may(Role::Admin, Action::Administer));
        assert!(!may(Role::Agent, Action::Administer));
        assert!(may(Role::Agent, Action::WorkAtDesk));
        assert!(may(Role::Admin, Action::ViewReports) && !may(Role::Agent, Action::ViewReports));
    }

    #[test]
    fn an_admin_is_told_what_to_do_instead_of_whom_to_ask() {
        let table = [
            ("It isn't registered. Ask an admin to reconnect it.", "It isn't registered. Reconnect it."),
            ("Templates are turned off. Ask an admin.", "Templates are turned off."),
            ("Send it again later.", "Send it again later."),
        ];
        for (detail, expected) in table {
            assert_eq!(advice(Role::Admin, detail), expected);
            assert_eq!(advice(Role::Agent, detail), detail);
        }
    }
}
