//! The list: groups of conversations, their filters, and rows that do not move under the pointer.
//!
//! `pane` puts the parts together, `listing` holds the state, `query` reads and writes the address. To add a filter: a
//! field of `domain::desk::Filter`, its condition in `store/tables/desk/conditions.rs`, its key in `query`, its control
//! in `filters`, its words in `applied`. To add a tag to a row: a function in `tags`. `stillness` says how long rows
//! may not move, and `steady` how they do.
//!
//! Groups and rows, search field and status are there with the page. The keys, how rows move, the filters, the results
//! of a search and why the list is empty are pieces of the extras.

mod announcer;
mod applied;
mod chips;
mod empty;
mod filters;
mod form;
mod found_rows;
mod groups;
mod keys;
mod listing;
mod narrowing;
mod next;
mod order;
mod own_act;
mod pane;
mod pill;
mod query;
mod results;
mod row;
mod search;
mod steady;
mod stillness;
mod tags;

/// The element's id of the whole list.
pub const LIST: &str = "desk-list";
/// The element's id of what scrolls: the rows.
pub const ROWS: &str = "desk-rows";

pub use empty::{NoConversation, NoRows, NothingOpen};
pub use found_rows::{FoundRows, marked, note_by, state_words};
pub use keys::ListKeys;
pub use listing::Listing;
pub use narrowing::Narrowing;
pub use pane::ListPane;
pub use query::{DESK, DeskLocation, use_desk_location};
pub use results::{SearchAnswer, joined};
