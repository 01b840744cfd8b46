//! What the audit log says about changed settings and about the team. Who is meant stands beside the sentence.

use crate::{
    access::Role,
    event::{Change, MemberChange, Setting},
};

pub(super) fn configured(what: Setting, change: Change) -> String {
    if what == Setting::LiveFlow {
        let words = match change {
            Change::Added => "Published a flow",
            Change::Changed => "Published another version of a flow",
            Change::Removed => "Took a flow offline",
        };
        return words.to_owned();
    }
    let verb = match change {
        Change::Added => "Added",
        Change::Changed => "Changed",
        Change::Removed => "Removed",
    };
    let thing = match what {
        Setting::Keyword => "a handoff keyword",
        Setting::Texts => "an automatic message",
        Setting::WaitingTarget => "the response-time target",
        Setting::ReplyTarget => "the reply-time target",
        Setting::GraceTime => "the grace time after a close",
        Setting::SilenceTimes => "what happens to silent customers",
        Setting::Outcome => "an outcome",
        Setting::OutcomeRule => "whether a close needs an outcome",
        Setting::GoneAgents => "what happens to conversations of offline agents",
        Setting::AutomationBounds => "the limits of automatic messages",
        Setting::TimeZone => "the time zone",
        Setting::ReadPolicy => "the read receipts",
        Setting::Channel => "a WhatsApp number",
        Setting::App => "a Meta app",
        Setting::Agent => "a team member",
        Setting::Password => "a password",
        Setting::Flow | Setting::LiveFlow => "a flow",
        Setting::Model => "the language model",
        Setting::ModelKey => "the language model's key",
        Setting::Tool => "a language model tool",
        Setting::Secret => "a bot secret",
        Setting::Hours => "the opening hours",
        Setting::SetupChecklist => "the setup checklist",
    };
    format!("{verb} {thing}")
}

pub(super) fn member_changed(change: MemberChange) -> String {
    let words = match change {
        MemberChange::Invited { role: Role::Agent } => "Invited a member as agent",
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
