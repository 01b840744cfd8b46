//! The list of acts that can be undone. Draws nothing.
//!
//! A pending ending is in the list for as long as its row carries it. Releases, takeovers and snoozes have taken
//! effect; they are offered for the viewer's undo time.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::conversation::{undo_ending, undo_release, undo_take_over, unsnooze},
    contract::ApiError,
    domain::{
        conversation::{EndingKind, Epoch},
        desk::{Changes, EndingMark, Row},
        ids::{AgentId, ConversationId, EndingId},
        time::{Span, Timestamp},
    },
    ui::{kit::ToastTone, state::AppState},
};

/// An act of the viewer that can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoable {
    pub conversation: ConversationId,
    /// The customer's name.
    pub name: String,
    pub act: UndoableAct,
    /// When a pending ending takes effect, else when *Undo* is no longer offered.
    pub until: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoableAct {
    /// It has not taken effect yet.
    Ending {
        id: EndingId,
        kind: EndingKind,
    },
    Released {
        epoch: Epoch,
    },
    TookOver {
        epoch: Epoch,
    },
    Snoozed,
}

impl Undoable {
    /// The pending ending of a row, if `viewer` pressed it.
    fn ending(row: &Row, viewer: &AgentId) -> Option<Self> {
        let EndingMark { id, kind, agent, due_at, .. } = row.ending.clone()?;
        (agent == *viewer).then(|| Self {
            conversation: row.id.clone(),
            name: row.name.clone(),
            act: UndoableAct::Ending { id, kind },
            until: due_at,
        })
    }

    fn is_pending(&self) -> bool {
        matches!(self.act, UndoableAct::Ending { .. })
    }

    /// What happens or happened, before the customer's name.
    pub fn words(&self) -> &'static str {
        match self.act {
            UndoableAct::Ending { kind: EndingKind::Close, .. } => "Closing",
            UndoableAct::Ending { kind: EndingKind::ReturnToBot, .. } => "Returning to the bot:",
            UndoableAct::Released { .. } => "Released",
            UndoableAct::TookOver { .. } => "You took over",
            UndoableAct::Snoozed => "Snoozed",
        }
    }
}

/// The pending endings of these rows that the viewer pressed.
pub fn endings_of(rows: &[Row], viewer: &AgentId) -> Vec<Undoable> {
    rows.iter().filter_map(|row| Undoable::ending(row, viewer)).collect()
}

/// How long the viewer can undo an act.
pub fn undo_time(app: AppState) -> Span {
    Span::seconds(app.viewer.with_untracked(|viewer| viewer.undo_seconds))
}

/// Lists an act. It replaces what was listed for its conversation.
pub fn offer(app: AppState, act: Undoable) {
    // The response may arrive after the layout was left.
    let _left = app.undoable.try_update(|list| {
        list.retain(|other| other.conversation != act.conversation);
        list.push(act);
    });
}

/// A snooze that the viewer has ended otherwise leaves the list.
pub fn withdraw_snooze(app: AppState, conversation: &ConversationId) {
    let _left = app.undoable.try_update(|list| {
        list.retain(|act| act.conversation != *conversation || act.act != UndoableAct::Snoozed);
    });
}

/// Takes the pending endings of a live frame, and tells the viewer which ones were cancelled.
pub fn receive(app: AppState, changes: &Changes) {
    apply(app, changes);
    let viewer = app.me();
    for cancelled in changes.cancelled.iter().filter(|cancelled| cancelled.agent == viewer) {
        let name = changes.rows.iter().find(|row| row.id == cancelled.conversation).map(|row| row.name.as_str());
        let words = match name {
            // Isolated, because a name may run from right to left.
            Some(name) => format!("\u{2068}{name}\u{2069}: {}", cancelled.detail),
            None => cancelled.detail.clone(),
        };
        app.toast(ToastTone::Error, words);
    }
}

/// Takes the pending endings of a live frame.
pub fn apply(app: AppState, changes: &Changes) {
    let viewer = app.me();
    if let Some(list) = app.undoable.with_untracked(|list| after(list, changes, &viewer)) {
        app.undoable.set(list);
    }
}

