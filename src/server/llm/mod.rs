//! Calls language models: one turn consists of requests, tool calls and one answer.
//!
//! The crate `genai` implements the wire formats; every connection goes through `fetch`. The caller executes tools
//! ([`Tools`]); their names and arguments are validated here first. No partial result is returned: a turn ends with a
//! [`TurnResult`] or an [`LlmFault`], and each fault is a reason for a handoff. Tables, conversations and retries do
//! not belong here. To add a provider: a variant of `domain::model::Provider` and its line in `wire.rs`. To add a
//! built-in tool: `built_in.rs`.

mod agent_promise;
mod answer;
pub mod aside;
pub mod built_in;
mod call_pieces;
mod fault;
mod prompt;
mod round;
pub mod schema;
mod streamed_answer;
#[cfg(test)]
mod tests;
mod turn;
mod types;
mod wire;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

pub use built_in::{BuiltIn, HandoffArguments, SetVariable, UrgencyArgument};
pub use fault::LlmFault;
pub use types::{End, Endpoint, Limits, Prompt, PromptMessage, ToolAnswer, ToolCall, ToolSpec, Tools, TurnResult};

use super::{clock::Clock, fetch::Fetch};

/// The client for all tenants' models. Cheap to clone.
#[derive(Clone)]
pub struct Llm {
    client: genai::Client,
    fetch: Fetch,
    clock: Clock,
    /// Servers and models that reject a schema for the answer. For them the form is described in the prompt.
    without_schema: Arc<Mutex<HashSet<(String, String)>>>,
    validators: schema::Validators,
}

/// The client of `genai` cannot be created.
#[derive(Debug, thiserror::Error)]
#[error("couldn't create the client for language models")]
pub struct NoClient;

impl Llm {
    /// # Errors
    /// [`NoClient`] if `genai` rejects the HTTP client.
    pub fn new(fetch: Fetch, clock: Clock) -> Result<Self, NoClient> {
        let client = genai::Client::builder().with_reqwest(fetch.client()).build().map_err(|_| NoClient)?;
        Ok(Self { client, fetch, clock, without_schema: Arc::default(), validators: schema::Validators::default() })
    }
}
