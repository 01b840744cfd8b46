//! The goodbye that an agent has typed for a close that does not take effect: the bar is cancelled or its pane left, the
//! server refuses it, the customer writes first, or it is undone. The next bar for the same handoff begins with it, also
//! after a reload of the tab.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ending_bar::EndingDraft, sent_with_close::SentWithClose, state::ThreadState};
use crate::{
    domain::{
        conversation::EndingKind,
        ids::{AgentId, ConversationId},
        outcome::OutcomeChoice,
        time::Timestamp,
    },
    ui::browser::{session_get, session_set},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeptGoodbye {
    /// When the agent was requested, which distinguishes the handoffs of a conversation.
    requested_at: Option<Timestamp>,
    /// What the text was edited from.
    standard: Option<String>,
    text: String,
    sends: bool,
}

impl KeptGoodbye {
    fn of(draft: &EndingDraft, requested_at: Option<Timestamp>) -> Self {
        let (text, sends) = (draft.text.get_untracked(), draft.sends.get_untracked());
        Self { requested_at, standard: draft.sent.goodbye.clone(), text, sends }
    }

    /// Fills the field of a new bar, if it is for the same handoff and offers the same goodbye.
    fn fill(self, draft: &EndingDraft, requested_at: Option<Timestamp>) {
        if self.requested_at == requested_at && self.standard == draft.sent.goodbye {
            draft.text.set(self.text);
            draft.sends.set(self.sends);
        }
    }

    /// What this tab has kept.
    fn load(agent: &AgentId, conversation: &ConversationId) -> Option<Self> {
        serde_json::from_str(&session_get(&key(agent, conversation))?).ok()
    }

    fn store(&self, agent: &AgentId, conversation: &ConversationId) {
        if let Ok(text) = serde_json::to_string(self) {
            session_set(&key(agent, conversation), &text);
        }
    }
}

/// Two agents of one browser must not read each other's texts.
fn key(agent: &AgentId, conversation: &ConversationId) -> String {
    format!("handoff.goodbye.{agent}.{conversation}")
}

impl ThreadState {
    /// The ending that the viewer presses now.
    pub fn ending_draft(&self, kind: EndingKind) -> EndingDraft {
        let (sent, outcomes) = match kind {
            EndingKind::Close => (self.with_close.get_untracked(), self.outcomes.get_untracked()),
            EndingKind::ReturnToBot => (SentWithClose::default(), OutcomeChoice::default()),
        };
        let (seen, requested_at) = self.row.with_untracked(|row| (row.last_turn.clone(), row.requested_at));
        let draft = EndingDraft::new(kind, seen, sent, outcomes);
        if let Some(kept) = KeptGoodbye::load(&self.me(), &self.id()) {
            kept.fill(&draft, requested_at);
        }
        draft
    }

    /// Keeps the goodbye that is in the bar, if there is one. A return to the bot has none.
    pub fn keep_goodbye(&self) {
        let requested_at = self.row.with_untracked(|row| row.requested_at);
        if let Some(draft) = self.ending.get_untracked().filter(|draft| draft.sent.goodbye.is_some()) {
            KeptGoodbye::of(&draft, requested_at).store(&self.me(), &self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::Goodbye;

    fn closing(goodbye: &str) -> EndingDraft {
        let sent = SentWithClose { goodbye: Some(goodbye.to_owned()), ..SentWithClose::default() };
        EndingDraft::new(EndingKind::Close, None, sent, OutcomeChoice::default())
    }

    #[test]
    fn a_goodbye_that_was_typed_is_offered_again_in_the_same_handoff_alone() {
        let typed = closing("Bye.");
        typed.text.set("Until Monday!".to_owned());
        let kept = || {
            let stored = serde_json::to_string(&KeptGoodbye::of(&typed, Some(Timestamp(1)))).expect("JSON");
            serde_json::from_str::<KeptGoodbye>(&stored).expect("a goodbye")
        };
        let filled = |standard: &str, requested_at| {
            let draft = closing(standard);
            kept().fill(&draft, Some(Timestamp(requested_at)));
            draft.press(None).goodbye
        };
        assert_eq!(filled("Bye.", 1), Goodbye::Edited("Until Monday!".to_owned()));
        assert_eq!(filled("Bye.", 2), Goodbye::Standard, "another handoff");
        assert_eq!(filled("Goodbye.", 1), Goodbye::Standard, "the tenant has another text now");
        typed.sends.set(false);
        assert_eq!(filled("Bye.", 1), Goodbye::Off);
    }
}
