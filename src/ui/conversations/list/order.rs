//! The order of the rows on the screen, how it differs from the one that is known, and which rows a change moves.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    desk::{Desk, Group},
    ids::ConversationId,
};

pub type RowOrder = BTreeMap<Group, Vec<ConversationId>>;

pub fn order_of(desk: &Desk) -> RowOrder {
    desk.groups.iter().map(|(group, range)| (*group, range.rows.iter().map(|row| row.id.clone()).collect())).collect()
}

/// How many rows of `truth` are new: not on the screen at all, or in a group that needs the viewer and was not theirs.
/// A row that only moved is none. `None` if both are equal.
pub fn distance(shown: &RowOrder, truth: &RowOrder) -> Option<usize> {
    if shown == truth {
        return None;
    }
    let all: BTreeSet<&ConversationId> = shown.values().flatten().collect();
    let new = truth.iter().map(|(group, ids)| {
        let own: BTreeSet<&ConversationId> = shown.get(group).into_iter().flatten().collect();
        let known = if needs_somebody(*group) { &own } else { &all };
        ids.iter().filter(|id| !known.contains(id)).count()
    });
    Some(new.sum())
}

/// Whether a row that comes into the group needs an agent.
fn needs_somebody(group: Group) -> bool {
    match group {
        Group::ReplyNow | Group::Unassigned => true,
        Group::CustomersTurn | Group::Snoozed | Group::Others | Group::Bot | Group::Closed => false,
    }
}

/// The rows that keep their order when `before` becomes `after`: as many as possible. All others were moved, came or
/// left.
pub fn unmoved(before: &RowOrder, after: &RowOrder) -> BTreeSet<ConversationId> {
    let places: BTreeMap<&ConversationId, usize> =
        after.values().flatten().enumerate().map(|(at, id)| (id, at)).collect();
    let kept = before.values().flatten().filter_map(|id| places.get(id).map(|at| (id, *at)));
    let (ids, places): (Vec<&ConversationId>, Vec<usize>) = kept.unzip();
    longest_rising(&places).into_iter().map(|at| ids[at].clone()).collect()
}

/// The indices of a longest sequence of rising values, the last one first.
fn longest_rising(values: &[usize]) -> Vec<usize> {
    // For each length the index of the smallest value that ends a sequence of it, and what comes before each value.
    let (mut ends, mut before) = (Vec::<usize>::new(), Vec::<Option<usize>>::new());
    for (at, value) in values.iter().enumerate() {
        let length = ends.partition_point(|end| values[*end] < *value);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    std::iter::successors(ends.last().copied(), |at| before[*at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(groups: &[(Group, &[&str])]) -> RowOrder {
        let ids = |ids: &[&str]| ids.iter().map(|id| ConversationId::from(*id)).collect();
        groups.iter().map(|(group, rows)| (*group, ids(rows))).collect()
    }

    #[test]
    fn what_is_new_is_counted_and_what_moved_is_not() {
        let shown = order(&[(Group::Unassigned, &["a", "b"]), (Group::CustomersTurn, &["c"]), (Group::Bot, &["d"])]);
        for (case, truth, new) in [
            ("nothing", shown.clone(), None),
            (
                "colleagues claimed both",
                order(&[(Group::CustomersTurn, &["c"]), (Group::Others, &["b", "a"]), (Group::Bot, &["d"])]),
                Some(0),
            ),
            (
                "a customer wrote, one came",
                order(&[(Group::ReplyNow, &["c"]), (Group::Unassigned, &["a", "b"]), (Group::Bot, &["e", "d"])]),
                Some(2),
            ),
            (
                "the bot's customer asks for an agent",
                order(&[(Group::Unassigned, &["a", "b", "d"]), (Group::CustomersTurn, &["c"])]),
                Some(1),
            ),
        ] {
            assert_eq!(distance(&shown, &truth), new, "{case}");
        }
    }

    #[test]
    fn a_row_that_jumps_moves_and_those_that_it_passes_do_not() {
        let before = order(&[(Group::Unassigned, &["a", "b"]), (Group::Bot, &["c", "d", "e"])]);
        for (case, after, moved) in [
            ("nothing", before.clone(), vec![]),
            (
                "one comes above",
                order(&[(Group::Unassigned, &["n", "a", "b"]), (Group::Bot, &["c", "d", "e"])]),
                vec![],
            ),
            (
                "the bot answered e",
                order(&[(Group::Unassigned, &["a", "b"]), (Group::Bot, &["e", "c", "d"])]),
                vec!["e"],
            ),
            (
                "a is claimed",
                order(&[(Group::Unassigned, &["b"]), (Group::Others, &["a"]), (Group::Bot, &["c", "d", "e"])]),
                vec!["a"],
            ),
            ("d leaves", order(&[(Group::Unassigned, &["a", "b"]), (Group::Bot, &["c", "e"])]), vec!["d"]),
            ("another list", order(&[(Group::Closed, &["x"])]), vec!["a", "b", "c", "d", "e"]),
        ] {
            let kept = unmoved(&before, &after);
            let found: Vec<&str> =
                before.values().flatten().filter(|id| !kept.contains(*id)).map(ConversationId::as_str).collect();
            assert_eq!(found, moved, "{case}");
        }
    }
}
