//! The audit page: paged lines of who changed what.

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
    /// The number that Meta reports something about, or a number of the account.
    pub number: Option<String>,
    pub conversation: Option<ConversationId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub lines: Vec<AuditLine>,
    /// Cursor of the next, older page.
    pub older: Option<Seq>,
}
