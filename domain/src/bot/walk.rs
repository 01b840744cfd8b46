//! Runs a flow's steps and collects the outcome: what is sent and stored, the flow's position, what it waits for.

use jiff::tz::TimeZone;

use super::{BotAction, Escalation, FlowChange, FlowRun, LiveFlow, NextAction, Source, Turn, TurnOutcome};
use crate::{
    calendar,
    flow::{
        definition::{Flow, StepKind},
        run::{Cause, Continuation, Facts, FlowHandoff, Input, ModelResult, Position, StepEffect, StepOutcome},
        step::step,
    },
    handoff::{Brief, Failure, Trigger},
    time::Timestamp,
};

/// The most model steps that one turn may pass on their failure paths while no model is set up.
const MAX_MODEL_FALLBACKS: usize = 20;

/// Starts a flow and ends the running one, if any.
pub fn begin(turn: &Turn, live: &LiveFlow, now: Timestamp) -> TurnOutcome {
    let run = FlowRun {
        id: live.id.clone(),
        version: live.version,
        position: Position::Start,
        revision: turn.revision(),
        auto_steps: 0,
        moved_at: now,
        flow: Some(live.flow.clone()),
    };
    let mut outcome = advance(turn, &run, &Input::Begin, now);
    if let FlowChange::Move { flow, version, position } = outcome.flow {
        outcome.flow = FlowChange::Begin { flow, version, position };
    }
    outcome
}

/// Continues the flow from its position.
pub fn advance(turn: &Turn, run: &FlowRun, input: &Input, now: Timestamp) -> TurnOutcome {
    let Some(flow) = &run.flow else {
        let mut escalation = Escalation::new(Trigger::Failure { failure: Failure::FlowBroken }, turn.message.clone());
        escalation.brief.reason =
            "The flow version this conversation started with is missing or unreadable.".to_owned();
        return TurnOutcome { flow: FlowChange::End, ..TurnOutcome::hand_off(escalation) };
    };
    let mut facts = facts(turn, now);
    let mut actions = Vec::new();
    let mut position = run.position.clone();
    let mut input = input.clone();
    for _ in 0..MAX_MODEL_FALLBACKS {
        let StepOutcome { effects, rest } = step(flow, &position, &input, &facts);
        for effect in effects {
            if let StepEffect::Set { variable, value, .. } = &effect {
                facts.variables.insert(variable.clone(), value.clone());
            }
            actions.push(action(flow, effect));
        }
        let at = |position: Position| FlowChange::Move { flow: run.id.clone(), version: run.version, position };
        let (change, next) = match rest {
            Continuation::Wait { position, patience } => {
                (at(position), patience.map_or(NextAction::Wait, NextAction::WaitFor))
            }
            Continuation::Fetch { position, label, call } => {
                let Position::Fetching { step } = &position else { break };
                let step = step.clone();
                (at(position), NextAction::Ask { step, label, call })
            }
            Continuation::Model { position: here, .. } if turn.model.is_none() => {
                // No model is set up: take the step's failure path.
                position = here;
                input = Input::ModelDone(ModelResult::Failed("No language model is set up.".to_owned()));
                continue;
            }
            Continuation::Model { position, .. } => (at(position), NextAction::Model),
            Continuation::Handoff(handoff) => {
                (at(Position::Start), NextAction::HandOff(escalation(turn, &flow.name, handoff)))
            }
            Continuation::Close { .. } => (FlowChange::End, NextAction::Close),
        };
        return TurnOutcome { ended: Vec::new(), actions, flow: change, next };
    }
    let mut escalation = Escalation::new(Trigger::Failure { failure: Failure::FlowBroken }, turn.message.clone());
    escalation.brief.reason = format!("Flow “{}” loops without end.", flow.name);
    TurnOutcome { actions, flow: FlowChange::End, ..TurnOutcome::hand_off(escalation) }
}

fn action(flow: &Flow, effect: StepEffect) -> BotAction {
    match effect {
        StepEffect::Say { message, .. } => BotAction::Say(message),
        StepEffect::Set { step, label, variable, value } => {
            let asked = flow.find(&step).is_some_and(|step| matches!(step.act, StepKind::Question(_)));
            let source = if asked { Source::Answer } else { Source::Step };
            BotAction::Set { step: Some(step), label, name: variable, value, source }
        }
    }
}

/// The values that a flow's templates and conditions may use.
pub fn facts(turn: &Turn, now: Timestamp) -> Facts {
    let zone = TimeZone::get(&turn.settings.zone).unwrap_or(TimeZone::UTC);
    Facts {
        now,
        offset: calendar::offset(&zone, now),
        open: turn.settings.calendar.is_open(&zone, now),
        customer_name: turn.customer.name.clone(),
        customer_phone: turn.customer.phone.clone(),
        customer_language: turn.customer.language.clone().unwrap_or_default(),
        tenant_name: turn.tenant_name.clone(),
        channel: turn.channel_name.clone(),
        ad: turn.ad.clone(),
        last_words: turn.last_words.clone(),
        variables: turn.variables.clone(),
    }
}

fn escalation(turn: &Turn, flow: &str, handoff: FlowHandoff) -> Escalation {
    let FlowHandoff { label, cause, team, reason, note, notice, .. } = handoff;
    let failure = |failure| Trigger::Failure { failure };
    let (trigger, reason) = match cause {
        Cause::Step => (Trigger::Flow { flow: flow.to_owned(), step: label }, reason),
        broken => {
            let place = if label.is_empty() {
                format!("Flow “{flow}”")
            } else {
                format!("Flow “{flow}”, step “{label}”")
            };
            let reason = if reason.is_empty() { format!("{place}.") } else { format!("{place}: {reason}") };
            let kind = match broken {
                Cause::NoMatch => Failure::NoMatch,
                Cause::TooLong => Failure::TooLong,
                Cause::HttpFailed => Failure::HttpFailed,
                Cause::ModelFailed => Failure::ModelError,
                Cause::Step | Cause::MissingStep | Cause::DeadEnd | Cause::Loop | Cause::BadTemplate => {
                    Failure::FlowBroken
                }
            };
            (failure(kind), reason)
        }
    };
    let brief = Brief { reason, note, ..Brief::default() };
    Escalation { trigger, team, brief, notice, message: turn.message.clone() }
}
