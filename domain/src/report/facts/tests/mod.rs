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
fn a_log_that_is_folded_in_pieces_gives_the_same_facts() {
    let history = replies::answered_twice();
    let entries = history.entries();
    for cut in 0..entries.len() {
        let mut facts = FactSet::default();
        for entry in &entries[..cut] {
            facts.fold(entry, &FactContext::default());
        }
        // What is stored in between is stored under its keys, except waits, which nothing changes.
        let waits = std::mem::take(&mut facts.waits);
        for entry in &entries[cut..] {
            facts.fold(entry, &FactContext::default());
        }
        let withdrawn = std::mem::take(&mut facts.withdrawn);
        facts.waits.extend(waits.into_iter().filter(|(_, wait)| !withdrawn.iter().any(|of| wait.is_ended_by(of))));
        let mut whole = facts_of(&history);
        whole.withdrawn.clear();
        assert_eq!(facts, whole, "cut after {cut} entries");
    }
}

#[test]
fn the_keys_of_entries_are_those_that_their_fold_needs() {
    let keys = FactKeys::of(&replies::answered_twice().entries());
    assert_eq!(keys.conversations, BTreeSet::from([ConversationId::from("cnv_1")]));
    assert_eq!(keys.handoffs, BTreeSet::from([HandoffId::from("hof_1")]));
    assert_eq!(keys.messages, BTreeSet::from(["msg_2", "msg_3", "msg_5"].map(MessageId::from)));
}
