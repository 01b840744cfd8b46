//! Drafts: text that is typed and not sent. This file has the copy of this browser, in local storage per agent and
//! conversation, and the rule which of this copy and the server's is newer. `saving.rs` keeps the server's up to date.

use std::cmp::Ordering;

use crate::{
    domain::{
        ids::{AgentId, ConversationId},
        message::draft::ReplyDraft,
    },
    ui::browser::{local_get, local_keys, local_remove, local_set, random_id, session_get, session_set},
};

/// The keys of all texts begin with it.
const TEXTS: &str = "handoff.draft.";

/// Between replies being sent and the text in the field.
const SEPARATOR: &str = "\n\n";

/// The copy of this browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalDraft {
    pub body: String,
    /// The newest version of the server's draft that this text was typed on, or was saved as.
    pub base: i64,
    /// The version of the last attempt to save, at least `base`.
    pub version: i64,
    /// The server has not confirmed that it has this text.
    pub unsaved: bool,
}

/// Versions of one pane have the same remainder by this number, and those of two panes seldom do. So a version on the
/// server tells whether it is this browser's last attempt.
const MARKS: i64 = 1 << 16;

/// What the versions of one pane have in common.
pub fn new_mark() -> i64 {
    let digits = random_id();
    digits.get(..4).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

/// The version of a save on top of `base`. A save that is repeated has the same one, so that it does not replace a draft
/// that another device has saved several times meanwhile.
pub fn next_version(base: i64, mark: i64) -> i64 {
    (base / MARKS + 1) * MARKS + mark
}

/// Two agents of one browser must not read each other's drafts.
fn text_key(agent: &AgentId, conversation: &ConversationId) -> String {
    format!("{TEXTS}{agent}.{conversation}")
}

/// The conversation whose text of the agent is stored with this key; `None` for every other key.
pub fn conversation_of(agent: &AgentId, key: &str) -> Option<ConversationId> {
    let id = key.strip_prefix(TEXTS)?.strip_prefix(agent.as_str())?.strip_prefix('.')?;
    Some(id.into())
}

/// The conversations of which this browser has a text of the agent that the server does not have.
pub fn unsaved_here(agent: &AgentId) -> Vec<ConversationId> {
    let own = local_keys().into_iter().filter_map(|key| conversation_of(agent, &key));
    own.filter(|id| load(agent, id).unsaved).collect()
}

/// The version has a key of its own, because the text's key exists only while there is text. That of a text which was
/// deleted or sent is kept for the tab alone: the server's copy that a read brings may be the one before.
fn version_key(agent: &AgentId, conversation: &ConversationId) -> String {
    format!("handoff.draft-version.{agent}.{conversation}")
}

/// The copy of this browser; empty if there is none.
pub fn load(agent: &AgentId, conversation: &ConversationId) -> LocalDraft {
    let text = local_get(&text_key(agent, conversation));
    let key = version_key(agent, conversation);
    let version = local_get(&key).or_else(|| session_get(&key).filter(|_| text.is_none()));
    read(text, version.as_deref())
}

fn read(text: Option<String>, version: Option<&str>) -> LocalDraft {
    let known = version.and_then(|version| {
        let mut parts = version.split(' ');
        let (base, version) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some((base, version, parts.next() != Some("saved")))
    });
    // Without a version the text is of an earlier build, and the server does not have it.
    let (base, version, unsaved) = known.unwrap_or((0, 0, text.is_some()));
    LocalDraft { body: text.unwrap_or_default(), base, version, unsaved }
}

pub fn store(agent: &AgentId, conversation: &ConversationId, draft: &LocalDraft) {
    let (text, version) = (text_key(agent, conversation), version_key(agent, conversation));
    let is_blank = draft.body.trim().is_empty();
    if is_blank {
        local_remove(&text);
    } else {
        local_set(&text, &draft.body);
    }
    let state = if draft.unsaved { "unsaved" } else { "saved" };
    let known = format!("{} {} {state}", draft.base, draft.version);
    if is_blank && !draft.unsaved {
        local_remove(&version);
        if draft.version > 0 {
            session_set(&version, &known);
        }
    } else {
        local_set(&version, &known);
    }
}

/// The parts that are not blank as one draft, as they would be sent one after the other.
pub fn joined(mut parts: Vec<String>) -> String {
    parts.retain(|part| !part.trim().is_empty());
    parts.join(SEPARATOR)
}

/// Stores what was typed while no composer was shown, after what was there `before`.
pub fn store_typed_ahead(agent: &AgentId, conversation: &ConversationId, before: String, typed: String) {
    let known = load(agent, conversation);
    store(agent, conversation, &LocalDraft { body: joined(vec![before, typed]), unsaved: true, ..known });
}

/// Removes `body`, which was sent, from the copy. Returns what was typed after it, which stays.
pub fn remove_sent(agent: &AgentId, conversation: &ConversationId, body: &str) -> String {
    let known = load(agent, conversation);
    let rest = without(&known.body, body).to_owned();
    store(agent, conversation, &LocalDraft { unsaved: !rest.trim().is_empty(), body: rest.clone(), ..known });
    rest
}

/// The server has `saved`. A copy that was changed since stays unsaved.
pub fn confirm(agent: &AgentId, conversation: &ConversationId, saved: &ReplyDraft) {
    let known = load(agent, conversation);
    if known.version == saved.version && known.body.trim() == saved.body.trim() {
        store(agent, conversation, &LocalDraft { base: saved.version, unsaved: false, ..known });
    }
}

fn without<'a>(draft: &'a str, body: &str) -> &'a str {
    match draft.strip_prefix(body) {
        Some("") => "",
        Some(rest) => rest.strip_prefix(SEPARATOR).unwrap_or(draft),
        None => draft,
    }
}

/// What the composer opens with: the newer of the two copies, or both where neither is known to be older.
pub fn newest(local: LocalDraft, server: &ReplyDraft) -> LocalDraft {
    let (base, version) = (local.base.max(server.version), local.version.max(server.version));
    if local.body.trim() == server.body.trim() {
        return LocalDraft { base, version, unsaved: false, ..local };
    }
    let is_own = server.version <= local.version && server.version % MARKS == local.version % MARKS;
    match (local.unsaved, server.version.cmp(&local.base)) {
        // Typed on top of the server's copy; or the server was restored from a backup and has forgotten.
        (true, Ordering::Less | Ordering::Equal) | (false, Ordering::Less) => {
            LocalDraft { base, version, unsaved: true, ..local }
        }
        // Saved by this browser, without an answer.
        (true, Ordering::Greater) if is_own => LocalDraft { base, version, unsaved: true, ..local },
        // The server has had this copy, and a newer one since.
        (false, Ordering::Greater) => LocalDraft { body: server.body.clone(), base, version, unsaved: false },
        // Another device has saved while this one could not.
        (true, Ordering::Greater) | (false, Ordering::Equal) => {
            LocalDraft { body: both(&server.body, &local.body), base, version, unsaved: true }
        }
    }
}

/// Both texts, the other device's first. One that is the beginning of the other is not repeated.
pub fn both(theirs: &str, mine: &str) -> String {
    if mine.starts_with(theirs.trim()) {
        mine.to_owned()
    } else if theirs.starts_with(mine.trim()) {
        theirs.to_owned()
    } else {
        joined(vec![theirs.to_owned(), mine.to_owned()])
    }
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
