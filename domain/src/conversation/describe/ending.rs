//! Sentences about closes and returns to the bot that were cancelled before they took effect.

use super::AgentNames;
use crate::{
    conversation::{CancelCause, EndingKind},
    event::Actor,
    ids::AgentId,
};

/// For the agent who pressed: what did not happen, and why. `by` is the actor of the cancellation.
pub fn ending_cancelled(
    kind: EndingKind,
    cause: CancelCause,
    by: &Actor,
    agent: &AgentId,
    names: &AgentNames,
) -> String {
    let act = match kind {
        EndingKind::Close => "Not closed",
        EndingKind::ReturnToBot => "Not returned to the bot",
    };
    format!("{act}: {}", reason(cause, by, agent, names))
}

/// The line of the thread, which begins with the name of the agent who pressed.
pub(super) fn unfinished(
    kind: EndingKind,
    cause: CancelCause,
    by: &Actor,
    agent: &AgentId,
    names: &AgentNames,
) -> String {
    let act = match kind {
        EndingKind::Close => "closing this",
        EndingKind::ReturnToBot => "returning this to the bot",
    };
    format!("didn't finish {act}: {}", reason(cause, by, agent, names))
}

/// For the audit log, which names the actor of the cancellation beside it.
pub(super) fn audited(kind: EndingKind, cause: CancelCause, by: &Actor, agent: &AgentId, names: &AgentNames) -> String {
    let act = match kind {
        EndingKind::Close => "close",
        EndingKind::ReturnToBot => "return to the bot",
    };
    let reason = reason(cause, &Actor::Agent(agent.clone()), agent, names);
    match by {
        Actor::Agent(by) if by == agent => format!("Cancelled their {act}: {reason}"),
        Actor::Agent(_) | Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => {
            format!("{}'s {act} was cancelled: {reason}", names.of(agent))
        }
    }
}

fn reason(cause: CancelCause, by: &Actor, agent: &AgentId, names: &AgentNames) -> String {
    // `own` is said of the agent who pressed, `act` follows a colleague's name.
    let acted = |own: &str, act: &str| match by {
        Actor::Agent(by) if by == agent => own.to_owned(),
        Actor::Agent(by) => format!("{} {act}", names.of(by)),
        Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => format!("another agent {act}"),
    };
    let words = match cause {
        CancelCause::Undone => return acted("it was undone", "undid it"),
        CancelCause::PressedAgain => return acted("a second press cancelled it", "cancelled it"),
        CancelCause::Claimed => return acted("it was taken over", "took over"),
        CancelCause::Replied => return acted("a reply was sent", "replied"),
        CancelCause::Released => "its owner changed",
        CancelCause::Snoozed => "it was snoozed",
        CancelCause::RepliedByPhone => "a colleague replied from the WhatsApp app",
        CancelCause::HandedOff => "an agent was requested",
        CancelCause::CustomerWrote => "the customer just wrote",
        CancelCause::CustomerAmended => "the customer edited or deleted a message",
        CancelCause::CustomerCalled => "the customer just called",
        CancelCause::PartnerTook => "another app on this number took over the customer",
        CancelCause::AgentDeactivated => "the account was deactivated",
        CancelCause::Merged => "two records of this customer were merged",
        CancelCause::OutcomeMissing => "closing needs an outcome now. Pick one.",
        CancelCause::Ended => "it was already closed or back with the bot",
        CancelCause::Failed => "something went wrong on our side. Try again.",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> AgentId {
        "agt_ana".into()
    }

    fn names() -> AgentNames {
        [(ana(), "Ana".to_owned()), ("agt_ben".into(), "Ben".to_owned())].into_iter().collect()
    }

    #[test]
    fn a_cancellation_names_the_colleague_who_caused_it() {
        let ben = Actor::Agent("agt_ben".into());
        let cases = [
            (CancelCause::Claimed, &ben, "Not closed: Ben took over"),
            (CancelCause::Claimed, &Actor::System, "Not closed: another agent took over"),
            (CancelCause::Claimed, &Actor::Agent(ana()), "Not closed: it was taken over"),
            (CancelCause::Replied, &ben, "Not closed: Ben replied"),
            (CancelCause::Replied, &Actor::Agent(ana()), "Not closed: a reply was sent"),
            (CancelCause::PressedAgain, &ben, "Not closed: Ben cancelled it"),
            (CancelCause::CustomerWrote, &Actor::Customer, "Not closed: the customer just wrote"),
        ];
        for (cause, by, expected) in cases {
            assert_eq!(ending_cancelled(EndingKind::Close, cause, by, &ana(), &names()), expected);
        }
        let told = ending_cancelled(EndingKind::ReturnToBot, CancelCause::CustomerCalled, &ben, &ana(), &names());
        assert_eq!(told, "Not returned to the bot: the customer just called");
    }

    #[test]
    fn each_cause_says_once_what_did_not_happen() {
        for cause in CancelCause::ALL {
            for by in [Actor::System, Actor::Customer, Actor::Agent(ana()), Actor::Agent("agt_ben".into())] {
                let told = ending_cancelled(EndingKind::Close, cause, &by, &ana(), &names());
                assert_eq!(told.matches("Not closed").count(), 1, "{told}");
                assert!(told.len() > "Not closed: ".len() && !told.contains("  "), "{told}");
                let line = unfinished(EndingKind::Close, cause, &by, &ana(), &names());
                assert!(line.starts_with("didn't finish closing this: "), "{line}");
            }
            let by_system = audited(EndingKind::ReturnToBot, cause, &Actor::System, &ana(), &names());
            assert!(by_system.starts_with("Ana's return to the bot was cancelled: "), "{by_system}");
            let by_herself = audited(EndingKind::ReturnToBot, cause, &Actor::Agent(ana()), &ana(), &names());
            assert!(by_herself.starts_with("Cancelled their return to the bot: "), "{by_herself}");
        }
    }
}
