//! The queue of the language model: one turn per conversation at a time, many conversations concurrently.
//!
//! Every failure ends in a handoff that names the reason, and no partial answer is sent. A turn that was interrupted by
//! the end of the server is not repeated, because the effects of its tool calls are unknown.

use std::sync::Arc;

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use super::{Bot, MAX_ATTEMPTS, caught, conversation, retry_after};
use crate::{
    domain::{
        bot::{BotAction, Escalation, NextAction, Turn, TurnOutcome, walk},
        event::CallOutcome,
        flow::{
            self,
            definition::StepId,
            run::{Continuation, Input, ModelResult, Position, Task},
        },
        handoff::{Brief, Failure, Trigger},
        ids::TenantId,
        message::{TEXT_LIMIT, outgoing::OutgoingMessage},
        model::ToolDefinition,
        text::pieces,
        time::Span,
    },
    server::{
        bot::{DEBOUNCE, active_turns::Interruption, model::ConnectedModel, prompt, settle::Repeat, toolbox::Toolbox},
        conversations::ConversationError,
        llm::{End, Endpoint, Limits, LlmFault, ToolSpec, TurnResult, UrgencyArgument},
        seal::SealedField,
        secret::Secret,
        store::jobs::JobRow,
        workers::{AtStop, JobKind, Leased, Selection, WorkerPool},
    },
};

/// How long a job is leased. Longer than a turn with a restart can take, so an expired lease means that the worker is
/// gone.
const LEASE: Span = Span::minutes(5);
/// Most messages of one answer. A longer answer is a fault of the model, and each message may cost the tenant.
const MAX_MESSAGES: usize = 3;
/// How often the typing indicator is renewed.
const TYPING_INTERVAL: Span = Span::seconds(20);
/// Most conversations that are answered concurrently. A tenant gets half of what is free ([`Jobs::take_places`]).
///
/// [`Jobs::take_places`]: crate::server::workers::Jobs::take_places
pub const MAX_CONCURRENT: usize = 1_024;

impl Bot {
    /// Answers what is due, concurrently, and waits for all of it. Returns how many there were.
    pub async fn models_once(&self) -> Result<usize, ConversationError> {
        let taken = self.jobs.take(JobKind::Model, Selection::OnePerKey, LEASE, 64).await?;
        join_all(taken.iter().map(|job| self.answer(job))).await;
        Ok(taken.len())
    }

    /// Answers up to `most` conversations concurrently until `stop` is cancelled. Turns in progress are then aborted;
    /// the next start finds them interrupted and escalates.
    pub async fn run_models(&self, stop: &CancellationToken, most: usize) {
        // A new job becomes due after `DEBOUNCE`, so that a burst of messages is answered once.
        let pool = WorkerPool::new("models", &self.bus.wakeups().models, &self.clock, &self.entropy, stop)
            .max_concurrent(most)
            .wake_delay(DEBOUNCE)
            .at_stop(AtStop::Abort);
        let take = |free: usize| self.jobs.take_places(JobKind::Model, Selection::OnePerKey, LEASE, free);
        let work = |job: Leased<JobRow>| {
            let bot = self.clone();
            async move { bot.answer(&job).await }
        };
        pool.run(take, work).await;
    }

    async fn answer(&self, job: &Leased<JobRow>) {
        if let Err(error) = caught(self.model_turn(job)).await {
            let wait = retry_after(job.attempts);
            tracing::error!(%error, job = %job.id, wait = wait.0, "bot: model turn not settled, will retry");
            // The next attempt finds the turn interrupted.
            if let Err(error) = self.jobs.reschedule(job, wait).await {
                tracing::error!(%error, job = %job.id, "bot: rescheduling model turn failed");
            }
        }
    }

