//! Offers acts to be undone, and undoes them. Draws nothing.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::conversation::{undo_ending, undo_release, undo_take_over, unsnooze},
    contract::ApiError,
    domain::{ids::ConversationId, time::Span},
    ui::state::{AppState, Undoable, UndoableAct},
};

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
