//! Input and output of a turn.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use serde_json::{Value, value::RawValue};

use super::built_in::HandoffArguments;
use crate::{
    domain::{
        ids::TenantId,
        model::{ModelSettings, Provider, ToolDefinition},
        time::Span,
    },
    server::secret::Secret,
};

/// The model to call, and its parameters.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub provider: Provider,
    /// Base URL of the server's API, including the version.
    pub address: String,
    /// Empty if the server needs no key.
    pub key: Secret,
    pub model: String,
    /// In tenths.
    pub temperature: Option<u8>,
    /// Per answer.
    pub max_tokens: u32,
    /// For the whole turn, including tools.
    pub time_out: Span,
    /// The longest wait for the first part of each answer.
    pub first_part_timeout: Span,
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
            first_part_timeout: settings.silence,
        }
    }
}

/// The input of a turn.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    /// The tenant's instructions and known facts. The rules for answers are added here in `llm`.
    pub system: String,
    /// Oldest first. The last one is to be answered.
    pub messages: Vec<PromptMessage>,
    /// Shared, because many turns wait at once and most of them offer the same tools.
    pub tools: Vec<Arc<ToolSpec>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptMessage {
    Customer(String),
    /// Sent by the bot.
    Bot(String),
    /// An event between two messages, such as the end of a handoff or a message of an agent.
    Note(String),
}

impl PromptMessage {
    pub fn text(&self) -> &str {
        match self {
            Self::Customer(text) | Self::Bot(text) | Self::Note(text) => text,
        }
    }
}

/// A tool as the model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolSpec {
    pub name: String,
    pub description: String,
    /// The JSON schema of the arguments.
    pub schema: Value,
}

impl From<&ToolDefinition> for ToolSpec {
    fn from(tool: &ToolDefinition) -> Self {
        Self { name: tool.name.clone(), description: tool.description.clone(), schema: tool.schema.clone() }
    }
}

/// A call of an offered tool with valid arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// The model's id of this call.
    pub id: String,
    pub name: String,
    /// A JSON object.
    pub arguments: Value,
    /// The same as the model wrote it, in which numbers have all their digits.
    pub written: String,
}

impl ToolCall {
    /// Each argument as a text: numbers with all their digits, lists and objects as JSON.
    pub fn values(&self) -> BTreeMap<String, String> {
        let text =
            |value: &RawValue| serde_json::from_str::<String>(value.get()).unwrap_or_else(|_| value.get().to_owned());
        self.fields().into_iter().map(|(name, value)| (name, text(value))).collect()
    }

    /// Whether another call asks for the same, however it is spaced.
    pub fn is_same(&self, other: &Self) -> bool {
        let digits = |call: &Self| -> Vec<String> {
            call.values().into_values().map(|value| value.split_whitespace().collect()).collect()
        };
        self.name == other.name && self.arguments == other.arguments && digits(self) == digits(other)
    }

    /// The arguments for people.
    pub fn pretty(&self) -> String {
        serde_json::to_string_pretty(&self.fields()).unwrap_or_default()
    }

    fn fields(&self) -> BTreeMap<String, &RawValue> {
        serde_json::from_str(&self.written).unwrap_or_default()
    }
}

/// The result of a tool call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolAnswer {
    /// The result for the model, as data. A failed call is a result too, because the model may try another way.
    Result(String),
    /// Ends the turn without a further answer of the model.
    End(End),
}

/// Executes the model's tool calls.
///
/// `handoff`, `close` and `finish` are not passed here: they end the turn and are in [`TurnResult::end`].
/// `set_variable` is; its arguments are read with [`super::SetVariable::read`].
#[async_trait]
pub trait Tools: Send + Sync {
    /// Whose model it is: the checks of one tenant's calls wait for each other.
    fn tenant(&self) -> &TenantId;

    /// Executes a call. It is awaited even if the turn is cancelled meanwhile. `left` is what is left of the turn's
    /// time; the call must not take longer.
    async fn call(&self, call: &ToolCall, left: Span) -> ToolAnswer;

    /// Reports the tokens of a request as soon as they are known, because a turn that fails later has used them too.
    async fn spent(&self, tokens: u64);

    /// The rest of the tenant's daily budget. Queried before each request, because other conversations use it too.
    async fn tokens_left(&self) -> u64;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most requests to the model in a turn.
    pub rounds: u32,
}

/// What ends a turn without, or in addition to, an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// An agent is requested.
    Handoff(HandoffArguments),
    /// The conversation is to be closed.
    Close,
    /// The model's task is done, and the flow continues.
    Finish,
}

/// The result of a successful turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnResult {
    /// The reply for the customer. Always `Some` if `end` is `None` and `needs_person` is false.
    pub answer: Option<String>,
    pub end: Option<End>,
    /// The answer promises an agent or says that one is needed, but the model did not request one.
    pub needs_person: bool,
    /// Of all requests of this turn, as reported to [`Tools::spent`].
    pub tokens: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(written: &str) -> ToolCall {
        let arguments = serde_json::from_str(written).expect("JSON");
        ToolCall { id: String::new(), name: "pay".into(), arguments, written: written.into() }
    }

    #[test]
    fn arguments_keep_their_digits() {
        let call = call(r#"{"order": 12345678901234567890123, "price": 19.90, "name": "A\n", "items": [1.10, {}]}"#);
        let values = call.values();
        let value = |name: &str| values.get(name).map(String::as_str);
        assert_eq!(value("order"), Some("12345678901234567890123"));
        assert_eq!(value("price"), Some("19.90"));
        assert_eq!(value("name"), Some("A\n"));
        assert_eq!(value("items"), Some("[1.10, {}]"));
        assert!(call.pretty().contains("12345678901234567890123"));
    }

    #[test]
    fn calls_are_the_same_however_they_are_spaced_but_not_with_other_digits() {
        let one = call(r#"{"order": 12345678901234567890123, "items": [1, 2]}"#);
        assert!(one.is_same(&call(r#"{"items":[1,2],"order":12345678901234567890123}"#)));
        assert!(!one.is_same(&call(r#"{"items":[1,2],"order":12345678901234567890124}"#)));
    }
}
