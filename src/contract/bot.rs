//! The bot page: the language model, its tools, its secrets, and a test question.
//!
//! Keys and secrets are write-only: the page only learns whether one is set, and when it was set.

use serde::{Deserialize, Serialize};

use crate::domain::{
    model::{ModelSettings, ToolDefinition},
    time::Timestamp,
};

/// The bot page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotSettings {
    pub model: ModelSettings,
    pub key: KeyState,
    /// Tokens used today; the day is in the tenant's time zone.
    pub used_today: u64,
    /// Sorted by name.
    pub tools: Vec<ToolRow>,
    /// Sorted by name.
    pub secrets: Vec<SecretRow>,
}

/// What the page learns about the model's API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Missing,
    /// Set; the time is `None` if it is unknown.
    Set(Option<Timestamp>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRow {
    pub tool: ToolDefinition,
    /// Secrets that the tool references and that are not set.
    pub missing: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRow {
    pub name: String,
    /// The servers that it may be sent to, as people enter them. Empty for a secret of an older version that nothing
    /// used.
    pub hosts: Vec<String>,
    pub changed: Timestamp,
    /// Tools and live flows that reference it.
    pub used_by: Vec<String>,
}

/// The result of a test question to the model. Nothing was sent, and no tool was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelTrial {
    /// What the customer would read.
    pub answer: Option<String>,
    /// What else the answer would cause, as a sentence.
    pub then: Option<String>,
    /// Tool calls that the model requested. They were not executed.
    pub calls: Vec<TrialCall>,
    /// Why there is no answer, as a sentence.
    pub fault: Option<String>,
    /// They count against the daily budget.
    pub tokens: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialCall {
    pub name: String,
    /// JSON, formatted for display.
    pub arguments: String,
}
