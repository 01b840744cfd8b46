//! The audit page: who did what, a page of lines at a time.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{ConversationId, Seq},
    time::Timestamp,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    pub seq: Seq,
    pub at: Timestamp,
    pub who: String,
    pub what: String,
    pub conversation: Option<ConversationId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub lines: Vec<AuditLine>,
    /// Where the next page begins.
    pub older: Option<Seq>,
}
