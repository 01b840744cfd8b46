//! The opening hours page.

use serde::{Deserialize, Serialize};

use crate::domain::{calendar::Calendar, time::Timestamp};

/// The hours page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    pub calendar: Calendar,
    pub zone: String,
    pub now: RightNow,
}

/// Whether the tenant is open by the saved hours, at the moment of reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightNow {
    pub open: bool,
    /// `closes today at 18:00`, by the tenant's clocks.
    pub description: String,
    /// When this is true no longer.
    pub until: Option<Timestamp>,
}
