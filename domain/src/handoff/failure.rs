//! Why a bot cannot go on. The names are stored permanently with handoffs; labels and sentences may change.

use serde::{Deserialize, Serialize};

use crate::variant_names::variant_names;

/// The ways in which a bot can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// No text is configured that could answer the customer's message.
    NoAnswer,
    /// The bot's turn itself failed.
    Error,
    /// The bot's answer could not be delivered.
    Undelivered,
    /// No answer matched a flow's question after all retries.
    NoMatch,
    /// The customer did not answer a flow's question in time.
    TooLong,
    /// A flow's HTTP request failed.
    HttpFailed,
    /// The flow's own fault: a missing step, a dead end, a loop, or a template that cannot be filled in.
    FlowBroken,
    /// The server stopped during a call: its result is unknown, and it is never repeated.
    Interrupted,
    /// A voice note, a picture or a location: content that a bot cannot read.
    Unreadable,
    /// The model's server answered with an error, or its response was cut off.
    ModelError,
    /// The model's server answered that its rate limit is reached.
    ModelRateLimited,
    /// The model did not answer in time.
    ModelTimedOut,
    /// The model stopped sending within its answer.
    ModelStalled,
    /// The model's answer, or the arguments of a tool call, cannot be parsed or are invalid.
    ModelMalformed,
    /// The model called a tool that it does not have.
    ModelUnknownTool,
    /// The model kept calling tools instead of answering.
    ModelToolLoop,
    /// The model reached the limit of answers per conversation.
    ModelTurns,
    /// The model returned an empty answer.
    ModelEmpty,
    /// The tenant's daily token budget is used up.
    ModelBudget,
    /// The server restarted, or the turn ended, while the model was answering.
    ModelInterrupted,
    /// The connection to the model's server failed or is not allowed.
    ModelUnreachable,
    /// The model's stored API key cannot be decrypted: it was encrypted with another secret key.
    ModelKey,
    /// The customer and the bot repeat the same messages: the other side is probably a machine.
    Loop,
    /// The customer's automatic messages of the day are used up.
    DailyLimit,
    /// WhatsApp did not say whether it passed the customer to another app.
    NotPassed,
}

variant_names!(Failure {
    NoAnswer => "no_answer",
    Error => "error",
    Undelivered => "undelivered",
    NoMatch => "no_match",
    TooLong => "too_long",
    HttpFailed => "http_failed",
    FlowBroken => "flow_broken",
    Interrupted => "interrupted",
    Unreadable => "unreadable",
    ModelError => "model_error",
    ModelRateLimited => "model_rate_limited",
    ModelTimedOut => "model_timed_out",
    ModelStalled => "model_stalled",
    ModelMalformed => "model_malformed",
    ModelUnknownTool => "model_unknown_tool",
    ModelToolLoop => "model_tool_loop",
    ModelTurns => "model_turns",
    ModelEmpty => "model_empty",
    ModelBudget => "model_budget",
    ModelInterrupted => "model_interrupted",
    ModelUnreachable => "model_unreachable",
    ModelKey => "model_key",
    Loop => "loop",
    DailyLimit => "daily_limit",
    NotPassed => "not_passed",
});

impl Failure {
    pub fn label(self) -> &'static str {
        match self {
            Self::NoAnswer => "Bot had no answer",
            Self::Error => "Bot error",
            Self::Undelivered => "Bot reply not delivered",
            Self::NoMatch => "No valid answer",
            Self::TooLong => "Customer didn't answer",
            Self::HttpFailed => "API call failed",
            Self::FlowBroken => "Flow error",
            Self::Interrupted => "Bot interrupted",
            Self::Unreadable => "Bot can't read message",
            Self::ModelError => "Model error",
            Self::ModelRateLimited => "Model overloaded",
            Self::ModelTimedOut => "Model timed out",
            Self::ModelStalled => "Model stalled",
            Self::ModelMalformed => "Invalid model reply",
            Self::ModelUnknownTool => "Model: unknown tool",
            Self::ModelToolLoop => "Model stuck in a loop",
            Self::ModelTurns => "Bot reply limit reached",
            Self::ModelEmpty => "Empty model reply",
            Self::ModelBudget => "Model budget used up",
            Self::ModelInterrupted => "Model interrupted",
            Self::ModelUnreachable => "Model unreachable",
            Self::ModelKey => "Model key unreadable",
            Self::Loop => "Repeated messages",
            Self::DailyLimit => "Daily limit reached",
            Self::NotPassed => "Return not confirmed",
        }
    }

    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoAnswer => "The bot has no reply configured for this message.",
            Self::Error => "The bot ran into an error while replying.",
            Self::Undelivered => "WhatsApp didn't deliver the bot's reply.",
            Self::NoMatch => "The customer's answers didn't match what the flow asked for.",
            Self::TooLong => "The customer didn't answer the flow's question in time.",
            Self::HttpFailed => "The flow's API call failed.",
            Self::FlowBroken => "The flow has an error and couldn't continue.",
            Self::Interrupted => "The server stopped while the bot was waiting for a response.",
            Self::Unreadable => "The customer sent something the bot can't read.",
            Self::ModelError => "The language model's server returned an error.",
            Self::ModelRateLimited => "The language model's server is overloaded or limits requests.",
            Self::ModelTimedOut => "The language model didn't respond in time.",
            Self::ModelStalled => "The language model stopped in the middle of its reply.",
            Self::ModelMalformed => "The language model's reply, or a tool call in it, couldn't be used.",
            Self::ModelUnknownTool => "The language model called a tool that doesn't exist.",
            Self::ModelToolLoop => "The language model kept calling tools without replying.",
            Self::ModelTurns => "The language model reached its reply limit for one conversation.",
            Self::ModelEmpty => "The language model returned an empty reply.",
            Self::ModelBudget => "The language model's tokens for today are used up.",
            Self::ModelInterrupted => "The language model was interrupted before it replied.",
            Self::ModelUnreachable => "Couldn't reach the language model's server.",
            Self::ModelKey => "The language model's key can't be decrypted. Ask an admin to enter it again.",
            Self::Loop => "The same messages went back and forth, as with another bot. The bot stopped replying.",
            Self::DailyLimit => "The bot has sent this customer as many messages as are allowed per day.",
            Self::NotPassed => "WhatsApp didn't say whether it gave the customer back to another app.",
        }
    }
}
