//! The page of WhatsApp numbers.

use serde::{Deserialize, Serialize};

use crate::domain::{ids::ChannelId, time::Timestamp};

/// A number of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRow {
    pub id: ChannelId,
    pub name: String,
    /// As it is shown to people.
    pub phone: String,
    /// Why it cannot send, if it cannot.
    pub fault: Option<String>,
    /// When another app was first seen on it.
    pub shared_since: Option<Timestamp>,
}
