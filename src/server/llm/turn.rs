//! The loop of a turn: send a request, execute the tool calls, repeat until there is an answer or a limit is reached.

use std::{collections::HashSet, sync::Arc};

use genai::chat::{ChatMessage, ChatRequest};
use reqwest::Url;
use tokio_util::sync::CancellationToken;

use super::{
    Llm,
    answer::{self, Answer},
    built_in::{self, BuiltIn},
    fault::LlmFault,
    prompt::escape_note_tags,
    round::{ModelRequest, Round},
    streamed_answer::{FinishedAnswer, MAX_CALLS, Stop, estimate_tokens},
    types::{End, Endpoint, Limits, Prompt, PromptMessage, ToolAnswer, ToolCall, ToolSpec, Tools, TurnResult},
    wire::{self, AnswerFormat},
};
use crate::domain::{
    ids::TenantId,
    model_text::is_quoted,
    text::clip,
    time::{Span, Timestamp},
};

/// Most servers that are remembered as rejecting a schema. The list is cleared when it is full.
const MAX_WITHOUT_SCHEMA: usize = 1_000;
/// The longest tool result that is sent to the model, in characters.
const RESULT_LIMIT: usize = 20_000;

/// What stays the same throughout a turn.
struct Turn<'a> {
    llm: &'a Llm,
    endpoint: &'a Endpoint,
    base: Url,
    tools: &'a dyn Tools,
    prompt: &'a Prompt,
    until: Timestamp,
    cancel: &'a CancellationToken,
}

impl Llm {
    /// Runs one turn.
    ///
    /// # Errors
    /// [`LlmFault`]: there is no answer, and a handoff with its reason is needed (except for [`LlmFault::Cancelled`],
    /// which the caller caused).
    pub async fn run_turn(
        &self,
        endpoint: &Endpoint,
        prompt: Prompt,
        tools: &dyn Tools,
        limits: Limits,
        cancel: &CancellationToken,
    ) -> Result<TurnResult, LlmFault> {
        let base = self.fetch.check(&endpoint.address).map_err(LlmFault::Refused)?;
        let until = self.clock.now().plus(endpoint.time_out.max(Span(0)));
        let turn = Turn { llm: self, endpoint, base, tools, prompt: &prompt, until, cancel };
        let mut tool_messages = Vec::new();
        let mut tool_texts: Vec<String> = Vec::new();
        let mut ids = HashSet::new();
        let mut tokens = 0_u64;
        for _ in 0..limits.rounds {
            let finished = self.round(&turn, &tool_messages, &mut tokens).await?;
            let (answer, calls) = combined(finished, &prompt.tools, &mut ids, |call| {
                let said = prompt.messages.iter().map(PromptMessage::text);
                let mut others = said.chain(tool_texts.iter().map(String::as_str));
                others.any(|text| is_quoted(&call.name, &call.arguments, text))
            })?;
            if calls.is_empty() {
                if answer.reply.is_none() && !answer.needs_person {
                    return Err(LlmFault::Empty);
                }
                return Ok(ended(answer, None, tokens));
            }
            self.check(&calls, &prompt.tools, tools.tenant(), until).await?;
            match turn.execute_calls(&calls).await? {
                ToolOutcome::End(end) => return Ok(ended(answer, Some(end), tokens)),
                ToolOutcome::Results(results) => {
                    let text = answer.reply.unwrap_or_default();
                    tool_messages.push(wire::called(&escape_note_tags(&text), &calls));
                    tool_texts.extend(results.iter().map(|(_, result)| result.clone()));
                    tool_messages.push(wire::results(results));
                }
            }
            if self.clock.now() >= until {
                return Err(LlmFault::TimedOut);
            }
        }
        Err(LlmFault::ToolLoop)
    }

    /// One request, repeated without a schema if the server rejects the schema. `tool_messages` contains the calls and
    /// results of this turn.
    async fn round(
        &self,
        turn: &Turn<'_>,
        tool_messages: &[ChatMessage],
        tokens: &mut u64,
    ) -> Result<FinishedAnswer, LlmFault> {
        let format = self.answer_format(turn.endpoint);
        let mut outcome = self.question(turn, tool_messages, format, tokens).await;
        if format == AnswerFormat::Schema && matches!(outcome, Err(LlmFault::Error(Some(400 | 422)))) {
            outcome = self.question(turn, tool_messages, AnswerFormat::Prompt, tokens).await;
            if outcome.is_ok() {
                self.remember_without_schema(turn.endpoint);
            }
        }
        outcome
    }

    async fn question(
        &self,
        turn: &Turn<'_>,
        tool_messages: &[ChatMessage],
        format: AnswerFormat,
        tokens: &mut u64,
    ) -> Result<FinishedAnswer, LlmFault> {
        // Built for each request and dropped with it, so that a waiting turn keeps its texts only once.
        let mut request = wire::request(turn.prompt);
        request.messages.extend_from_slice(tool_messages);
        let size = size(&request);
        // The request's own tokens count too.
        let left = turn.tools.tokens_left().await.saturating_sub(estimate_tokens(size));
        if left == 0 {
            return Err(LlmFault::BudgetSpent);
        }
        let max_tokens = turn.endpoint.max_tokens.min(u32::try_from(left).unwrap_or(u32::MAX));
        let question = ModelRequest {
            endpoint: turn.endpoint,
            target: wire::target(turn.endpoint, &turn.base),
            options: wire::options(turn.endpoint, max_tokens, format),
            size,
            request,
            until: turn.until,
            cancel: turn.cancel,
        };
        let Round { tokens: price, outcome } = self.ask(question).await;
        if price > 0 {
            *tokens = tokens.saturating_add(price);
            turn.tools.spent(price).await;
        }
        outcome
    }

