//! The order of the rows on the screen, and how it differs from the one that is known.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    desk::{Desk, Group},
    ids::ConversationId,
};

pub type RowOrder = BTreeMap<Group, Vec<ConversationId>>;

pub fn order_of(desk: &Desk) -> RowOrder {
    desk.groups.iter().map(|(group, range)| (*group, range.rows.iter().map(|row| row.id.clone()).collect())).collect()
}

/// How many rows of `truth` are new to their group on the screen; `None` if both are equal.
pub fn distance(shown: &RowOrder, truth: &RowOrder) -> Option<usize> {
    if shown == truth {
        return None;
    }
    let new = truth.iter().map(|(group, ids)| {
        let known: BTreeSet<&ConversationId> = shown.get(group).into_iter().flatten().collect();
        ids.iter().filter(|id| !known.contains(id)).count()
    });
    Some(new.sum())
}