/// The list after a frame; `None` if the frame does not change it.
fn after(list: &[Undoable], changes: &Changes, viewer: &AgentId) -> Option<Vec<Undoable>> {
    let mut next = list.to_vec();
    for row in &changes.rows {
        let ending = Undoable::ending(row, viewer);
        let known = next.iter().position(|act| act.conversation == row.id && (act.is_pending() || ending.is_some()));
        match (known, ending) {
            (Some(at), Some(ending)) => next[at] = ending,
            (Some(at), None) => {
                next.remove(at);
            }
            (None, Some(ending)) => next.push(ending),
            (None, None) => {}
        }
    }
    next.retain(|act| !changes.removed.contains(&act.conversation));
    (next != list).then_some(next)
}

/// Replaces the pending endings by those that were just read.
pub fn replace_endings(app: AppState, rows: &[Row]) {
    let endings = endings_of(rows, &app.me());
    app.undoable.update(|list| {
        list.retain(|act| !act.is_pending());
        list.extend(endings);
    });
}

/// Undoes the act that is listed for a conversation. It leaves the list at once, so that a second press does nothing,
/// and returns if the server was not reached.
pub fn undo_of(app: AppState, conversation: &ConversationId) {
    let listed = app.undoable.with_untracked(|list| list.iter().find(|act| act.conversation == *conversation).cloned());
    if let Some(act) = listed {
        undo(app, act);
    }
}

/// As [`undo_of`], for one act of the list.
pub fn undo(app: AppState, act: Undoable) {
    let listed = app.undoable.with_untracked(|list| list.contains(&act));
    if !listed {
        return;
    }
    app.undoable.update(|list| list.retain(|other| *other != act));
    spawn_local(async move {
        let id = act.conversation.clone();
        let answer = match act.act.clone() {
            UndoableAct::Ending { id: ending, .. } => undo_ending(id, ending).await,
            UndoableAct::Released { epoch } => undo_release(id, epoch).await,
            UndoableAct::TookOver { epoch } => undo_take_over(id, epoch).await,
            UndoableAct::Snoozed => unsnooze(id).await,
        };
        let Err(error) = answer else { return };
        // The layout may be gone when the response arrives.
        if app.undoable.is_disposed() {
            return;
        }
        if matches!(error, ApiError::Offline | ApiError::Internal) {
            offer(app, act);
        }
        app.show_error(&error);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::desk::RowState;

    fn me() -> AgentId {
        AgentId::from("agt_me")
    }

    fn row(id: &str, pressed_by: Option<&str>) -> Row {
        let ending = pressed_by.map(|agent| EndingMark {
            id: EndingId::from("end_1"),
            kind: EndingKind::Close,
            agent: agent.into(),
            name: "Ana".into(),
            due_at: Timestamp(8_000),
        });
        Row { ending, ..Row::sample(id, RowState::Waiting) }
    }

    fn released(id: &str) -> Undoable {
        Undoable {
            conversation: id.into(),
            name: "Maria".into(),
            act: UndoableAct::Released { epoch: Epoch(3) },
            until: Timestamp(8_000),
        }
    }

    #[test]
    fn an_ending_is_listed_while_its_row_has_it_and_only_for_who_pressed() {
        // given a frame with an ending of the viewer and one of a colleague
        let rows = vec![row("cnv_a", Some("agt_me")), row("cnv_b", Some("agt_ben"))];
        let frame = Changes { rows, ..Changes::default() };
        // when it arrives, then the viewer's is listed, once
        let list = after(&[], &frame, &me()).unwrap();
        assert_eq!(list.iter().map(|act| act.conversation.as_str()).collect::<Vec<_>>(), ["cnv_a"]);
        assert_eq!(after(&list, &frame, &me()), None);
        // when the row comes without it, then it is gone
        let done = Changes { rows: vec![row("cnv_a", None)], ..Changes::default() };
        assert_eq!(after(&list, &done, &me()), Some(Vec::new()));
    }

    #[test]
    fn a_release_stays_listed_when_its_row_arrives_and_goes_with_a_merged_conversation() {
        let list = [released("cnv_a")];
        let arrived = Changes { rows: vec![row("cnv_a", None)], ..Changes::default() };
        assert_eq!(after(&list, &arrived, &me()), None);
        let merged = Changes { removed: vec!["cnv_a".into()], ..Changes::default() };
        assert_eq!(after(&list, &merged, &me()), Some(Vec::new()));
    }
}