    async fn model_turn(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        if job.attempts >= MAX_ATTEMPTS {
            return self.give_up(job).await;
        }
        let id = conversation(job);
        if self.waits_for_ending(job).await? {
            return Ok(());
        }
        let Some(mut turn) = self.next_turn(&job.tenant_id, &id).await? else {
            if job.attempts > 0 {
                let reason = "The server stopped before the response arrived.";
                self.end_interrupted(&job.tenant_id, &id, CallOutcome::Interrupted, reason).await?;
            }
            return self.drop_turn(job).await;
        };
        if job.attempts > 0 {
            let mut outcome = failed(&turn, Failure::ModelInterrupted);
            outcome.ended = self.interrupted(&job.tenant_id, &id).await?;
            return self.settle_model(&turn, job, outcome, None, Repeat::Allowed).await;
        }
        if let Some(run) = turn.run.as_ref().filter(|run| run.flow.is_none()) {
            let outcome = walk::advance(&turn, run, &Input::Begin, self.clock.now());
            return self.settle_model(&turn, job, outcome, None, Repeat::Allowed).await;
        }
        let active_turn = self.active_turns.start(&id);
        let first = turn.clone();
        let setup = self.model(&job.tenant_id, self.clock.now()).await?;
        let Some(model) = setup else { return self.without_model(&turn, job).await };
        let key = match self.key(&job.tenant_id, &model) {
            Ok(key) => key,
            Err(failure) => {
                let outcome = self.failure_outcome(&turn, failure);
                return self.settle_model(&turn, job, outcome, None, Repeat::Allowed).await;
            }
        };
        let (step, task) = match self.model_task(&turn) {
            ModelTask::Free => (None, None),
            ModelTask::Step(step, task) => (Some(step), Some(task)),
            ModelTask::Decided(outcome) => return self.settle_model(&turn, job, outcome, None, Repeat::Allowed).await,
            ModelTask::Stale => return self.drop_turn(job).await,
        };
        let allowed = allowed(&model.tools, task.as_ref());
        let toolbox = Toolbox::new(self, &first, step.as_ref(), &allowed);
        self.show_typing(&turn).await?;
        let (ended, transcript) = loop {
            let transcript = self.transcript(&job.tenant_id, &id).await?;
            if transcript.answers >= i64::from(model.settings.max_turns) {
                break (Err(Failure::ModelTurns), transcript);
            }
            let mut tools = prompt::built_in(task.as_ref());
            tools.extend(allowed.iter().map(|tool| Arc::new(ToolSpec::from(tool))));
            let prompt = prompt::build(&turn, &model.settings, task.as_ref(), &transcript, tools, self.clock.now());
            let limits = Limits { rounds: model.settings.max_rounds };
            let endpoint = Endpoint::of(&model.settings, key.clone());
            let token = active_turn.token();
            let answered = tokio::select! {
                answered = self.llm.run_turn(&endpoint, prompt, &toolbox, limits, &token) => answered,
                never = self.keep_typing(&turn) => match never {},
            };
            match answered {
                Ok(ended) => break (Ok(ended), transcript),
                Err(LlmFault::Cancelled) => match active_turn.interruption() {
                    Interruption::Restarted => match self.next_turn(&job.tenant_id, &id).await? {
                        Some(now) if now.revision() == turn.revision() && now.epoch == turn.epoch => turn = now,
                        // An agent has taken over or the flow has moved, so this answer is not needed.
                        _ => return self.drop_turn(job).await,
                    },
                    Interruption::Cancelled => return self.drop_turn(job).await,
                },
                Err(fault) => {
                    tracing::warn!(%fault, tenant = %job.tenant_id, "bot: model request failed");
                    break (Err(fault.failure()), transcript);
                }
            }
        };
        if toolbox.is_held() {
            return self.put_back(job, toolbox.repeat(), self.clock.now()).await;
        }
        turn.seen.clone_from(&transcript.read.message);
        // The steps that follow can use variables that the model set.
        turn.variables.extend(toolbox.sets());
        let mut outcome = match ended {
            Ok(ended) => self.ended(&turn, ended),
            Err(failure) => self.failure_outcome(&turn, failure),
        };
        outcome.actions.splice(0..0, toolbox.actions());
        self.settle_model(&turn, job, outcome, Some(transcript.read), toolbox.repeat()).await
    }

    /// Renews the typing indicator while the customer waits. WhatsApp removes it after 25 seconds.
    async fn keep_typing(&self, turn: &Turn) -> std::convert::Infallible {
        loop {
            self.clock.sleep(TYPING_INTERVAL).await;
            if let Err(error) = self.show_typing(turn).await {
                tracing::warn!(%error, "bot: typing indicator not renewed");
            }
        }
    }

    async fn without_model(&self, turn: &Turn, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        let outcome = self.failure_outcome(turn, Failure::ModelUnreachable);
        self.settle_model(turn, job, outcome, None, Repeat::Allowed).await
    }

    fn key(&self, tenant: &TenantId, model: &ConnectedModel) -> Result<Secret, Failure> {
        let Some(sealed) = &model.key else { return Ok(Secret::new("")) };
        self.seal.open(SealedField::ModelKey(tenant), sealed).map_err(|error| {
            tracing::error!(%error, "bot: model key decryption failed");
            Failure::ModelKey
        })
    }

