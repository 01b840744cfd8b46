//! What is filled in and not sent, in this browser's storage; and what was sent without an answer, with the id that makes a
//! repetition harmless.

use crate::{
    domain::{
        ids::{AgentId, ConversationId},
        message::composed::{ComposedKind, ComposedMessage},
    },
    ui::browser::{local_get, local_remove, local_set},
};

/// Two agents of one browser must not read each other's forms.
fn key(agent: &AgentId, conversation: &ConversationId, kind: ComposedKind) -> String {
    format!("handoff.form.{agent}.{conversation}.{}", kind.as_str())
}

/// The form as it was left; blank if it was not, or if an earlier build wrote it in another way.
pub fn load(agent: &AgentId, conversation: &ConversationId, kind: ComposedKind) -> ComposedMessage {
    let kept = local_get(&key(agent, conversation, kind)).and_then(|kept| serde_json::from_str(&kept).ok());
    kept.filter(|form: &ComposedMessage| form.kind() == kind).unwrap_or_else(|| kind.blank())
}

/// Keeps the form. A blank one is forgotten.
pub fn store(agent: &AgentId, conversation: &ConversationId, form: &ComposedMessage) {
    let key = key(agent, conversation, form.kind());
    match serde_json::to_string(form) {
        Ok(json) if !form.is_blank() => local_set(&key, &json),
        Ok(_) | Err(_) => local_remove(&key),
    }
}

fn unclear_key(agent: &AgentId, conversation: &ConversationId, kind: ComposedKind) -> String {
    format!("handoff.form-unclear.{agent}.{conversation}.{}", kind.as_str())
}

/// The id under which this form was sent without an answer. Another form of the kind needs an id of its own.
pub fn unclear_id(agent: &AgentId, conversation: &ConversationId, form: &ComposedMessage) -> Option<String> {
    let kept = local_get(&unclear_key(agent, conversation, form.kind()))?;
    let (client_id, sent) = serde_json::from_str::<(String, ComposedMessage)>(&kept).ok()?;
    (sent == *form).then_some(client_id)
}

/// Keeps that the form was sent with this id, and that its outcome is unknown.
pub fn store_unclear(agent: &AgentId, conversation: &ConversationId, client_id: &str, form: &ComposedMessage) {
    if let Ok(json) = serde_json::to_string(&(client_id, form)) {
        local_set(&unclear_key(agent, conversation, form.kind()), &json);
    }
}

pub fn forget_unclear(agent: &AgentId, conversation: &ConversationId, kind: ComposedKind) {
    local_remove(&unclear_key(agent, conversation, kind));
}
