//! Drafts: text that the server has not accepted yet, in local storage per agent and conversation.

use crate::{
    domain::ids::{AgentId, ConversationId},
    ui::browser::{local_get, local_remove, local_set},
};

/// Between replies being sent and the text in the field.
const SEPARATOR: &str = "\n\n";

/// Two agents of one browser must not read each other's drafts.
fn key(agent: &AgentId, conversation: &ConversationId) -> String {
    format!("handoff.draft.{agent}.{conversation}")
}

/// The saved draft; empty if there is none.
pub fn load(agent: &AgentId, conversation: &ConversationId) -> String {
    local_get(&key(agent, conversation)).unwrap_or_default()
}

pub fn save(agent: &AgentId, conversation: &ConversationId, text: &str) {
    if text.trim().is_empty() {
        local_remove(&key(agent, conversation));
    } else {
        local_set(&key(agent, conversation), text);
    }
}

/// Saves the parts that are not blank as one draft, as they would be sent one after the other.
pub fn save_parts(agent: &AgentId, conversation: &ConversationId, mut parts: Vec<String>) {
    parts.retain(|part| !part.trim().is_empty());
    save(agent, conversation, &parts.join(SEPARATOR));
}

/// Removes `body`, which the server accepted, from the draft. What was typed after it stays.
pub fn sent(agent: &AgentId, conversation: &ConversationId, body: &str) {
    save(agent, conversation, without(&load(agent, conversation), body));
}

fn without<'a>(draft: &'a str, body: &str) -> &'a str {
    match draft.strip_prefix(body) {
        Some("") => "",
        Some(rest) => rest.strip_prefix(SEPARATOR).unwrap_or(draft),
        None => draft,
    }
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn a_sent_reply_leaves_the_draft_and_takes_nothing_else_along() {
        assert_eq!(without("hello", "hello"), "");
        assert_eq!(without("hello\n\nand more", "hello"), "and more");
        assert_eq!(without("hello again", "hello"), "hello again");
        assert_eq!(without("something else", "hello"), "something else");
    }
}
