//! Near the end of a reply window, with a customer who waits, its owner is offered the message that keeps it open. It is an
//! offer only: the owner reads, changes and sends it.

use crate::{
    desk::{Group, Row},
    ids::AgentId,
    time::{Span, Timestamp},
};

/// How long before its end a window is worth keeping open. Earlier the customer may still get the answer itself.
pub const OFFERED: Span = Span::hours(1);

/// The end of the window that `viewer` should be offered to keep open: the customer of their conversation waits for a
/// reply, and there is less than [`OFFERED`] left for it.
pub fn ending_window(row: &Row, viewer: &AgentId, now: Timestamp) -> Option<Timestamp> {
    let closes = row.window_closes?;
    let is_near = now < closes && closes.since(now) < OFFERED;
    (row.group(viewer) == Group::ReplyNow && row.ending.is_none() && is_near).then_some(closes)
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
