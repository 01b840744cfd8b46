//! The report of what messages cost.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{ChannelId, ConversationId},
    report::cost::{
        CostSum, FreePart,
        list::{CostKey, CostListQuery, CostPart},
        month::CostMonth,
        tips::CostTip,
    },
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
    pub categories: Vec<CostLine>,
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

/// What a flow, an agent, a market or a category costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    pub name: String,
    /// Whose messages they are.
    pub part: CostPart,
    pub sum: CostSum,
}

/// The messages behind a number of the report: its number again, and a page of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostList {
    /// What was asked for, as far as it could be followed.
    pub query: CostListQuery,
    pub notes: Vec<String>,
    /// What narrows the list, in words.
    pub about: Vec<String>,
    pub zone: String,
    pub progress: CostProgress,
    pub currency: Option<String>,
    /// How many messages it has.
    pub n: i64,
    /// Nothing for messages that WhatsApp has told no price of.
    pub sum: CostSum,
    /// How many conversations they belong to, where the report has this number.
    pub conversations: Option<i64>,
    pub handoffs: Option<i64>,
    /// The newest first.
    pub rows: Vec<CostListRow>,
    /// The cursor of the next page.
    pub next: Option<CostKey>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostListRow {
    /// Of the row within the list.
    pub key: String,
    pub at: Timestamp,
    /// In the tenant's zone.
    pub when: String,
    /// Its price, or why it has none.
    pub cost: String,
    pub who: String,
    /// `None`: the conversation is gone.
    pub customer: Option<String>,
    pub conversation: ConversationId,
    /// The message in the thread.
    pub anchor: String,
    pub country: String,
    /// WhatsApp's words, if it told a price.
    pub category: String,
    pub kind: String,
    pub model: String,
}