    /// Checks all calls before the first is executed, because half of the calls of a faulty answer would be worse than
    /// none.
    async fn check(
        &self,
        calls: &[ToolCall],
        offered: &[Arc<ToolSpec>],
        tenant: &TenantId,
        until: Timestamp,
    ) -> Result<(), LlmFault> {
        for call in calls {
            let spec = offered.iter().find(|spec| spec.name == call.name).ok_or(LlmFault::UnknownTool)?;
            let fits = match BuiltIn::named(&call.name) {
                None => self.validators.fits(tenant, spec, &call.arguments, until, &self.clock).await?,
                Some(BuiltIn::SetVariable) => built_in::SetVariable::read(&call.written).is_some(),
                Some(tool) => !matches!(built_in::end(tool, &call.arguments), Some(None)),
            };
            if !fits {
                return Err(LlmFault::MalformedArguments(call.name.clone()));
            }
        }
        Ok(())
    }

    fn answer_format(&self, endpoint: &Endpoint) -> AnswerFormat {
        let known = self.without_schema.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.contains(&name(endpoint)) { AnswerFormat::Prompt } else { AnswerFormat::Schema }
    }

    fn remember_without_schema(&self, endpoint: &Endpoint) {
        let mut known = self.without_schema.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.len() >= MAX_WITHOUT_SCHEMA {
            known.clear();
        }
        known.insert(name(endpoint));
    }
}

fn name(endpoint: &Endpoint) -> (String, String) {
    (endpoint.address.clone(), endpoint.model.clone())
}

fn ended(answer: Answer, end: Option<End>, tokens: u64) -> TurnResult {
    TurnResult { answer: answer.reply, end, needs_person: answer.needs_person, tokens }
}

fn size(request: &ChatRequest) -> usize {
    let system = request.system.as_ref().map_or(0, String::len);
    let tools = request.tools.iter().flatten().map(genai::chat::Tool::size).sum::<usize>();
    system + tools + request.messages.iter().map(genai::chat::ChatMessage::size).sum::<usize>()
}

/// The answer with all its calls: those of the protocol, and those within the text. `ids` are the ids of this turn's
/// calls; a call without one, or with one that was used before, gets a new one, so that its result can be matched.
/// A written call that `is_repeated` from what others wrote is not carried out: an agent looks at it.
fn combined(
    finished: FinishedAnswer,
    tools: &[Arc<ToolSpec>],
    ids: &mut HashSet<String>,
    is_repeated: impl Fn(&ToolCall) -> bool,
) -> Result<(Answer, Vec<ToolCall>), LlmFault> {
    let FinishedAnswer { text, mut calls, stop } = finished;
    let mut answer = match answer::read(&text, tools) {
        Ok(answer) => answer,
        // Text beside a call is optional, so it is dropped if it is invalid.
        Err(LlmFault::Malformed) if !calls.is_empty() => Answer::default(),
        // A person comes anyway.
        Err(LlmFault::UnreadableCall) if calls.iter().any(|call| call.name == BuiltIn::Handoff.name()) => {
            Answer::default()
        }
        Err(fault) => return Err(fault),
    };
    for written in std::mem::take(&mut answer.calls) {
        // Some servers send a call both ways.
        if calls.iter().any(|call| call.name == written.name && call.arguments == written.arguments) {
            continue;
        }
        if is_repeated(&written) {
            return Err(LlmFault::UnreadableCall);
        }
        calls.push(written);
    }
    if calls.is_empty() && stop == Stop::ForCalls {
        // What it says is a promise that nobody would keep.
        return Err(LlmFault::UnreadableCall);
    }
    if calls.len() > MAX_CALLS {
        return Err(LlmFault::Malformed);
    }
    for call in &mut calls {
        if call.id.is_empty() || ids.contains(&call.id) {
            call.id = format!("handoff_call_{}", ids.len() + 1);
        }
        ids.insert(call.id.clone());
    }
    Ok((answer, calls))
}

enum ToolOutcome {
    Results(Vec<(ToolCall, String)>),
    End(End),
}

impl Turn<'_> {
    /// Executes the calls in order, up to the first that ends the turn.
    async fn execute_calls(&self, calls: &[ToolCall]) -> Result<ToolOutcome, LlmFault> {
        let mut results = Vec::with_capacity(calls.len());
        for call in calls {
            if self.cancel.is_cancelled() {
                return Err(LlmFault::Cancelled);
            }
            let left = self.until.since(self.llm.clock.now());
            if left <= Span(0) {
                return Err(LlmFault::TimedOut);
            }
            let ends = BuiltIn::named(&call.name).and_then(|tool| built_in::end(tool, &call.arguments)).flatten();
            if let Some(end) = ends {
                return Ok(ToolOutcome::End(end));
            }
            match self.tools.call(call, left).await {
                ToolAnswer::End(end) => return Ok(ToolOutcome::End(end)),
                ToolAnswer::Result(text) => results.push((call.clone(), escape_note_tags(&clip(&text, RESULT_LIMIT)))),
            }
        }
        Ok(ToolOutcome::Results(results))
    }
}
