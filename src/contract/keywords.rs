//! The keywords page, and what its test of a message returns.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::ChannelId,
    keyword::{Found, Keyword},
};

/// The keywords page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keywords {
    /// In the order they are tried.
    pub rules: Vec<KeywordRow>,
    pub channels: Vec<(ChannelId, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeywordRow {
    pub rule: Keyword,
    /// How often it called a person in the last 30 days.
    pub fired: i64,
    /// It would fire on everyday messages.
    pub warning: Option<String>,
}

/// What would happen to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The rule that fires first, and the bytes of the message it fires on.
    pub fires: Option<(Keyword, Found)>,
    pub online: i64,
    /// The text the customer would get next, if it is one of the tenant's own.
    pub answer: Option<String>,
    /// The language the customer counts as speaking; `None`: not known.
    pub language: Option<String>,
    /// Who goes on where no rule fires.
    pub next: Next,
}

/// What the bot answers a first message with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "next", rename_all = "snake_case")]
pub enum Next {
    Flow { name: String },
    Model,
    Text,
}
