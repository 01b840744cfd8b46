//! Which conversation needs the viewer next.

use crate::domain::{desk::Row, ids::ConversationId};

/// A conversation of the viewer's own with unread messages, the oldest of them; else the one that has waited longest.
///
/// An own conversation that is open does not count, and of those that wait the one after it is next, so that repeating
/// the key goes through them. `waiting` is in order, longest first.
pub fn next<'a>(mine: &'a [Row], waiting: &'a [Row], open: Option<&ConversationId>) -> Option<&'a ConversationId> {
    let is_unread = |row: &&Row| row.unread > 0 && row.ending.is_none() && Some(&row.id) != open;
    let unread = mine.iter().filter(is_unread).min_by_key(|row| row.last_at);
    let at = open.and_then(|open| waiting.iter().position(|row| row.id == *open));
    let after = at.and_then(|at| waiting.get(at + 1));
    unread.or(after).or(waiting.first()).map(|row| &row.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{desk::RowState, time::Timestamp};

    fn row(id: &str, unread: i64, last_at: i64) -> Row {
        Row { unread, last_at: Timestamp(last_at), ..Row::sample(id, RowState::Waiting) }
    }

    fn found(mine: &[Row], waiting: &[Row], open: Option<&str>) -> Option<String> {
        next(mine, waiting, open.map(ConversationId::from).as_ref()).map(ToString::to_string)
    }

    #[test]
    fn unread_ones_of_mine_come_first_the_oldest_of_them() {
        let mine = [row("cnv_new", 1, 30), row("cnv_read", 0, 5), row("cnv_old", 2, 20)];
        let waiting = [row("cnv_waits", 1, 10)];
        assert_eq!(found(&mine, &waiting, None).as_deref(), Some("cnv_old"));
        assert_eq!(found(&mine, &waiting, Some("cnv_old")).as_deref(), Some("cnv_new"));
        assert_eq!(found(&mine[1..2], &waiting, None).as_deref(), Some("cnv_waits"));
    }

    #[test]
    fn waiting_ones_follow_in_their_order_and_begin_again() {
        let waiting = [row("cnv_a", 1, 10), row("cnv_b", 1, 5)];
        assert_eq!(found(&[], &waiting, None).as_deref(), Some("cnv_a"));
        assert_eq!(found(&[], &waiting, Some("cnv_a")).as_deref(), Some("cnv_b"));
        assert_eq!(found(&[], &waiting, Some("cnv_b")).as_deref(), Some("cnv_a"));
        assert_eq!(found(&[], &waiting[..1], Some("cnv_a")).as_deref(), Some("cnv_a"));
        assert_eq!(found(&[], &[], Some("cnv_a")), None);
    }
}
