//! Runs a flow from a position and an input to the next point at which it waits. Pure and total.
//!
//! For any definition, position and input, the result is a bounded number of effects and a continuation. Nothing here
//! returns an error; faults escalate to an agent with their cause. To add a kind of step: its arm in `Walk::take`, and
//! its arm in [`step`] if it waits for something.

use super::{
    answer::{self, ParsedAnswer},
    definition::{Block, Condition, Flow, HandoffStep, Http, Model, Question, Step, StepKind},
    extract::extract,
    fill, limits,
    path::Path,
    run::{Answered, Cause, Continuation, Facts, FlowHandoff, Input, ModelResult, Position, StepEffect, StepOutcome},
};
use crate::{
    interpolation::{InterpolationFault, holds},
    message::outgoing::OutgoingMessage,
    text::{clip, one_line},
};

/// Advances `flow` from `position`.
///
/// - At [`Position::Start`] and [`Position::Before`], any message of the customer starts the flow, like
///   [`Input::Begin`].
/// - [`Input::Begin`] at a question asks it again, and at the model lets it answer again. At a request whose response
///   never arrived it takes the failure path, because a request is not sent twice.
/// - A message while a request is running, and any other input that the position does not wait for, changes nothing:
///   the continuation is to keep waiting.
pub fn step(flow: &Flow, position: &Position, input: &Input, facts: &Facts) -> StepOutcome {
    let mut walk =
        Walk { flow, path: Path::top(flow), facts: facts.clone(), effects: Vec::new(), budget: limits::STEPS };
    if let Input::Said { text, .. } = input {
        walk.facts.last_words.clone_from(text);
    }
    let rest = walk.resume(position, input);
    StepOutcome { effects: walk.effects, rest }
}

struct Walk<'a> {
    flow: &'a Flow,
    path: Path<'a>,
    /// Includes the variables set so far.
    facts: Facts,
    effects: Vec<StepEffect>,
    budget: usize,
}

/// The continuation of a step; `None` continues with the next step.
type Led = Option<Continuation>;

impl<'a> Walk<'a> {
    fn resume(&mut self, position: &Position, input: &Input) -> Continuation {
        let begins = matches!(input, Input::Begin | Input::Said { .. } | Input::NonText);
        let Some(id) = position.step() else {
            return if begins { self.run() } else { stay(position, None) };
        };
        let Some(path) = Path::to(self.flow, id) else { return missing(None, &id.0) };
        self.path = path;
        if matches!(position, Position::Start | Position::Before { .. }) {
            return if begins { self.run() } else { stay(position, None) };
        }
        let Some(step) = self.path.next() else { return missing(None, &id.0) };
        let led = match position {
            Position::Waiting { tries, .. } => {
                let StepKind::Question(question) = &step.act else { return missing(Some(step), &id.0) };
                self.answered(step, question, *tries, input, position)
            }
            Position::Fetching { .. } => {
                let StepKind::Http(http) = &step.act else { return missing(Some(step), &id.0) };
                self.asked(step, http, input, position)
            }
            Position::Modelling { .. } => {
                let StepKind::Model(model) = &step.act else { return missing(Some(step), &id.0) };
                self.modelled(step, model, input, position)
            }
            // Handled above.
            Position::Start | Position::Before { .. } => None,
        };
        led.unwrap_or_else(|| self.run())
    }

    /// Handles an input while a request is running.
    fn asked(&mut self, step: &'a Step, http: &'a Http, input: &Input, here: &Position) -> Led {
        match input {
            Input::Fetched(result) => self.fetched(step, http, result),
            Input::Begin => {
                let words = "The server stopped before the response arrived.";
                self.fail(step, &http.on_failure, Cause::HttpFailed, words)
            }
            Input::Said { .. } | Input::NonText | Input::TimedOut | Input::ModelDone(_) => Some(stay(here, None)),
        }
    }

    /// Handles an input while the language model answers.
    fn modelled(&mut self, step: &'a Step, model: &'a Model, input: &Input, here: &Position) -> Led {
        match input {
            Input::Begin | Input::Said { .. } | Input::NonText => self.model(step, model),
            Input::ModelDone(ModelResult::Finished) => None,
            Input::ModelDone(ModelResult::Failed(words)) => {
                self.fail(step, &model.on_failure, Cause::ModelFailed, words)
            }
            Input::TimedOut | Input::Fetched(_) => Some(stay(here, None)),
        }
    }

