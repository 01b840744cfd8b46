//! What goes into a turn and what comes out of it.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::built_in::Handoff;
use crate::{
    domain::{
        model::{ModelSettings, Provider, ToolDefinition},
        time::Span,
    },
    server::secret::Secret,
};

/// Which model to ask, and how.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub provider: Provider,
    /// Base of the server's API, version included.
    pub address: String,
    /// Empty for a server that wants none.
    pub key: Secret,
    pub model: String,
    /// In tenths.
    pub temperature: Option<u8>,
    /// Of one answer.
    pub max_tokens: u32,
    /// The whole turn, tools included.
    pub time_out: Span,
    /// Before the first word of each answer.
    pub silence: Span,
}

impl Endpoint {
    pub fn of(settings: &ModelSettings, key: Secret) -> Self {
        Self {
            provider: settings.provider,
            address: settings.base().to_owned(),
            key,
            model: settings.model.trim().to_owned(),
            temperature: settings.temperature,
            max_tokens: settings.max_tokens,
            time_out: settings.time_out,
            silence: settings.silence,
        }
    }
}

/// What the model is told.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    /// The tenant's instructions and what is known of the customer. How to answer is added here.
    pub system: String,
    /// Oldest first; the last is what is to be answered.
    pub said: Vec<Said>,
    /// Shared: a thousand turns wait for their model at once, and most offer the same tools.
    pub tools: Vec<Arc<ToolSpec>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Customer(String),
    /// By the bot, or by an agent.
    Bot(String),
    /// By nobody: something that happened between two messages, such as the end of a handoff.
    Marker(String),
}

/// A tool as the model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolSpec {
    pub name: String,
    pub description: String,
    /// JSON schema of the arguments.
    pub schema: Value,
}

impl From<&ToolDefinition> for ToolSpec {
    fn from(tool: &ToolDefinition) -> Self {
        Self { name: tool.name.clone(), description: tool.description.clone(), schema: tool.schema.clone() }
    }
}

/// A call the model made, to a tool that was offered, with arguments that fit its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// The model's own name for this call.
    pub id: String,
    pub name: String,
    /// An object.
    pub arguments: Value,
}

/// What a tool says to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolAnswer {
    /// Told to the model, as data. Failures of a tool are results too: the model may find another way.
    Result(String),
    /// The turn ends here, without another word of the model.
    End(End),
}

/// Carries out what the model asks for.
///
/// `handoff`, `close` and `finish` never come here: they end the turn and stand in [`Ended::end`]. `set_variable` does,
/// its arguments read with [`super::SetVariable::read`].
#[async_trait]
pub trait Tools: Send + Sync {
    /// A call that was begun is waited for, even if the turn is cancelled meanwhile; `left` is what is left of the turn's
    /// time, and no call may take longer.
    async fn call(&self, call: &ToolCall, left: Span) -> ToolAnswer;

    /// Tokens that a question cost, told as soon as it is known: a turn that breaks later has cost them too.
    async fn spent(&self, tokens: u64);

    /// What is left of the tenant's day, asked before each question: other conversations spend it too.
    async fn tokens_left(&self) -> u64;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Questions to the model in this turn.
    pub rounds: u32,
}

/// Why a turn ended without (or beside) an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A person is asked for.
    Handoff(Handoff),
    /// The conversation is over.
    Close,
    /// The model has done its part: the flow goes on.
    Finish,
}

/// A turn that went well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// For the customer. Always there when `end` is `None` and no person is needed.
    pub answer: Option<String>,
    pub end: Option<End>,
    /// The answer promises a person, or says that one is needed, though the model called none.
    pub needs_person: bool,
    /// Of all questions of this turn, as [`Tools::spent`] was told.
    pub tokens: u64,
}
