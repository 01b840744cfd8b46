//! What live frames say about the viewer's own conversations, on every page: which hold news that they have not seen,
//! and which were returned to Unassigned while they were gone; and which notes mention the viewer.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::AppState;
use crate::domain::{
    alert::{AlertCause, Mention, ReturnedConversation},
    desk::{Changes, Row, RowState},
    ids::{AgentId, ConversationId},
};

impl AppState {
    /// Takes what a live frame says about the viewer's own conversations.
    pub(super) fn apply_own(&self, changes: &Changes) {
        let viewer = self.me();
        if let Some(unread) = self.unread.with_untracked(|known| unread_after(known, changes, &viewer)) {
            self.unread.set(unread);
        }
        let returned = returned_of(changes, &viewer);
        if !returned.is_empty() {
            self.returned.update(|list| {
                list.retain(|known| returned.iter().all(|new| new.id != known.id));
                list.extend(returned);
            });
        }
        let mentions = mentions_of(changes, &viewer);
        if !mentions.is_empty() {
            self.mentions.update(|list| {
                list.retain(|known| mentions.iter().all(|new| new.note != known.note));
                list.extend(mentions);
            });
        }
    }
}

/// The conversations with news after a frame; `None` if the frame does not change them.
fn unread_after(
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

/// The conversations of a frame that were returned while the viewer was gone.
fn returned_of(changes: &Changes, viewer: &AgentId) -> Vec<ReturnedConversation> {
    let returned = changes.alerts.iter().filter(|alert| alert.agent == *viewer && alert.cause == AlertCause::Returned);
    let named = returned.filter_map(|alert| {
        let row = changes.rows.iter().find(|row| row.id == alert.conversation)?;
        Some(ReturnedConversation { id: row.id.clone(), name: row.name.clone() })
    });
    named.collect()
}

/// The notes of a frame that mention the viewer.
fn mentions_of(changes: &Changes, viewer: &AgentId) -> Vec<Mention> {
    let own = changes.alerts.iter().filter(|alert| alert.agent == *viewer);
    let mentions = own.filter_map(|alert| {
        let AlertCause::Mentioned { by, note } = &alert.cause else { return None };
        let row = changes.rows.iter().find(|row| row.id == alert.conversation)?;
        Some(Mention { note: note.clone(), conversation: row.id.clone(), name: row.name.clone(), by: by.clone() })
    });
    mentions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{alert::Alert, ids::Seq};

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
        let known = unread_after(&of(&[]), &frame(rows), &viewer).expect("changes");
        assert_eq!(known, of(&["cnv_a"]));
        assert_eq!(unread_after(&known, &frame(vec![row("cnv_a", "agt_ana", 2)]), &viewer), None);
        // Seen, taken over, or removed.
        for rows in [vec![row("cnv_a", "agt_ana", 0)], vec![row("cnv_a", "agt_ben", 2)]] {
            assert_eq!(unread_after(&known, &frame(rows), &viewer), Some(of(&[])));
        }
        let removed = Changes { removed: vec!["cnv_a".into()], ..Changes::default() };
        assert_eq!(unread_after(&known, &removed, &viewer), Some(of(&[])));
    }

    #[test]
    fn an_agent_is_told_of_their_own_returned_conversations_and_mentions() {
        let alert = |agent: &str, conversation: &str, cause| Alert {
            agent: agent.into(),
            conversation: conversation.into(),
            seq: Seq(1),
            cause,
        };
        let changes = Changes {
            rows: vec![Row::sample("cnv_a", RowState::Waiting), Row::sample("cnv_b", RowState::Waiting)],
            alerts: vec![
                alert("agt_ana", "cnv_a", AlertCause::Returned),
                alert("agt_ben", "cnv_b", AlertCause::Returned),
                alert("agt_ana", "cnv_b", AlertCause::CustomerWrote),
                alert("agt_ben", "cnv_b", AlertCause::Mentioned { by: "Ana".to_owned(), note: "not_1".into() }),
            ],
            ..Changes::default()
        };
        let expected = ReturnedConversation { id: "cnv_a".into(), name: "Maria".to_owned() };
        assert_eq!(returned_of(&changes, &"agt_ana".into()), [expected]);
        // A note mentions only those whom it names.
        let mention = Mention {
            note: "not_1".into(),
            conversation: "cnv_b".into(),
            name: "Maria".to_owned(),
            by: "Ana".to_owned(),
        };
        assert_eq!(mentions_of(&changes, &"agt_ben".into()), [mention]);
        assert_eq!(mentions_of(&changes, &"agt_ana".into()), []);
    }
}