    /// Runs steps until one has to wait.
    fn run(&mut self) -> Continuation {
        let mut last = None;
        while let Some(step) = self.path.next() {
            last = Some(step);
            if self.budget == 0 {
                return escalate(Some(step), Cause::Loop, "");
            }
            self.budget -= 1;
            if let Some(rest) = self.take(step) {
                return rest;
            }
        }
        escalate(last, Cause::DeadEnd, "")
    }

    fn take(&mut self, step: &'a Step) -> Led {
        let led = match &step.act {
            StepKind::Message(say) => say.fill(&fill::scope(&self.facts)).map(|message| self.say(step, message)),
            StepKind::Question(question) => return Some(self.ask(step, question, 0)),
            StepKind::Condition(condition) => self.branch(condition).map(|block| self.enter(block)),
            StepKind::Set(set) => fill::optional(&set.value, &fill::scope(&self.facts), limits::VALUE)
                .map(|value| self.set(step, &set.variable, value)),
            StepKind::Http(http) => fill::call(http, &fill::scope(&self.facts)).map(|call| {
                let position = Position::Fetching { step: step.id.clone() };
                Some(Continuation::Fetch { position, label: step.label().to_owned(), call })
            }),
            StepKind::Model(model) => return self.model(step, model),
            StepKind::Handoff(handoff) => return Some(self.hand_over(step, handoff)),
            StepKind::Close(close) => {
                fill::optional(&close.text, &fill::scope(&self.facts), limits::TEXT).map(|text| {
                    if !text.trim().is_empty() {
                        self.say(step, OutgoingMessage::Text { text });
                    }
                    Some(Continuation::Close { step: step.id.clone() })
                })
            }
            StepKind::Jump(jump) => match Path::to(self.flow, &jump.to) {
                Some(path) => {
                    self.path = path;
                    Ok(None)
                }
                None => Ok(Some(missing(Some(step), &jump.to.0))),
            },
            StepKind::Hours(hours) => Ok(self.enter(if self.facts.open { &hours.open } else { &hours.closed })),
        };
        led.unwrap_or_else(|fault| Some(unfilled(step, &fault)))
    }

    fn say(&mut self, step: &Step, message: OutgoingMessage) -> Led {
        self.effects.push(StepEffect::Say { step: step.id.clone(), message });
        None
    }

    fn set(&mut self, step: &Step, variable: &str, value: String) -> Led {
        if !variable.is_empty() {
            let value = clip(&value, limits::VALUE);
            self.facts.variables.insert(variable.to_owned(), value.clone());
            let (step, label) = (step.id.clone(), step.label().to_owned());
            self.effects.push(StepEffect::Set { step, label, variable: variable.to_owned(), value });
        }
        None
    }

    fn enter(&mut self, block: &'a Block) -> Led {
        self.path.enter(block);
        None
    }

