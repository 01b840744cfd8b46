//! Histories of conversations and the facts that were computed from them by hand, in minutes.
//!
//! `history.rs` writes a log, `lines.rs` shows facts as lines. To add a history: its entries, and its lines as a person with
//! pen and paper writes them.

mod closes;
mod history;
mod hours;
mod lines;
mod messages;
mod origins;
mod owners;
mod ratings;
mod replies;

use std::collections::BTreeSet;

use self::history::History;
use super::{FactContext, FactKeys, FactSet};
use crate::ids::{ConversationId, HandoffId, MessageId};

/// The facts of a log, without opening hours.
fn facts_of(history: &History) -> FactSet {
    folded(history, &FactContext::default())
}

fn folded(history: &History, context: &FactContext) -> FactSet {
    let mut facts = FactSet::default();
    for entry in history.entries() {
        facts.fold(&entry, context);
    }
    facts
}

/// Compares the facts of a log with lines, in any indentation.
#[track_caller]
fn expect(history: &History, expected: &str) {
    expect_within(history, &FactContext::default(), expected);
}

#[track_caller]
fn expect_within(history: &History, context: &FactContext, expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let facts = folded(history, context);
    assert_eq!(lines::of(&facts, history.start()), expected);
    assert_eq!(added_singly(history, context), FactSet { withdrawn: BTreeSet::new(), ..facts });
}

/// The facts of a log that is added entry by entry, each with what the server loads for it.
fn added_singly(history: &History, context: &FactContext) -> FactSet {
    let mut stored = FactSet::default();
    for entry in history.entries() {
        let mut facts = loaded(&stored, &FactKeys::of(std::slice::from_ref(&entry)));
        facts.fold(&entry, context);
        stored.reached = facts.reached;
        stored.unsent_reply_at = stored.unsent_reply_at.max(facts.unsent_reply_at);
        stored.waits.retain(|_, wait| !facts.withdrawn.iter().any(|message| wait.is_ended_by(message)));
        stored.waits.append(&mut facts.waits);
        stored.conversations.append(&mut facts.conversations);
        stored.handoffs.append(&mut facts.handoffs);
        stored.stints.append(&mut facts.stints);
        stored.closings.append(&mut facts.closings);
        stored.ratings.append(&mut facts.ratings);
        stored.messages.append(&mut facts.messages);
    }
    stored
}

/// The stored facts that these keys name, and those of their conversations that the next entry may change.
fn loaded(stored: &FactSet, keys: &FactKeys) -> FactSet {
    let conversations: Vec<_> = keys.conversations.iter().filter_map(|id| stored.conversations.get(id)).collect();
    let newest = conversations.iter().filter_map(|fact| fact.handoff.as_ref());
    let handoffs = keys.handoffs.iter().chain(newest).filter_map(|id| stored.handoffs.get(id));
    let closings = conversations.iter().filter_map(|fact| stored.closings.get(&fact.closing?));
    let stints = conversations.iter().filter_map(|fact| stored.stints.get(&fact.stint?));
    let ratings = keys.ratings.iter().filter_map(|id| stored.ratings.get(id));
    let messages = stored.messages.values().filter(|fact| keys.messages.contains(&fact.message));
    FactSet {
        handoffs: handoffs.map(|fact| (fact.handoff.clone(), fact.clone())).collect(),
        closings: closings.map(|fact| (fact.seq, fact.clone())).collect(),
        stints: stints.map(|fact| (fact.seq, fact.clone())).collect(),
        ratings: ratings.map(|fact| (fact.handoff.clone(), fact.clone())).collect(),
        messages: messages.map(|fact| ((fact.message.clone(), fact.piece), fact.clone())).collect(),
        conversations: conversations.iter().map(|fact| (fact.conversation.clone(), (*fact).clone())).collect(),
        ..FactSet::default()
    }
}

#[test]
fn an_entry_that_is_folded_again_changes_nothing() {
    let history = replies::answered_twice();
    let once = facts_of(&history);
    let mut twice = once.clone();
    for entry in history.entries() {
        twice.fold(&entry, &FactContext::default());
    }
    assert_eq!(twice, once);
}

#[test]
fn the_keys_of_entries_are_those_that_their_fold_needs() {
    let keys = FactKeys::of(&replies::answered_twice().entries());
    assert_eq!(keys.conversations, BTreeSet::from([ConversationId::from("cnv_1")]));
    assert_eq!(keys.handoffs, BTreeSet::from([HandoffId::from("hof_1")]));
    assert_eq!(keys.messages, BTreeSet::from(["msg_2", "msg_3", "msg_5"].map(MessageId::from)));
}
