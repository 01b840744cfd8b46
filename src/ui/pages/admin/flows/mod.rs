//! Flows: the list, and the editor of one.

mod editor;
mod import;
mod list;

pub use self::{editor::FlowEditorPage, list::FlowsPage};
