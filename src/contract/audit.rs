//! The audit page: paged lines of who changed what, and their filter.

use serde::{Deserialize, Serialize};

use crate::domain::{
    event::AuditKind,
    ids::{AgentId, ConversationId, Seq},
    time::Timestamp,
};

/// Which entries are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// What this person did.
    pub agent: Option<AgentId>,
    pub kind: Option<AuditKind>,
    /// The first and the last day, as `2026-11-22`.
    pub from: Option<String>,
    pub to: Option<String>,
    /// Only older entries: the cursor of a page.
    pub before: Option<Seq>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    pub seq: Seq,
    pub at: Timestamp,
    pub who: String,
    pub what: String,
    /// The name of the customer, person or setting that it is about, as it is called now.
    pub about: Option<String>,
    pub conversation: Option<ConversationId>,
    /// From where it was done, if that is known.
    pub address: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub lines: Vec<AuditLine>,
    /// Cursor of the next, older page.
    pub older: Option<Seq>,
}
