//! Sentences for agents whose act was refused: why, and what to do. They do not say which act it was, because the page
//! puts that before them.

use crate::{conversation::Refusal, ids::AgentId};

impl Refusal {
    /// The agent whom the sentence names.
    pub fn named_agent(&self) -> Option<&AgentId> {
        match self {
            Self::ClaimedBy(agent)
            | Self::OwnedBy(agent)
            | Self::PressedBy(agent)
            | Self::NoteBy(agent)
            | Self::ActedSince(Some(agent)) => Some(agent),
            Self::AlreadyYours
            | Self::NotClaimed
            | Self::WithBot
            | Self::Closed
            | Self::WithHuman
            | Self::CustomerJustWrote
            | Self::TurnOver
            | Self::EndingOver
            | Self::EndingPending
            | Self::ContinuedIn(_)
            | Self::Merged
            | Self::Imported
            | Self::CustomerErased
            | Self::WindowClosed
            | Self::WithOtherApp
            | Self::NoteDeleted
            | Self::ActedSince(None) => None,
        }
    }
}

/// The sentence for a refusal. `agent` is the name of [`Refusal::named_agent`], `customer` that of the customer.
pub fn refused(refusal: &Refusal, agent: &str, customer: &str) -> String {
    let words = match refusal {
        Refusal::ClaimedBy(_) => return format!("{agent} already claimed {customer}."),
        Refusal::OwnedBy(_) => {
            return format!("{agent} is handling this conversation. Take over to reply or close it.");
        }
        Refusal::PressedBy(_) => return format!("Only {agent} can undo this. Take over to stop it."),
        Refusal::NoteBy(_) => return format!("Only {agent} can change this note. Write one of your own."),
        Refusal::NoteDeleted => "This note was deleted.",
        Refusal::ActedSince(Some(_)) => {
            return format!("Can't undo: {agent} has acted on this conversation since then. Open it to check.");
        }
        Refusal::ActedSince(None) => "Can't undo: this conversation has changed since then. Open it to check.",
        Refusal::AlreadyYours => "This conversation is already yours.",
        Refusal::NotClaimed => "Claim the conversation first. Your draft is kept.",
        Refusal::WithBot => "The bot is handling this conversation. Take over to reply.",
        Refusal::Closed => "This conversation is closed. The customer's next message starts a new one.",
        Refusal::ContinuedIn(_) => "This customer already has an open conversation. Continue there.",
        Refusal::Merged => "This conversation was merged into another one of this customer.",
        Refusal::Imported => "This is history from before Handoff. It can't be reopened.",
        Refusal::CustomerErased => "This customer's data was erased. The conversation can't be reopened.",
        Refusal::WindowClosed => {
            "The 24-hour reply window is closed. The customer's next message starts a new conversation."
        }
        Refusal::WithOtherApp => {
            "Another app still answers this customer. You can reply once WhatsApp hands them over."
        }
        Refusal::WithHuman => "An agent already has this conversation.",
        Refusal::CustomerJustWrote => "The customer just wrote. Read the message, then try again.",
        Refusal::TurnOver => "The conversation changed, so the bot's reply was discarded.",
        Refusal::EndingPending => "This conversation is being closed. Undo the close first.",
        Refusal::EndingOver => "Too late to undo: it already took effect or was cancelled.",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ben() -> AgentId {
        "agt_ben".into()
    }

    #[test]
    fn a_refusal_is_a_sentence_that_does_not_repeat_the_act() {
        let all = [
            Refusal::ClaimedBy(ben()),
            Refusal::OwnedBy(ben()),
            Refusal::PressedBy(ben()),
            Refusal::NoteBy(ben()),
            Refusal::NoteDeleted,
            Refusal::ActedSince(Some(ben())),
            Refusal::ActedSince(None),
            Refusal::AlreadyYours,
            Refusal::NotClaimed,
            Refusal::WithBot,
            Refusal::Closed,
            Refusal::WithHuman,
            Refusal::CustomerJustWrote,
            Refusal::TurnOver,
            Refusal::EndingPending,
            Refusal::EndingOver,
            Refusal::ContinuedIn("cnv_2".into()),
            Refusal::Merged,
            Refusal::Imported,
            Refusal::CustomerErased,
            Refusal::WindowClosed,
            Refusal::WithOtherApp,
        ];
        for refusal in all {
            let told = refused(&refusal, "Ben", "Maria");
            assert!(told.ends_with('.') && told.starts_with(char::is_uppercase), "{told}");
            assert_eq!(told.contains("Ben"), refusal.named_agent().is_some(), "{told}");
            // The page writes "Not closed." before it.
            assert!(!told.contains("Not closed") && !told.contains("Not returned"), "{told}");
        }
    }

    #[test]
    fn a_refused_undo_names_the_agent_who_was_first() {
        let told = refused(&Refusal::ActedSince(Some(ben())), "Ben", "Maria");
        assert_eq!(told, "Can't undo: Ben has acted on this conversation since then. Open it to check.");
        assert_eq!(refused(&Refusal::ClaimedBy(ben()), "Ben", "Maria"), "Ben already claimed Maria.");
    }
}
