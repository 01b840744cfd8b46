//! What the viewer did and can still undo: pending closes and returns to the bot, releases, takeovers and snoozes.
//!
//! `ui/state/undoable.rs` keeps the list, from the responses and the live rows; `list.rs` draws it, on every page, and
//! `state.rs` undoes its acts. The rules are the server's: an undo is a command that may be refused. To add an act: a
//! variant of [`UndoableAct`] with its words and its call.

mod list;
mod state;

pub use self::{
    list::{UNDO_LIST, UndoList},
    state::{offer, undo_of, undo_time, withdraw_snooze},
};
pub use crate::ui::state::{Undoable, UndoableAct, endings_of};
