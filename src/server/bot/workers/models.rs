//! The queue of the language model: one turn per conversation at a time, many conversations concurrently.
//!
//! Every failure ends in a handoff that names the reason, and no partial answer is sent. A turn that was interrupted by
//! the end of the server is not repeated, because the effects of its tool calls are unknown.

use std::sync::Arc;

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use super::{Bot, TRIES, conversation};
use crate::{
    domain::{
        bot::{BotAction, Escalation, NextAction, Outcome, Turn, walk},
        event::CallOutcome,
        flow::{
            self,
            definition::StepId,
            run::{Continuation, Input, ModelResult, Position, Task},
        },
        handoff::{Brief, Failure, Trigger},
        message::{TEXT_LIMIT, outgoing::OutgoingMessage},
        model::ToolDefinition,
        text::pieces,
        time::Span,
    },
    server::{
        bot::{GATHER, active_turns::Broken, model::Model, prompt, toolbox::Toolbox},
        conversations::ConversationError,
        llm::{End, Endpoint, Limits, LlmFault, ToolSpec, TurnResult, Urgency},
        secret::Secret,
        store::jobs::JobRow,
        workers::{AtStop, JobKind, Leased, Selection, WorkerPool},
    },
};

/// How long a job is leased. Longer than a turn with a restart can take, so an expired lease means that the worker is
/// gone.
const LEASE: Span = Span::minutes(5);
/// Most messages of one answer. A longer answer is a fault of the model, and each message may cost the tenant.
const BUBBLES: usize = 3;
/// How often the typing indicator is renewed.
const DOTS: Span = Span::seconds(20);
/// Most conversations that are answered concurrently.
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
    pub async fn fly(&self, stop: &CancellationToken, most: usize) {
        // A new job becomes due after `GATHER`, so that a burst of messages is answered once.
        let pool = WorkerPool::new("models", &self.bus.wakeups().models, &self.clock, &self.entropy, stop)
            .most(most)
            .gather(GATHER)
            .at_stop(AtStop::Abort);
        let take = |room: usize| {
            let room = i64::try_from(room.min(64)).unwrap_or(64);
            self.jobs.take(JobKind::Model, Selection::OnePerKey, LEASE, room)
        };
        let work = |job: Leased<JobRow>| {
            let bot = self.clone();
            async move { bot.answer(&job).await }
        };
        pool.run(take, work).await;
    }

    async fn answer(&self, job: &Leased<JobRow>) {
        if let Err(error) = self.model_turn(job).await {
            tracing::error!(%error, job = %job.id, "bot: model turn not settled, will retry");
            // The next attempt finds the turn interrupted.
            if let Err(error) = self.jobs.reschedule(job, Span::seconds(2)).await {
                tracing::error!(%error, job = %job.id, "bot: rescheduling model turn failed");
            }
        }
    }

    async fn model_turn(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        if job.attempts >= TRIES {
            return self.give_up(job).await;
        }
        let id = conversation(job);
        let Some(mut turn) = self.next_turn(&job.tenant_id, &id).await? else {
            if job.attempts > 0 {
                let words = "The server stopped before the response arrived.";
                self.end_interrupted(&job.tenant_id, &id, CallOutcome::Interrupted, words).await?;
            }
            return self.drop_turn(job).await;
        };
        if job.attempts > 0 {
            let mut outcome = failed(&turn, Failure::ModelInterrupted);
            outcome.ended = self.interrupted(&job.tenant_id, &id).await?;
            return self.settle_model(&turn, job, outcome, None).await;
        }
        if let Some(run) = turn.run.as_ref().filter(|run| run.flow.is_none()) {
            let outcome = walk::advance(&turn, run, &Input::Begin, self.clock.now());
            return self.settle_model(&turn, job, outcome, None).await;
        }
        let active_turn = self.active_turns.start(&id);
        let first = turn.clone();
        let setup = self.model(&job.tenant_id, self.clock.now()).await?;
        let Some(model) = setup else { return self.without_model(&turn, job).await };
        let key = match self.key(&model) {
            Ok(key) => key,
            Err(failure) => {
                let outcome = self.broken(&turn, failure);
                return self.settle_model(&turn, job, outcome, None).await;
            }
        };
        let (step, task) = match self.part(&turn) {
            Part::Free => (None, None),
            Part::Step(step, task) => (Some(step), Some(task)),
            Part::Over(outcome) => return self.settle_model(&turn, job, outcome, None).await,
            Part::Gone => return self.drop_turn(job).await,
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
                Err(LlmFault::Cancelled) => match active_turn.broken() {
                    Broken::Again => match self.next_turn(&job.tenant_id, &id).await? {
                        Some(now) if now.revision() == turn.revision() && now.epoch == turn.epoch => turn = now,
                        // An agent has taken over or the flow has moved, so this answer is not needed.
                        _ => return self.drop_turn(job).await,
                    },
                    Broken::Off => return self.drop_turn(job).await,
                },
                Err(fault) => {
                    tracing::warn!(%fault, tenant = %job.tenant_id, "bot: model request failed");
                    break (Err(fault.failure()), transcript);
                }
            }
        };
        turn.seen.clone_from(&transcript.read.message);
        // The steps that follow can use variables that the model set.
        turn.variables.extend(toolbox.sets());
        let mut outcome = match ended {
            Ok(ended) => self.ended(&turn, ended),
            Err(failure) => self.broken(&turn, failure),
        };
        outcome.actions.splice(0..0, toolbox.actions());
        self.settle_model(&turn, job, outcome, Some(transcript.read)).await
    }

    /// Renews the typing indicator while the customer waits. WhatsApp removes it after 25 seconds.
    async fn keep_typing(&self, turn: &Turn) -> std::convert::Infallible {
        loop {
            self.clock.sleep(DOTS).await;
            if let Err(error) = self.show_typing(turn).await {
                tracing::warn!(%error, "bot: typing indicator not renewed");
            }
        }
    }

    async fn without_model(&self, turn: &Turn, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        let outcome = self.broken(turn, Failure::ModelUnreachable);
        self.settle_model(turn, job, outcome, None).await
    }

    fn key(&self, model: &Model) -> Result<Secret, Failure> {
        let Some(sealed) = &model.key else { return Ok(Secret::new("")) };
        self.seal.open(sealed).map_err(|error| {
            tracing::error!(%error, "bot: model key decryption failed");
            Failure::ModelKey
        })
    }

    /// The model's task in this turn.
    fn part(&self, turn: &Turn) -> Part {
        let Some(run) = &turn.run else { return Part::Free };
        let Position::Modelling { step: id } = &run.position else { return Part::Gone };
        let said = Input::Said { text: turn.last_words.clone(), payload: None };
        let rest = run.flow.as_ref().map(|flow| {
            let here = Position::Modelling { step: id.clone() };
            flow::step::step(flow, &here, &said, &walk::facts(turn, self.clock.now())).rest
        });
        if let Some(Continuation::Model { task, .. }) = rest {
            return Part::Step(id.clone(), task);
        }
        // The step cannot run or its version is unreadable. The flow decides what follows.
        Part::Over(walk::advance(turn, run, &said, self.clock.now()))
    }

    fn ended(&self, turn: &Turn, ended: TurnResult) -> Outcome {
        // If the answer promises an agent, it escalates, whatever other tool the model called.
        let end = ended.end.filter(|end| !ended.needs_person || matches!(end, End::Handoff(_)));
        let mut bubbles = ended.answer.map(|words| pieces(&words, TEXT_LIMIT)).unwrap_or_default();
        if bubbles.len() > BUBBLES {
            if end.is_none() && !ended.needs_person {
                return self.broken(turn, Failure::ModelMalformed);
            }
            // The escalation stays; only the overlong answer is dropped.
            bubbles.clear();
        }
        let says: Vec<BotAction> =
            bubbles.into_iter().map(|text| BotAction::Say(OutgoingMessage::Text { text })).collect();
        let mut outcome = match end {
            Some(End::Handoff(asked)) => {
                let mut escalation = Escalation::new(Trigger::Model, turn.message.clone());
                escalation.brief = Brief {
                    reason: asked.reason,
                    note: String::new(),
                    summary: asked.summary,
                    urgency: match asked.urgency {
                        Urgency::Low => crate::domain::handoff::Urgency::Low,
                        Urgency::Normal => crate::domain::handoff::Urgency::Normal,
                        Urgency::High => crate::domain::handoff::Urgency::High,
                    },
                };
                Outcome::hand_off(escalation)
            }
            Some(End::Close) => Outcome { next: NextAction::Close, ..Outcome::default() },
            Some(End::Finish) => match &turn.run {
                Some(run) => walk::advance(turn, run, &Input::ModelDone(ModelResult::Finished), self.clock.now()),
                None => Outcome::default(),
            },
            None if ended.needs_person => {
                let mut escalation = Escalation::new(Trigger::Model, turn.message.clone());
                escalation.brief.reason = "The reply promised an agent or said that one is needed.".to_owned();
                Outcome::hand_off(escalation)
            }
            None => Outcome::default(),
        };
        outcome.actions.splice(0..0, says);
        outcome
    }

    /// The failure path of the flow's step, or a handoff.
    fn broken(&self, turn: &Turn, failure: Failure) -> Outcome {
        let modelling = turn.run.as_ref().filter(|run| matches!(run.position, Position::Modelling { .. }));
        let Some(run) = modelling else { return failed(turn, failure) };
        let words = failure.sentence().to_owned();
        let mut outcome = walk::advance(turn, run, &Input::ModelDone(ModelResult::Failed(words)), self.clock.now());
        if let NextAction::HandOff(escalation) = &mut outcome.next
            && matches!(escalation.trigger, Trigger::Failure { failure: Failure::ModelError })
        {
            escalation.trigger = Trigger::Failure { failure };
        }
        outcome
    }
}

/// The model's task in a turn.
enum Part {
    /// No flow is running: the model answers freely.
    Free,
    /// A step of a flow hands over to the model.
    Step(StepId, Task),
    /// The step could not run. This is the outcome.
    Over(Outcome),
    /// The flow has moved since.
    Gone,
}

fn failed(turn: &Turn, failure: Failure) -> Outcome {
    Outcome::hand_off(Escalation::new(Trigger::Failure { failure }, turn.message.clone()))
}

/// The tools that this turn may call: all of the tenant's, or those that the flow's step names.
fn allowed(tools: &[ToolDefinition], task: Option<&Task>) -> Vec<ToolDefinition> {
    let fits = |tool: &&ToolDefinition| task.is_none_or(|task| task.tools.contains(&tool.name));
    tools.iter().filter(fits).cloned().collect()
}
