//! The members of a team: what an admin may change about one, and what is always kept: a team has an active admin, and
//! nobody locks themselves out.
//!
//! Sessions, conversations and links of a member belong to the services that carry a change out. To add an act: a
//! variant of [`MemberAct`] and of `event::MemberChange`, and its arm in [`decide`].

use super::{
    access::{Action, Role, may},
    event::{Actor, MemberChange},
    ids::AgentId,
};

/// The longest name, in characters.
pub const NAME_LIMIT: usize = 80;
/// The longest email address, in bytes.
pub const EMAIL_LIMIT: usize = 254;

/// A member as the rules need them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: AgentId,
    pub role: Role,
    /// Whether the member may sign in.
    pub active: bool,
}

/// What is to be changed about a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberAct {
    SetRole(Role),
    Deactivate,
    Reactivate,
}

/// Why a member is not changed. Each is a sentence for the person who tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemberRefusal {
    /// The caller was deactivated or is no admin any more.
    #[error("Only admins can do this.")]
    NotAdmin,
    #[error("You can't change your own role or deactivate yourself. Ask another admin.")]
    Own,
    #[error("This is the team's last active admin. Make someone else an admin first.")]
    LastAdmin,
    #[error("Change your own password on your account page instead.")]
    OwnPassword,
    /// A deactivated member gets no link for a new password.
    #[error("This member is deactivated. Reactivate them first.")]
    Deactivated,
}

/// Whether `by` may change the team as it is now: an active admin, or the command line.
///
/// # Errors
/// [`MemberRefusal::NotAdmin`]
pub fn check_admin(team: &[Member], by: &Actor) -> Result<(), MemberRefusal> {
    let is_admin = match by {
        Actor::Agent(id) => team.iter().any(|member| member.id == *id && is_active_admin(member)),
        Actor::System => true,
        Actor::Customer | Actor::Bot | Actor::Meta => false,
    };
    if is_admin { Ok(()) } else { Err(MemberRefusal::NotAdmin) }
}

/// What `act` changes about `subject`, who belongs to `team`; `None` if it is so already.
///
/// # Errors
/// A refusal, and nothing changes.
pub fn decide(
    team: &[Member],
    by: &Actor,
    subject: &Member,
    act: MemberAct,
) -> Result<Option<MemberChange>, MemberRefusal> {
    check_admin(team, by)?;
    let (change, stays_admin) = match act {
        MemberAct::SetRole(role) if role == subject.role => return Ok(None),
        MemberAct::SetRole(to) => {
            (MemberChange::RoleChanged { from: subject.role, to }, subject.active && may(to, Action::Administer))
        }
        MemberAct::Deactivate if !subject.active => return Ok(None),
        MemberAct::Deactivate => (MemberChange::Deactivated, false),
        MemberAct::Reactivate if subject.active => return Ok(None),
        MemberAct::Reactivate => return Ok(Some(MemberChange::Reactivated)),
    };
    let has_other_admin = team.iter().any(|member| member.id != subject.id && is_active_admin(member));
    if is_active_admin(subject) && !stays_admin && !has_other_admin {
        return Err(MemberRefusal::LastAdmin);
    }
    match by {
        Actor::Agent(id) if *id == subject.id => Err(MemberRefusal::Own),
        Actor::Agent(_) | Actor::System | Actor::Customer | Actor::Bot | Actor::Meta => Ok(Some(change)),
    }
}

fn is_active_admin(member: &Member) -> bool {
    member.active && may(member.role, Action::Administer)
}

