//! Pieces that pages are made of: a file per piece, a folder where a piece has parts.

pub mod avatar;
pub mod calls;
pub mod icon;
pub mod key_list;
pub mod list;
pub mod shell;
pub mod thread;
