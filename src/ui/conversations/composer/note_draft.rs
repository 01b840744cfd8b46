//! A note that is typed and not added yet. It is kept in this browser, per agent and conversation, apart from the reply.

use leptos::prelude::*;

use crate::{
    domain::{
        ids::{AgentId, ConversationId},
        note::{mentioned, shown, stored},
    },
    ui::{
        browser::{local_get, local_remove, local_set},
        conversations::thread::state::ThreadState,
    },
};

/// The text in the field, and who was picked for a mention. Cheap to copy.
#[derive(Clone, Copy)]
pub struct NoteDraft {
    pub text: RwSignal<String>,
    pub picked: RwSignal<Vec<(AgentId, String)>>,
}

impl NoteDraft {
    /// The draft of a new note. Loads what this browser has kept, and keeps every change.
    pub fn follow(open: ThreadState) -> Self {
        let draft = Self { text: RwSignal::new(String::new()), picked: RwSignal::new(Vec::new()) };
        // Effects run in the browser only, which has the storage.
        Effect::new(move |is_loaded: Option<bool>| {
            let (text, key) = (draft.stored(), storage_key(&open.me(), &open.id()));
            match (is_loaded, local_get(&key)) {
                (None, Some(kept)) => draft.fill(&kept, &open.app.choices.get_untracked().agents),
                (None, None) => {}
                (Some(_), _) if text.trim().is_empty() => local_remove(&key),
                (Some(_), _) => local_set(&key, &text),
            }
            true
        });
        draft
    }

    /// The draft of a change: the stored text, and the names of those whom it mentions.
    pub fn of(text: &str, names: &[(AgentId, String)]) -> Self {
        let draft = Self { text: RwSignal::new(String::new()), picked: RwSignal::new(Vec::new()) };
        draft.fill(text, names);
        draft
    }

    fn fill(self, text: &str, names: &[(AgentId, String)]) {
        let mentioned = mentioned(text);
        self.picked.set(names.iter().filter(|(agent, _)| mentioned.contains(agent)).cloned().collect());
        self.text.set(shown(text, names));
    }

    /// What the server stores of it. Tracks.
    pub fn stored(self) -> String {
        self.text.with(|text| self.picked.with(|picked| stored(text, picked)))
    }

    /// Whether something is typed. Tracks.
    pub fn has_text(self) -> bool {
        self.text.with(|text| !text.trim().is_empty())
    }
}

/// The note `written` of the agent is stored: it is removed from its draft, also if the pane was left meanwhile. What was
/// typed behind it since stays, and begins the next note.
pub fn remove_written(draft: NoteDraft, agent: &AgentId, conversation: &ConversationId, written: &str) {
    let key = storage_key(agent, conversation);
    match local_get(&key).as_deref().and_then(|kept| typed_since(kept, written)) {
        Some("") => local_remove(&key),
        Some(since) => local_set(&key, since),
        None => {}
    }
    if draft.text.is_disposed() {
        return;
    }
    let shown = untrack(|| draft.stored());
    if let Some(since) = typed_since(&shown, written) {
        let names = draft.picked.get_untracked();
        draft.fill(since, &names);
    }
}

/// What follows `written`; `None` if a text does not begin with it.
fn typed_since<'a>(text: &'a str, written: &str) -> Option<&'a str> {
    Some(text.trim_start().strip_prefix(written)?.trim_start())
}

/// Two agents of one browser must not read each other's drafts.
fn storage_key(agent: &AgentId, conversation: &ConversationId) -> String {
    format!("handoff.note-draft.{agent}.{conversation}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_while_a_note_is_stored_begins_the_next_one() {
        assert_eq!(typed_since(" Call her.\n", "Call her."), Some(""));
        assert_eq!(typed_since("Call her. And <@agt_ben>", "Call her."), Some("And <@agt_ben>"));
        assert_eq!(typed_since("Write to her.", "Call her."), None);
    }
}
