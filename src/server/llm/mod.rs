//! Talking with a language model: one turn of questions, tool calls and one answer.
//!
//! The wire is the crate genai's; every connection passes the gate of `fetch`. What a tool does is the caller's
//! ([`Tools`]); here its name and its arguments are checked first. Nothing partial ever leaves: a turn ends with an
//! [`Ended`] or with an [`LlmFault`], and each fault is a reason to ask for a person. No table, no conversation and no
//! retry live here. To add a provider: a variant of `domain::model::Provider` and its line in `wire.rs`; to add a tool of
//! our own: `built_in.rs`.

mod answer;
pub mod built_in;
mod fault;
mod gather;
mod promise;
mod prompt;
mod round;
pub mod schema;
mod talk;
#[cfg(test)]
mod tests;
mod turn;
mod wire;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

pub use built_in::{BuiltIn, Handoff, SetVariable, Urgency};
pub use fault::LlmFault;
pub use talk::{End, Ended, Endpoint, Limits, Said, Talk, ToolAnswer, ToolCall, ToolSpec, Tools};

use super::{clock::Clock, fetch::Fetch};

/// The way to every tenant's model. Cheap to clone.
#[derive(Clone)]
pub struct Llm {
    client: genai::Client,
    fetch: Fetch,
    clock: Clock,
    /// Servers that refuse to be told the form of an answer; they are told in words only.
    formless: Arc<Mutex<HashSet<(String, String)>>>,
}

/// The client of the wire cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("couldn't create the client for language models")]
pub struct NoClient;

impl Llm {
    /// # Errors
    /// [`NoClient`] when the crate refuses the client it is given.
    pub fn new(fetch: Fetch, clock: Clock) -> Result<Self, NoClient> {
        let client = genai::Client::builder().with_reqwest(fetch.client()).build().map_err(|_| NoClient)?;
        Ok(Self { client, fetch, clock, formless: Arc::default() })
    }
}
