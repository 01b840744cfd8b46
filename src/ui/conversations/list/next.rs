//! Which conversation needs the viewer next.

use crate::domain::{desk::Row, ids::ConversationId};

/// The viewer's customer who has waited longest for a reply; else the one who has waited longest for an agent.
///
/// The open conversation and those that are about to end do not count. Of those that wait for an agent the one after the
/// open one is next, so that repeating the key goes through them. Both lists are in order, longest first.
pub fn next<'a>(
    reply_now: &'a [Row],
    unassigned: &'a [Row],
    open: Option<&ConversationId>,
) -> Option<&'a ConversationId> {
    let own = reply_now.iter().find(|row| row.ending.is_none() && Some(&row.id) != open);
    let at = open.and_then(|open| unassigned.iter().position(|row| row.id == *open));
    let after = at.and_then(|at| unassigned.get(at + 1));
    own.or(after).or(unassigned.first()).map(|row| &row.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        conversation::EndingKind,
        desk::{EndingMark, RowState},
        time::Timestamp,
    };

    fn row(id: &str) -> Row {
        Row::sample(id, RowState::Waiting)
    }

    fn found(reply_now: &[Row], unassigned: &[Row], open: Option<&str>) -> Option<String> {
        next(reply_now, unassigned, open.map(ConversationId::from).as_ref()).map(ToString::to_string)
    }

    #[test]
    fn customers_who_wait_for_the_viewers_reply_come_first() {
        let mine = [row("cnv_old"), row("cnv_new")];
        let unassigned = [row("cnv_waits")];
        assert_eq!(found(&mine, &unassigned, None).as_deref(), Some("cnv_old"));
        assert_eq!(found(&mine, &unassigned, Some("cnv_old")).as_deref(), Some("cnv_new"));
        assert_eq!(found(&mine[..1], &unassigned, Some("cnv_old")).as_deref(), Some("cnv_waits"));
    }

    #[test]
    fn after_a_close_a_customer_who_waits_is_next() {
        // given a conversation whose close is pending, and one that has waited for a shorter time
        let mark = EndingMark {
            id: "end_1".into(),
            kind: EndingKind::Close,
            agent: "agt_me".into(),
            name: "Ana".into(),
            due_at: Timestamp(8_000),
        };
        let mine = [Row { ending: Some(mark), ..row("cnv_closing") }, row("cnv_mine")];
        let unassigned = [row("cnv_waits")];
        // then the other one is next, also after the close took effect and only the closed conversation is open
        assert_eq!(found(&mine, &unassigned, Some("cnv_closing")).as_deref(), Some("cnv_mine"));
        assert_eq!(found(&mine[1..], &unassigned, Some("cnv_closed")).as_deref(), Some("cnv_mine"));
        assert_eq!(found(&[], &unassigned, Some("cnv_closed")).as_deref(), Some("cnv_waits"));
        assert_eq!(found(&[], &[], Some("cnv_closed")), None);
    }

    #[test]
    fn waiting_ones_follow_in_their_order_and_begin_again() {
        let unassigned = [row("cnv_a"), row("cnv_b")];
        assert_eq!(found(&[], &unassigned, None).as_deref(), Some("cnv_a"));
        assert_eq!(found(&[], &unassigned, Some("cnv_a")).as_deref(), Some("cnv_b"));
        assert_eq!(found(&[], &unassigned, Some("cnv_b")).as_deref(), Some("cnv_a"));
        assert_eq!(found(&[], &unassigned[..1], Some("cnv_a")).as_deref(), Some("cnv_a"));
        assert_eq!(found(&[], &[], Some("cnv_a")), None);
    }
}
