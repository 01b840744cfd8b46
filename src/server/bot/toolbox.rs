//! The tools of the model in one turn: variables, and those of the tenant's tools that the turn allows. Each call is
//! recorded before it is sent, and its result is kept, so that a restarted turn repeats no call.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{
    Bot, budget,
    fill::{self, FilledRequest},
    requests::ToolCallRecord,
    settle::Repeat,
    workers::OUTPUT_LIMIT,
};
use crate::{
    domain::{
        bot::{BotAction, EndedCall, Source, Turn},
        event::CallOutcome,
        flow::{definition::StepId, run::HttpCall},
        ids::TenantId,
        model::ToolDefinition,
        text::clip,
        time::Span,
    },
    server::{
        conversations::ConversationError,
        llm::{BuiltIn, SetVariable, ToolAnswer, ToolCall, Tools},
    },
};

/// Most API calls of one turn.
const MAX_CALLS: usize = 20;

pub struct Toolbox<'a> {
    bot: &'a Bot,
    turn: &'a Turn,
    step: Option<&'a StepId>,
    allowed: &'a [ToolDefinition],
    done: Mutex<Done>,
}

#[derive(Default)]
struct Done {
    /// The calls, and the results that the model got.
    calls: Vec<(ToolCall, String)>,
    sets: Vec<(String, String)>,
    /// Number of requests that were recorded, and so may have been sent.
    sent: usize,
    is_held: bool,
}

impl<'a> Toolbox<'a> {
    pub fn new(bot: &'a Bot, turn: &'a Turn, step: Option<&'a StepId>, allowed: &'a [ToolDefinition]) -> Self {
        Self { bot, turn, step, allowed, done: Mutex::default() }
    }

    /// The variables that were set, with the newest value of each name.
    pub fn actions(&self) -> Vec<BotAction> {
        let done = self.done();
        done.sets
            .iter()
            .map(|(name, value)| BotAction::Set {
                step: self.step.cloned(),
                label: "Language model".to_owned(),
                name: name.clone(),
                value: value.clone(),
                source: Source::Model,
            })
            .collect()
    }

    /// Whether the turn may be repeated: its requests may not.
    pub fn repeat(&self) -> Repeat {
        if self.done().sent == 0 { Repeat::Allowed } else { Repeat::Never }
    }

    /// Whether a call was not sent because an agent's close is pending. What the model answers then is worth nothing.
    pub fn is_held(&self) -> bool {
        self.done().is_held
    }

    /// As [`Self::actions`], but only names and values.
    pub fn sets(&self) -> Vec<(String, String)> {
        self.done().sets.clone()
    }

    fn done(&self) -> std::sync::MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send_call(&self, tool: &ToolDefinition, call: &ToolCall, left: Span) -> Result<String, ConversationError> {
        let request = match fill::build_call(tool, &call.values()) {
            Ok(request) => HttpCall { time_out: request.time_out.min(left), ..request },
            Err(fault) => return Ok(format!("error: {}", fault.detail)),
        };
        let arguments = call.pretty();
        let recorded = self.bot.record_tool_call(self.turn, &tool.name, self.step, &arguments, &request).await?;
        let id = match recorded {
            ToolCallRecord::Recorded(id) => id,
            ToolCallRecord::TakenOver => return Ok("error: a person has taken over; stop here.".to_owned()),
            ToolCallRecord::Held => {
                self.done().is_held = true;
                return Ok("error: the conversation is being closed; stop here.".to_owned());
            }
        };
        self.done().sent += 1;
        let begun = self.bot.clock.now();
        let (outcome, output) = self.fetch(&request).await?;
        let took = self.bot.clock.now().since(begun);
        let result = clip(&output, tool.result_limit);
        let ended = EndedCall { call: id, outcome, output: clip(&output, OUTPUT_LIMIT), took };
        self.bot.end_tool_call(self.turn, &ended).await?;
        Ok(result)
    }

    async fn fetch(&self, call: &HttpCall) -> Result<(CallOutcome, String), ConversationError> {
        let bot = self.bot;
        let filled = fill::fill_secrets(bot, &self.turn.tenant, call).await?;
        let FilledRequest { request, mask } = match filled {
            Ok(filled) => filled,
            Err(detail) => return Ok((CallOutcome::Failed, detail)),
        };
        Ok(match bot.fetch.send(request).await {
            Ok(response) => {
                let body = mask.apply(String::from_utf8_lossy(&response.body).replace('\0', ""));
                let outcome = if response.status < 400 { CallOutcome::Answered } else { CallOutcome::Failed };
                (outcome, format!("{}\n{body}", response.status))
            }
            Err(fault) => (CallOutcome::Failed, fault.to_string()),
        })
    }
}

#[async_trait]
impl Tools for Toolbox<'_> {
    fn tenant(&self) -> &TenantId {
        &self.turn.tenant
    }

    async fn call(&self, call: &ToolCall, left: Span) -> ToolAnswer {
        if BuiltIn::named(&call.name) == Some(BuiltIn::SetVariable) {
            let Some(set) = SetVariable::read(&call.written) else {
                return ToolAnswer::Result("error: the arguments don't match the schema.".to_owned());
            };
            let mut done = self.done();
            done.sets.retain(|(name, _)| *name != set.name);
            done.sets.push((set.name, set.value));
            return ToolAnswer::Result("saved".to_owned());
        }
        let known = {
            let done = self.done();
            let same = done.calls.iter().find(|(known, _)| known.is_same(call));
            same.map(|(_, result)| result.clone())
        };
        if let Some(result) = known {
            return ToolAnswer::Result(result);
        }
        // Models can name tools that they were not offered. Only allowed tools are called.
        let Some(tool) = self.allowed.iter().find(|tool| tool.name == call.name) else {
            return ToolAnswer::Result("error: there is no such tool.".to_owned());
        };
        if self.done().calls.len() >= MAX_CALLS {
            return ToolAnswer::Result("error: no more calls in this turn; answer with what you know.".to_owned());
        }
        let result = match self.send_call(tool, call, left).await {
            Ok(result) => result,
            Err(error) => {
                tracing::error!(%error, tool = %tool.name, "bot: tool call not recorded");
                "error: the tool could not be called.".to_owned()
            }
        };
        self.done().calls.push((call.clone(), result.clone()));
        ToolAnswer::Result(result)
    }

    async fn spent(&self, tokens: u64) {
        let bot = self.bot;
        if let Err(error) = budget::spend(&bot.conversations.db, &self.turn.tenant, bot.clock.now(), tokens).await {
            tracing::error!(%error, tenant = %self.turn.tenant, tokens, "bot: model token count not saved");
        }
    }

    async fn tokens_left(&self) -> u64 {
        match self.bot.model(&self.turn.tenant, self.bot.clock.now()).await {
            Ok(model) => model.map_or(0, |model| model.tokens_left),
            Err(error) => {
                tracing::error!(%error, tenant = %self.turn.tenant, "bot: model budget unreadable");
                0
            }
        }
    }
}
