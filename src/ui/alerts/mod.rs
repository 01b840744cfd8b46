//! What calls the viewer's attention to their own conversations: a soft sound, a desktop notification, the counts in
//! the title and in the tab's icon, and the notice of what was returned to Unassigned.
//!
//! `mine.rs` hears the live alerts; `returned.rs` is the notice; `mentions.rs` counts notes that mention the viewer; `ui/state/own_conversations.rs` keeps which
//! conversations hold news. Calls for any agent are announced elsewhere: [`concerns`] and [`is_heard`] say whether they
//! concern the viewer.
//!
//! What is heard and shown is a part of the extras. The sets that it depends on follow every frame from the first one.

mod icon;
mod mentions;
mod mine;
mod returned;

pub use self::{
    mentions::MentionsLink,
    mine::{MineAlerts, follow},
    returned::ReturnedNotice,
};

use leptos::prelude::*;

use crate::{
    domain::{alert::AlertKind, desk::Row, ids::AgentId},
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::desk::RowState;

    #[test]
    fn a_release_is_news_for_everybody_else() {
        let released = Row { released_by: Some("agt_ana".into()), ..Row::sample("cnv_a", RowState::Waiting) };
        assert!(!concerns(&released, &"agt_ana".into()));
        assert!(concerns(&released, &"agt_ben".into()));
        assert!(concerns(&Row::sample("cnv_a", RowState::Waiting), &"agt_ana".into()));
    }
}
