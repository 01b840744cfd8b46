//! Which changes are the viewer's own acts: they move a row at once, also under the pointer.

use crate::domain::{
    desk::{Row, RowState},
    ids::AgentId,
};

/// Whether the viewer moved the row: the conversation is or was theirs, its place changes, and not because the customer
/// wrote, edited or deleted something.
pub fn is_own_act(before: &Row, after: &Row, viewer: &AgentId) -> bool {
    let is_own = |row: &Row| matches!(&row.state, RowState::Claimed { agent, .. } if agent == viewer);
    let place = |row: &Row| {
        let group = row.group(viewer);
        (group, row.key(group))
    };
    let has_news = before.last_turn != after.last_turn || (is_own(before) && after.unread > before.unread);
    (is_own(before) || is_own(after)) && !has_news && place(before) != place(after)
}
