//! The report of what messages cost.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::ChannelId,
    report::cost::{CostSum, FreePart, month::CostMonth, tips::CostTip},
    time::Timestamp,
};

/// The costs of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostPage {
    pub month: CostMonth,
    /// The next month, if it has begun.
    pub newer: Option<CostMonth>,
    /// The tenant's zone, in which the month is one.
    pub zone: String,
    /// The number that it is about; `None` for all.
    pub channel: Option<ChannelId>,
    pub channels: Vec<(ChannelId, String)>,
    /// A sentence for each change of what was asked for.
    pub notes: Vec<String>,
    pub progress: CostProgress,
    /// `None` without prices: then messages are only counted.
    pub currency: Option<String>,
    pub numbers: Vec<NumberCost>,
    pub total: CostSum,
    pub people: CostSum,
    pub bot: CostSum,
    pub notices: CostSum,
    pub conversations: CostShare,
    pub handoffs: CostShare,
    pub flows: Vec<CostLine>,
    pub agents: Vec<CostLine>,
    pub markets: Vec<CostLine>,
    /// Messages that staff typed in the WhatsApp app, which cost nothing.
    pub in_app: i64,
    /// Other messages that were sent and of which WhatsApp told no price.
    pub without_price: i64,
    pub tips: Vec<CostTip>,
}

/// How complete the numbers are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostProgress {
    /// Since when prices have been recorded, if that is within the month or after it.
    pub recorded_since: Option<Timestamp>,
    /// The log was not counted to its end.
    pub is_behind: bool,
    /// Until when it was counted, if it is behind.
    pub counted_until: Option<Timestamp>,
}

/// The month of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberCost {
    pub channel: ChannelId,
    pub name: String,
    /// As it is shown to people.
    pub phone: String,
    pub sum: CostSum,
    pub free_part: FreePart,
    /// What happened and what to do, if WhatsApp refuses messages because they are not paid.
    pub unpaid: Option<String>,
}

/// What conversations or handoffs cost together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostShare {
    /// How many they are.
    pub n: i64,
    pub sum: CostSum,
}

/// What a flow, an agent or a market costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    pub name: String,
    pub sum: CostSum,
}
