//! The page of the viewer's own account.

use serde::{Deserialize, Serialize};

use crate::domain::{ids::SessionId, time::Timestamp};

/// A sign-in of the viewer that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSession {
    pub id: SessionId,
    /// The browser and its system, in words.
    pub device: String,
    /// From where the viewer signed in.
    pub address: Option<String>,
    pub started: Timestamp,
    /// When it was last used, to a few minutes.
    pub used: Timestamp,
    /// Whether the call came from it.
    pub is_this: bool,
}
