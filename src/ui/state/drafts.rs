//! Which conversations hold a draft of the viewer, for the marks of the list.

use leptos::prelude::*;

use super::AppState;
use crate::domain::ids::ConversationId;

impl AppState {
    /// `body` is now what the viewer has typed in the conversation and not sent. The layout may be gone.
    pub fn note_draft(&self, conversation: &ConversationId, body: &str) {
        let has_text = !body.trim().is_empty();
        self.drafts.maybe_update(|drafts| match has_text {
            true => drafts.insert(conversation.clone()),
            false => drafts.remove(conversation),
        });
    }
}