    /// The model's task in this turn.
    fn model_task(&self, turn: &Turn) -> ModelTask {
        let Some(run) = &turn.run else { return ModelTask::Free };
        let Position::Modelling { step: id } = &run.position else { return ModelTask::Stale };
        let said = Input::Said { text: turn.last_words.clone(), payload: None };
        let rest = run.flow.as_ref().map(|flow| {
            let here = Position::Modelling { step: id.clone() };
            flow::step::step(flow, &here, &said, &walk::facts(turn, self.clock.now())).rest
        });
        if let Some(Continuation::Model { task, .. }) = rest {
            return ModelTask::Step(id.clone(), task);
        }
        // The step cannot run or its version is unreadable. The flow decides what follows.
        ModelTask::Decided(walk::advance(turn, run, &said, self.clock.now()))
    }

    fn ended(&self, turn: &Turn, ended: TurnResult) -> TurnOutcome {
        // If the answer promises an agent, it escalates, whatever other tool the model called.
        let end = ended.end.filter(|end| !ended.needs_person || matches!(end, End::Handoff(_)));
        let mut messages = ended.answer.map(|text| pieces(&text, TEXT_LIMIT)).unwrap_or_default();
        if messages.len() > MAX_MESSAGES {
            if end.is_none() && !ended.needs_person {
                return self.failure_outcome(turn, Failure::ModelMalformed);
            }
            // The escalation stays; only the overlong answer is dropped.
            messages.clear();
        }
        let says: Vec<BotAction> =
            messages.into_iter().map(|text| BotAction::Say(OutgoingMessage::Text { text })).collect();
        let mut outcome = match end {
            Some(End::Handoff(handoff)) => {
                let mut escalation = Escalation::new(Trigger::Model, turn.message.clone());
                escalation.brief = Brief {
                    reason: handoff.reason,
                    note: String::new(),
                    summary: handoff.summary,
                    urgency: match handoff.urgency {
                        UrgencyArgument::Low => crate::domain::handoff::Urgency::Low,
                        UrgencyArgument::Normal => crate::domain::handoff::Urgency::Normal,
                        UrgencyArgument::High => crate::domain::handoff::Urgency::High,
                    },
                };
                TurnOutcome::hand_off(escalation)
            }
            Some(End::Close) => TurnOutcome { next: NextAction::Close, ..TurnOutcome::default() },
            Some(End::Finish) => match &turn.run {
                Some(run) => walk::advance(turn, run, &Input::ModelDone(ModelResult::Finished), self.clock.now()),
                None => TurnOutcome::default(),
            },
            None if ended.needs_person => {
                let mut escalation = Escalation::new(Trigger::Model, turn.message.clone());
                escalation.brief.reason = "The reply promised an agent or said that one is needed.".to_owned();
                TurnOutcome::hand_off(escalation)
            }
            None => TurnOutcome::default(),
        };
        outcome.actions.splice(0..0, says);
        outcome
    }

    /// The failure path of the flow's step, or a handoff.
    fn failure_outcome(&self, turn: &Turn, failure: Failure) -> TurnOutcome {
        let modelling = turn.run.as_ref().filter(|run| matches!(run.position, Position::Modelling { .. }));
        let Some(run) = modelling else { return failed(turn, failure) };
        let reason = failure.sentence().to_owned();
        let mut outcome = walk::advance(turn, run, &Input::ModelDone(ModelResult::Failed(reason)), self.clock.now());
        if let NextAction::HandOff(escalation) = &mut outcome.next
            && matches!(escalation.trigger, Trigger::Failure { failure: Failure::ModelError })
        {
            escalation.trigger = Trigger::Failure { failure };
        }
        outcome
    }
}

/// The model's task in a turn.
enum ModelTask {
    /// No flow is running: the model answers freely.
    Free,
    /// A step of a flow hands over to the model.
    Step(StepId, Task),
    /// The step could not run. This is the outcome.
    Decided(TurnOutcome),
    /// The flow has moved since.
    Stale,
}

fn failed(turn: &Turn, failure: Failure) -> TurnOutcome {
    TurnOutcome::hand_off(Escalation::new(Trigger::Failure { failure }, turn.message.clone()))
}

/// The tools that this turn may call: all of the tenant's, or those that the flow's step names.
fn allowed(tools: &[ToolDefinition], task: Option<&Task>) -> Vec<ToolDefinition> {
    let fits = |tool: &&ToolDefinition| task.is_none_or(|task| task.tools.contains(&tool.name));
    tools.iter().filter(fits).cloned().collect()
}
