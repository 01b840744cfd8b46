//! Saved replies: what an agent may insert, and what an import did.

use serde::{Deserialize, Serialize};

use crate::domain::saved_reply::search::ListedReply;

/// What the caller may insert: the replies for everyone, and their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedReplies {
    /// Another one after every change. A page that knows the newest is not told the replies again.
    pub mark: String,
    /// By name.
    pub replies: Vec<ListedReply>,
    /// Whether the caller may write, change and remove those for everyone.
    pub may_share: bool,
}

/// What an import did, in replies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    pub added: usize,
    pub changed: usize,
    /// They were there as they are in the file.
    pub unchanged: usize,
    /// Of all these, those that name attached files which they do not have: a CSV file cannot contain any.
    pub without_files: usize,
}
