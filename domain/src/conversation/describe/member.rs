//! What the audit log says about changes of the team. Who is meant stands beside the sentence.

use crate::{access::Role, event::MemberChange};

pub(super) fn changed(change: MemberChange) -> String {
    let words = match change {
        MemberChange::Invited { role: Role::Agent } => "Invited a member as agent",
        MemberChange::Invited { role: Role::Lead } => "Invited a member as lead",
        MemberChange::Invited { role: Role::Admin } => "Invited a member as admin",
        MemberChange::InvitationRevoked => "Revoked an invitation",
        MemberChange::Joined => "Joined the team",
        MemberChange::RoleChanged { from, to } => {
            return format!("Changed a member's role from {} to {}", from.as_str(), to.as_str());
        }
        MemberChange::Deactivated => "Deactivated a member",
        MemberChange::Reactivated => "Reactivated a member",
        MemberChange::PasswordLinkMade => "Made a link for a new password",
        MemberChange::PasswordLinkRevoked => "Revoked a link for a new password",
        MemberChange::PasswordReset => "Set a new password with a link",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_has_its_sentence() {
        let table = [
            (MemberChange::Invited { role: Role::Agent }, "Invited a member as agent"),
            (MemberChange::Invited { role: Role::Lead }, "Invited a member as lead"),
            (MemberChange::Invited { role: Role::Admin }, "Invited a member as admin"),
            (MemberChange::InvitationRevoked, "Revoked an invitation"),
            (MemberChange::Joined, "Joined the team"),
            (
                MemberChange::RoleChanged { from: Role::Agent, to: Role::Admin },
                "Changed a member's role from agent to admin",
            ),
            (
                MemberChange::RoleChanged { from: Role::Admin, to: Role::Lead },
                "Changed a member's role from admin to lead",
            ),
            (MemberChange::Deactivated, "Deactivated a member"),
            (MemberChange::Reactivated, "Reactivated a member"),
            (MemberChange::PasswordLinkMade, "Made a link for a new password"),
            (MemberChange::PasswordLinkRevoked, "Revoked a link for a new password"),
            (MemberChange::PasswordReset, "Set a new password with a link"),
        ];
        for (change, expected) in table {
            assert_eq!(changed(change), expected);
        }
    }
}
