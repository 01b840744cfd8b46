//! The page of WhatsApp numbers.

use serde::{Deserialize, Serialize};

use crate::domain::{ids::ChannelId, report::cost::FreePart, time::Timestamp};

/// A number of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRow {
    pub id: ChannelId,
    pub name: String,
    /// As it is shown to people.
    pub phone: String,
    /// Why it cannot send, if it cannot.
    pub fault: Option<String>,
    /// What an admin does about it, beyond what the fault says.
    pub remedy: Option<String>,
    /// Of this month's free messages.
    pub free_part: FreePart,
    /// When another app was first seen on it.
    pub shared_since: Option<Timestamp>,
}
