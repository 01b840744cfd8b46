//! What was typed into the forms of templates and not sent, in this browser, and the last press of *Send*, in this tab: a
//! reload loses nothing, and a second attempt after it sends nothing twice.

use std::collections::BTreeMap;

use crate::{
    contract::templates::TemplateSend,
    domain::{
        ids::{AgentId, TemplateId},
        template::field::TemplateValues,
    },
    ui::browser::{local_get, local_remove, local_set, session_get, session_set},
};

/// `place` is a conversation's id, or names a new one. Two agents of one browser must not read each other's texts.
fn key(agent: &AgentId, place: &str) -> String {
    format!("handoff.templates.{agent}.{place}")
}

pub fn load(agent: &AgentId, place: &str) -> BTreeMap<TemplateId, TemplateValues> {
    let stored = local_get(&key(agent, place));
    stored.and_then(|stored| serde_json::from_str(&stored).ok()).unwrap_or_default()
}

pub fn store(agent: &AgentId, place: &str, kept: &BTreeMap<TemplateId, TemplateValues>) {
    let key = key(agent, place);
    match serde_json::to_string(kept) {
        Ok(text) if !kept.is_empty() => local_set(&key, &text),
        Ok(_) | Err(_) => local_remove(&key),
    }
}

/// Forgets what was typed into the form of a template that was sent after its pane was left.
pub fn forget(agent: &AgentId, place: &str, template: &TemplateId) {
    let mut kept = load(agent, place);
    if kept.remove(template).is_some() {
        store(agent, place, &kept);
    }
    store_press(agent, place, None);
}

fn press_key(agent: &AgentId, place: &str) -> String {
    format!("handoff.template-press.{agent}.{place}")
}

/// The last press, if it is not known to have succeeded.
pub fn load_press(agent: &AgentId, place: &str) -> Option<TemplateSend> {
    serde_json::from_str(&session_get(&press_key(agent, place))?).ok()
}

pub fn store_press(agent: &AgentId, place: &str, press: Option<&TemplateSend>) {
    let text = press.and_then(|press| serde_json::to_string(press).ok()).unwrap_or_default();
    session_set(&press_key(agent, place), &text);
}
