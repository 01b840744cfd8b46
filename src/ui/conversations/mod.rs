//! The Conversations page: the list, the open conversation, and the strip of waiting handoffs.
//!
//! `page` is the route, and `outbound` that of a new conversation. `list` and `thread` are the two columns; `composer` and `dossier` belong to the thread;
//! `splitter` changes the widths of the list and the dossier. `call_strip` and the list of acts that can be undone
//! (`undo`) are drawn by the layout, on every page. `activity` tells colleagues what the viewer looks at.

pub mod activity;
pub mod call_strip;
pub mod composer;
pub mod dossier;
pub mod key_list;
pub mod list;
pub mod outbound;
pub mod page;
pub mod pane_focus;
pub mod read_ahead;
pub mod reply_price;
pub mod setup;
pub mod splitter;
pub mod thread;
pub mod undo;

use crate::domain::ids::ConversationId;

/// The page on which an agent writes first.
pub const NEW_CONVERSATION: &str = "/new-conversation";

/// The address of a conversation, with the list unfiltered.
pub fn address(id: &ConversationId) -> String {
    format!("{}/{id}", list::DESK)
}