/// An email address as it is stored and compared.
pub fn normal_email(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// What is wrong with an email address, for the person who typed it.
pub fn email_fault(email: &str) -> Option<String> {
    let email = email.trim();
    let is_odd = |c: char| c.is_whitespace() || c.is_control();
    let parts = email.split_once('@').filter(|(name, host)| !name.is_empty() && !host.is_empty());
    let is_fit = parts.is_some() && email.len() <= EMAIL_LIMIT && !email.contains(is_odd);
    (!is_fit).then(|| format!("“{email}” isn't an email address. Enter one like name@example.com."))
}

/// What is wrong with a member's name, for the person who typed it.
pub fn name_fault(name: &str) -> Option<String> {
    let name = name.trim();
    let is_fit = !name.is_empty() && name.chars().count() <= NAME_LIMIT && !name.contains(char::is_control);
    (!is_fit).then(|| format!("Enter a name of 1 to {NAME_LIMIT} characters."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, role: Role) -> Member {
        Member { id: id.into(), role, active: true }
    }

    /// Ada and Ben are admins, Cleo is an agent, Lea a lead, and Dan is an admin who was deactivated.
    fn team() -> Vec<Member> {
        vec![
            member("agt_ada", Role::Admin),
            member("agt_ben", Role::Admin),
            member("agt_cleo", Role::Agent),
            member("agt_lea", Role::Lead),
            Member { active: false, ..member("agt_dan", Role::Admin) },
        ]
    }

    fn by(id: &str) -> Actor {
        Actor::Agent(id.into())
    }

    /// What `by` does to the member with this id.
    fn decided(
        team: &[Member],
        by: &Actor,
        subject: &str,
        act: MemberAct,
    ) -> Result<Option<MemberChange>, MemberRefusal> {
        let subject = team.iter().find(|member| member.id == AgentId::from(subject)).expect("a member");
        decide(team, by, subject, act)
    }

    #[test]
    fn an_admin_changes_others_once() {
        let (team, ada) = (team(), by("agt_ada"));
        let to_agent = MemberAct::SetRole(Role::Agent);
        let changed = MemberChange::RoleChanged { from: Role::Admin, to: Role::Agent };
        let to_lead = MemberAct::SetRole(Role::Lead);
        let table = [
            ("agt_ben", to_agent, Some(changed)),
            ("agt_ben", to_lead, Some(MemberChange::RoleChanged { from: Role::Admin, to: Role::Lead })),
            ("agt_cleo", to_lead, Some(MemberChange::RoleChanged { from: Role::Agent, to: Role::Lead })),
            ("agt_lea", to_lead, None),
            ("agt_lea", to_agent, Some(MemberChange::RoleChanged { from: Role::Lead, to: Role::Agent })),
            ("agt_ben", MemberAct::SetRole(Role::Admin), None),
            ("agt_ben", MemberAct::Deactivate, Some(MemberChange::Deactivated)),
            ("agt_cleo", MemberAct::Deactivate, Some(MemberChange::Deactivated)),
            ("agt_cleo", MemberAct::Reactivate, None),
            ("agt_dan", MemberAct::Deactivate, None),
            ("agt_dan", MemberAct::Reactivate, Some(MemberChange::Reactivated)),
            ("agt_dan", to_agent, Some(changed)),
        ];
        for (subject, act, expected) in table {
            assert_eq!(decided(&team, &ada, subject, act), Ok(expected), "{subject} {act:?}");
            assert_eq!(decided(&team, &Actor::System, subject, act), Ok(expected), "{subject} {act:?}");
        }
    }

    #[test]
    fn only_active_admins_and_the_command_line_change_anybody() {
        let strangers = [Actor::Bot, Actor::Customer, Actor::Meta];
        for caller in ["agt_cleo", "agt_lea", "agt_dan", "agt_eve"].map(by).into_iter().chain(strangers) {
            for act in [MemberAct::Deactivate, MemberAct::Reactivate, MemberAct::SetRole(Role::Admin)] {
                let refused = decided(&team(), &caller, "agt_cleo", act);
                assert_eq!(refused, Err(MemberRefusal::NotAdmin), "{caller:?} {act:?}");
            }
        }
    }

    #[test]
    fn nobody_changes_themselves() {
        for act in [MemberAct::Deactivate, MemberAct::SetRole(Role::Agent), MemberAct::SetRole(Role::Lead)] {
            assert_eq!(decided(&team(), &by("agt_ada"), "agt_ada", act), Err(MemberRefusal::Own), "{act:?}");
        }
        assert_eq!(decided(&team(), &by("agt_ada"), "agt_ada", MemberAct::SetRole(Role::Admin)), Ok(None));
    }

    #[test]
    fn the_last_active_admin_stays_one() {
        let mut alone = team();
        alone.retain(|member| member.id != AgentId::from("agt_ben"));
        for caller in [by("agt_ada"), Actor::System] {
            for act in [MemberAct::Deactivate, MemberAct::SetRole(Role::Agent), MemberAct::SetRole(Role::Lead)] {
                let refused = decided(&alone, &caller, "agt_ada", act);
                assert_eq!(refused, Err(MemberRefusal::LastAdmin), "{caller:?} {act:?}");
            }
            // Agents, leads and deactivated admins are not needed.
            assert!(decided(&alone, &caller, "agt_cleo", MemberAct::Deactivate).is_ok());
            assert!(decided(&alone, &caller, "agt_lea", MemberAct::Deactivate).is_ok());
            assert!(decided(&alone, &caller, "agt_dan", MemberAct::SetRole(Role::Agent)).is_ok());
        }
    }

    #[test]
    fn emails_and_names_are_checked() {
        assert_eq!(normal_email(" Ana@Acme.Test "), "ana@acme.test");
        for fine in ["ana@acme.test", "a.b+c@d", &format!("{}@b", "a".repeat(EMAIL_LIMIT - 2))] {
            assert_eq!(email_fault(fine), None, "{fine}");
        }
        let long = format!("{}@b", "a".repeat(EMAIL_LIMIT - 1));
        for wrong in ["", "ana", "@acme.test", "ana@", "a b@c", "a\n@c", "a\0@c", &long] {
            assert!(email_fault(wrong).is_some(), "{wrong}");
        }
        for fine in ["Ana", " Ana Costa ", &"ü".repeat(NAME_LIMIT)] {
            assert_eq!(name_fault(fine), None, "{fine}");
        }
        for wrong in ["", "  ", "A\nB", &"ü".repeat(NAME_LIMIT + 1)] {
            assert!(name_fault(wrong).is_some(), "{wrong}");
        }
    }
}
