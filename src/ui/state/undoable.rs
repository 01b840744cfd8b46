//! What the viewer did and can undo: the list, from the responses and the live rows. `conversations/undo` draws it.
//!
//! A pending ending is in the list for as long as its row carries it. Releases, takeovers and snoozes have taken
//! effect; they are offered for the viewer's undo time.

use leptos::prelude::*;

use super::{AppState, ToastEnd, ToastTone};
use crate::domain::{
    conversation::{EndingKind, Epoch},
    desk::{Changes, EndingMark, Row},
    ids::{AgentId, ConversationId, EndingId},
    time::Timestamp,
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

impl AppState {
    /// Takes the pending endings of a live frame, and tells the viewer which ones were cancelled.
    pub(super) fn receive_endings(&self, changes: &Changes) {
        self.apply_endings(changes);
        let viewer = self.me();
        for cancelled in changes.cancelled.iter().filter(|cancelled| cancelled.agent == viewer) {
            let name = changes.rows.iter().find(|row| row.id == cancelled.conversation).map(|row| row.name.as_str());
            let words = match name {
                // Isolated, because a name may run from right to left.
                Some(name) => format!("\u{2068}{name}\u{2069}: {}", cancelled.detail),
                None => cancelled.detail.clone(),
            };
            self.toast_until(ToastEnd::Opened(cancelled.conversation.clone()), ToastTone::Error, words);
        }
        // Messages that were to be sent later, and ask what to do.
        for (conversation, step) in changes.scheduled.iter().filter(|(_, step)| step.agent == viewer) {
            if let Some(doubt) = step.doubt {
                let name = changes.rows.iter().find(|row| row.id == *conversation).map(|row| row.name.as_str());
                let name = name.map(|name| format!("\u{2068}{name}\u{2069}: ")).unwrap_or_default();
                let end = ToastEnd::Opened(conversation.clone());
                self.toast_until(end, ToastTone::Error, format!("{name}{}", doubt.sentence()));
            }
        }
    }

    /// Takes the pending endings of a live frame.
    pub(super) fn apply_endings(&self, changes: &Changes) {
        let viewer = self.me();
        if let Some(list) = self.undoable.with_untracked(|list| after(list, changes, &viewer)) {
            self.undoable.set(list);
        }
    }

    /// Replaces the pending endings by those that were just read.
    pub(super) fn replace_endings(&self, rows: &[Row]) {
        let endings = endings_of(rows, &self.me());
        self.undoable.update(|list| {
            list.retain(|act| !act.is_pending());
            list.extend(endings);
        });
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