    /// The block of the first branch whose condition holds.
    fn branch(&self, condition: &'a Condition) -> Result<&'a Block, InterpolationFault> {
        let scope = fill::scope(&self.facts);
        for branch in &condition.branches {
            if holds(&branch.when, &scope)? {
                return Ok(&branch.steps);
            }
        }
        Ok(&condition.otherwise)
    }

    fn ask(&mut self, step: &Step, question: &Question, tries: u8) -> Continuation {
        match fill::question(step, &fill::scope(&self.facts), tries) {
            Ok(message) => {
                self.effects.extend(message.map(|message| StepEffect::Say { step: step.id.clone(), message }));
                Continuation::Wait {
                    position: Position::Waiting { step: step.id.clone(), tries },
                    patience: question.patience,
                }
            }
            Err(fault) => unfilled(step, &fault),
        }
    }

    fn answered(&mut self, step: &'a Step, question: &'a Question, tries: u8, input: &Input, here: &Position) -> Led {
        match input {
            Input::Said { text, payload } => {
                let read = answer::read(&question.expect, text, payload.as_deref(), &self.facts);
                match read {
                    Some(ParsedAnswer { value, option }) => {
                        self.set(step, &question.variable, value);
                        let chosen = option.and_then(|at| question.expect.options().get(at));
                        chosen.and_then(|option| self.enter(&option.steps))
                    }
                    None => self.refused(step, question, tries, &format!("The last answer was “{}”.", clip(text, 200))),
                }
            }
            Input::NonText => self.refused(step, question, tries, "The last answer wasn't text."),
            Input::TimedOut => self.fail(step, &question.on_failure, Cause::TooLong, ""),
            Input::Begin => Some(self.ask(step, question, 0)),
            Input::Fetched(_) | Input::ModelDone(_) => Some(stay(here, question.patience)),
        }
    }

    fn refused(&mut self, step: &'a Step, question: &'a Question, tries: u8, words: &str) -> Led {
        if tries >= question.retries {
            return self.fail(step, &question.on_failure, Cause::NoMatch, words);
        }
        Some(self.ask(step, question, tries.saturating_add(1)))
    }

    fn fetched(&mut self, step: &'a Step, http: &'a Http, result: &Result<Answered, String>) -> Led {
        let kept = match result {
            Ok(answered) if answered.status >= 400 => Err(format!("The response had status {}.", answered.status)),
            Ok(answered) => extract(&http.keep, &answered.body),
            Err(words) => Err(words.clone()),
        };
        match kept {
            Ok(values) => {
                for (variable, value) in values {
                    self.set(step, variable, value);
                }
                None
            }
            Err(words) => self.fail(step, &http.on_failure, Cause::HttpFailed, &words),
        }
    }

    fn model(&mut self, step: &Step, model: &Model) -> Led {
        Some(match fill::task(model, &fill::scope(&self.facts)) {
            Ok(task) => Continuation::Model {
                position: Position::Modelling { step: step.id.clone() },
                label: step.label().to_owned(),
                task,
            },
            Err(fault) => unfilled(step, &fault),
        })
    }

    /// Takes the step's failure path, or escalates if it has none.
    fn fail(&mut self, step: &'a Step, path: &'a Block, cause: Cause, words: &str) -> Led {
        if path.is_empty() { Some(escalate(Some(step), cause, words)) } else { self.enter(path) }
    }

    fn hand_over(&self, step: &Step, handoff: &HandoffStep) -> Continuation {
        let scope = fill::scope(&self.facts);
        let filled = || {
            Ok(FlowHandoff {
                step: Some(step.id.clone()),
                label: step.label().to_owned(),
                cause: Cause::Step,
                team: handoff.team.clone(),
                reason: one_line(&fill::optional(&handoff.reason, &scope, limits::REASON)?),
                note: fill::optional(&handoff.note, &scope, limits::NOTE)?,
                notice: fill::optional(&handoff.notice, &scope, limits::TEXT)?,
            })
        };
        // The team is kept even if the texts cannot be filled in.
        Continuation::Handoff(filled().unwrap_or_else(|fault: InterpolationFault| FlowHandoff {
            team: handoff.team.clone(),
            ..broken(Some(step), Cause::BadTemplate, &fault.detail)
        }))
    }
}

fn stay(position: &Position, patience: Option<crate::time::Span>) -> Continuation {
    Continuation::Wait { position: position.clone(), patience }
}

fn unfilled(step: &Step, fault: &InterpolationFault) -> Continuation {
    escalate(Some(step), Cause::BadTemplate, &fault.detail)
}

fn missing(step: Option<&Step>, id: &str) -> Continuation {
    escalate(step, Cause::MissingStep, &format!("There is no step “{}”.", clip(id, 80)))
}

fn escalate(step: Option<&Step>, cause: Cause, words: &str) -> Continuation {
    Continuation::Handoff(broken(step, cause, words))
}

fn broken(step: Option<&Step>, cause: Cause, words: &str) -> FlowHandoff {
    let label = step.map_or("", Step::label);
    let at = if label.is_empty() { String::new() } else { format!(" at “{label}”") };
    FlowHandoff {
        step: step.map(|step| step.id.clone()),
        label: label.to_owned(),
        cause,
        team: None,
        reason: clip(&one_line(&format!("{}{at}", cause.label())), limits::REASON),
        note: clip(words, limits::NOTE),
        notice: String::new(),
    }
}

#[cfg(test)]
#[path = "step_rules_tests.rs"]
mod rules_tests;
#[cfg(test)]
#[path = "step_tests.rs"]
mod tests;
