//! The keywords page, and the result of its message test.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::ChannelId,
    keyword::{Found, Keyword},
};

/// The keywords page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keywords {
    /// In the order in which they are tried.
    pub rules: Vec<KeywordRow>,
    pub channels: Vec<(ChannelId, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeywordRow {
    pub rule: Keyword,
    /// How many handoffs it triggered in the last 30 days.
    pub fired: i64,
    /// Warns that the rule matches everyday messages.
    pub warning: Option<String>,
    /// Everyday forms of the phrase that the rule matches too.
    pub heard: Vec<String>,
    /// Everyday forms of the phrase that the rule does not match.
    pub missed: Vec<String>,
}

/// The result of testing a message against the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The first rule that matches, and the matched byte range of the message.
    pub fires: Option<(Keyword, Found)>,
    /// Which form of the phrase the customer wrote, as the end of a sentence; `None` if it is the phrase itself.
    pub why: Option<String>,
    pub online: i64,
    /// The text the customer would receive next, if it is one of the tenant's own texts.
    pub answer: Option<String>,
    /// The customer's language; `None` if unknown.
    pub language: Option<String>,
    /// What answers if no rule matches.
    pub next: Next,
}

/// What answers a customer's first message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "next", rename_all = "snake_case")]
pub enum Next {
    Flow { name: String },
    Model,
    Text,
}
