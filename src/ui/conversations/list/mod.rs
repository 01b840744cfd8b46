//! The list of the desk: groups of conversations, their filters, and what keeps the list calm while the world moves.
//!
//! `pane` puts the parts together; `listing` is the state behind them and `query` its address. What never lives here:
//! the thread, and what an agent may do with a conversation. To add a filter: a field of `domain::desk::Filter`, its key
//! in `query`, its control in `filters`. To add a tag to a row: a function in `tags`.

mod chips;
mod empty;
mod filters;
mod form;
mod groups;
mod keys;
mod listing;
mod pane;
mod pill;
mod query;
mod row;
mod search;
mod tags;

pub use empty::NothingOpen;
pub use pane::ListPane;
pub use query::{DeskLocation, use_desk_location};
