//! Which of the viewer's conversations hold news that they have not seen, on every page.

use std::collections::BTreeSet;

use crate::domain::{
    desk::{Changes, Row, RowState},
    ids::{AgentId, ConversationId},
};

/// The set after a frame; `None` if the frame does not change it.
pub fn after(
    known: &BTreeSet<ConversationId>,
    changes: &Changes,
    viewer: &AgentId,
) -> Option<BTreeSet<ConversationId>> {
    let mut next = known.clone();
    for row in &changes.rows {
        match has_news(row, viewer) {
            true => next.insert(row.id.clone()),
            false => next.remove(&row.id),
        };
    }
    for id in &changes.removed {
        next.remove(id);
    }
    (next != *known).then_some(next)
}

fn has_news(row: &Row, viewer: &AgentId) -> bool {
    row.unread > 0 && matches!(&row.state, RowState::Claimed { agent, .. } if agent == viewer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, agent: &str, unread: i64) -> Row {
        let state = RowState::Claimed { agent: agent.into(), name: agent.to_owned() };
        Row { unread, ..Row::sample(id, state) }
    }

    #[test]
    fn it_holds_the_viewers_conversations_with_news() {
        let viewer = AgentId::from("agt_ana");
        let frame = |rows| Changes { rows, ..Changes::default() };
        let of = |ids: &[&str]| -> BTreeSet<ConversationId> { ids.iter().map(|id| (*id).into()).collect() };
        let waiting = Row { unread: 2, ..Row::sample("cnv_c", RowState::Waiting) };
        let rows = vec![row("cnv_a", "agt_ana", 1), row("cnv_b", "agt_ben", 1), waiting];
        let known = after(&of(&[]), &frame(rows), &viewer).expect("changes");
        assert_eq!(known, of(&["cnv_a"]));
        assert_eq!(after(&known, &frame(vec![row("cnv_a", "agt_ana", 2)]), &viewer), None);
        // Seen, taken over, or removed.
        for rows in [vec![row("cnv_a", "agt_ana", 0)], vec![row("cnv_a", "agt_ben", 2)]] {
            assert_eq!(after(&known, &frame(rows), &viewer), Some(of(&[])));
        }
        let removed = Changes { removed: vec!["cnv_a".into()], ..Changes::default() };
        assert_eq!(after(&known, &removed, &viewer), Some(of(&[])));
    }
}
