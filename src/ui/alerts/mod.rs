//! What calls the viewer's attention to their own conversations: a soft sound, a desktop notification, the counts in
//! the title and in the tab's icon, and the notice of what was returned to Unassigned.
//!
//! `mine.rs` hears the live alerts; `unread.rs` keeps which conversations hold news; `returned.rs` is the notice. Calls
//! for any agent are announced elsewhere: [`concerns`] and [`is_heard`] say whether they concern the viewer.
//!
//! What is heard and shown is a part of the extras. The sets that it depends on follow every frame from the first one.

mod icon;
mod mine;
mod returned;
mod unread;

pub use self::{
    mine::{MineAlerts, follow},
    returned::ReturnedNotice,
};

use leptos::prelude::*;

use crate::{
    domain::{
        alert::{AlertCause, AlertKind, ReturnedConversation},
        desk::{Changes, Row},
        ids::AgentId,
    },
    ui::state::AppState,
};

/// Whether a waiting conversation is news for the viewer: not if they released it themselves.
pub fn concerns(row: &Row, viewer: &AgentId) -> bool {
    row.released_by.as_ref() != Some(viewer)
}

/// Whether the viewer hears alerts of this kind. Does not track.
pub fn is_heard(app: AppState, kind: AlertKind) -> bool {
    app.viewer.with_untracked(|viewer| !viewer.silenced_alerts.contains(kind))
}

/// Takes what a live frame says about the viewer's own conversations.
pub fn apply(app: AppState, changes: &Changes) {
    let viewer = app.me();
    if let Some(unread) = app.unread.with_untracked(|known| unread::after(known, changes, &viewer)) {
        app.unread.set(unread);
    }
    let returned = returned_of(changes, &viewer);
    if !returned.is_empty() {
        app.returned.update(|list| {
            list.retain(|known| returned.iter().all(|new| new.id != known.id));
            list.extend(returned);
        });
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{alert::Alert, desk::RowState, ids::Seq};

    #[test]
    fn a_release_is_news_for_everybody_else() {
        let released = Row { released_by: Some("agt_ana".into()), ..Row::sample("cnv_a", RowState::Waiting) };
        assert!(!concerns(&released, &"agt_ana".into()));
        assert!(concerns(&released, &"agt_ben".into()));
        assert!(concerns(&Row::sample("cnv_a", RowState::Waiting), &"agt_ana".into()));
    }

    #[test]
    fn an_agent_is_told_of_their_own_returned_conversations() {
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
            ],
            ..Changes::default()
        };
        let expected = ReturnedConversation { id: "cnv_a".into(), name: "Maria".to_owned() };
        assert_eq!(returned_of(&changes, &"agt_ana".into()), [expected]);
    }
}
