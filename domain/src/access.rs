//! Roles and what they may do. Every member sees all conversations of the tenant; configuration belongs to admins, and
//! what reports tell about colleagues to leads and admins.
//!
//! Who may change a member is in `member`. To add a role: a variant of [`Role`] with its name, and its arms in [`may`];
//! the compiler finds its words in the audit log and on the team page.

use serde::{Deserialize, Serialize};

use super::{text::capitalized, variant_names::variant_names};

/// In the order of what they may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    /// An agent who also sees how the team works.
    Lead,
    Admin,
}

variant_names!(Role {
    Agent => "agent",
    Lead => "lead",
    Admin => "admin",
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read conversations and act on them.
    WorkAtDesk,
    /// Read the reports of the whole tenant and what its messages cost, and leave handoffs out. Whoever may not reads
    /// reports about themselves only.
    ViewReports,
    /// See the live wall.
    ViewWall,
    /// Write, change and remove the saved replies of everyone. Everybody keeps their own.
    ShareReplies,
    /// Send templates of the category marketing, which cost more and which customers can turn off.
    SendMarketing,
    /// Change keywords, texts and targets; see the team and the audit log.
    Administer,
}

pub fn may(role: Role, action: Action) -> bool {
    match (action, role) {
        // The wall hangs in the room of all agents, and names nothing that their list does not show.
        (Action::WorkAtDesk | Action::ViewWall, Role::Agent | Role::Lead | Role::Admin)
        | (Action::ViewReports | Action::ShareReplies | Action::SendMarketing, Role::Lead | Role::Admin)
        | (Action::Administer, Role::Admin) => true,
        (Action::ViewReports | Action::ShareReplies | Action::SendMarketing, Role::Agent)
        | (Action::Administer, Role::Agent | Role::Lead) => false,
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
    fn each_role_may_do_what_the_one_before_may_and_more() {
        let table = [
            (Role::Agent, [true, true, false, false, false, false]),
            (Role::Lead, [true, true, true, true, true, false]),
            (Role::Admin, [true, true, true, true, true, true]),
        ];
        assert_eq!(table.map(|(role, _)| role), Role::ALL);
        for (role, expected) in table {
            let actions = [
                Action::WorkAtDesk,
                Action::ViewWall,
                Action::ViewReports,
                Action::ShareReplies,
                Action::SendMarketing,
                Action::Administer,
            ];
            assert_eq!(actions.map(|action| may(role, action)), expected, "{role:?}");
        }
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
            assert_eq!(advice(Role::Lead, detail), detail);
            assert_eq!(advice(Role::Agent, detail), detail);
        }
    }
}
