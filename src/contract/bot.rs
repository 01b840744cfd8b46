//! The bot page: the language model, what it may call, its secrets, and a test question.
//!
//! Keys and secrets go to the server and never come back: a page learns whether one is set, and when.

use serde::{Deserialize, Serialize};

use crate::domain::{
    model::{ModelSettings, ToolDefinition},
    time::Timestamp,
};

/// The bot page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bot {
    pub model: ModelSettings,
    pub key: KeyState,
    /// Tokens of today, in the tenant's zone.
    pub used_today: u64,
    /// By name.
    pub tools: Vec<ToolRow>,
    /// By name.
    pub secrets: Vec<SecretRow>,
}

/// What a page may know of the model's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Missing,
    /// Set, and since when if that is known.
    Set(Option<Timestamp>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRow {
    pub tool: ToolDefinition,
    /// Secrets that it names and that are not set.
    pub missing: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRow {
    pub name: String,
    pub changed: Timestamp,
    /// Tools and live flows that name it.
    pub used_by: Vec<String>,
}

/// What a question to the model came to. Nothing was sent, and no tool was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// What the customer would read.
    pub answer: Option<String>,
    /// What would happen besides, as a sentence.
    pub then: Option<String>,
    /// Calls that the model made, which were not carried out.
    pub calls: Vec<TrialCall>,
    /// Why there is no answer, as a sentence.
    pub fault: Option<String>,
    /// They count for the day, as any other.
    pub tokens: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialCall {
    pub name: String,
    /// JSON, for people.
    pub arguments: String,
}
