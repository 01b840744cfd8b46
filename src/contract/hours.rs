//! The opening hours page.

use serde::{Deserialize, Serialize};

use crate::domain::{calendar::Calendar, time::Timestamp};

/// The hours page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    pub calendar: Calendar,
    pub zone: String,
    pub now: RightNow,
}

/// Whether the tenant is open under the saved hours, at the time of the read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightNow {
    pub open: bool,
    /// `closes today at 18:00`, in the tenant's time zone.
    pub description: String,
    /// When this state ends.
    pub until: Option<Timestamp>,
}
