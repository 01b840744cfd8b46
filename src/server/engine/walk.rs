//! A flow's step carried into an outcome: what is said and kept, where the flow stands, what it waits for.

use jiff::tz::TimeZone;

use crate::{
    domain::{
        calendar,
        flow::{
            definition::{Flow, StepKind},
            run::{Cause, Continuation, Effect, Facts, Handoff, Input, Modelled, Position, StepOutcome},
            step::step,
        },
        handoff::{Brief, Failure, Trigger},
        time::Timestamp,
    },
    server::inbox::bot::{BotAction, Escalation, FlowChange, FlowRun, IsNew, Live, NextAction, Outcome, Source, Turn},
};

/// Model steps that one turn may fail its way through when no model is set up.
const FALLS: usize = 20;

/// Begins a flow, whatever was under way before.
pub fn begin(turn: &Turn, live: &Live, now: Timestamp) -> Outcome {
    let standing = FlowRun {
        id: live.id.clone(),
        version: live.version,
        position: Position::Start,
        revision: turn.revision(),
        alone: 0,
        flow: Some(live.flow.clone()),
    };
    walked(turn, &standing, &Input::Begin, now, IsNew::Yes)
}

/// Goes on where the flow stands.
pub fn on(turn: &Turn, run: &FlowRun, input: &Input, now: Timestamp) -> Outcome {
    walked(turn, run, input, now, IsNew::No)
}

fn walked(turn: &Turn, run: &FlowRun, input: &Input, now: Timestamp, is_new: IsNew) -> Outcome {
    let Some(flow) = &run.flow else {
        let mut escalation = Escalation::new(Trigger::Failure { failure: Failure::FlowBroken }, turn.message.clone());
        escalation.brief.reason =
            "The version of the flow that this conversation began with is gone, or cannot be read.".to_owned();
        return Outcome { place: FlowChange::End, ..Outcome::hand_off(escalation) };
    };
    let mut facts = facts(turn, now);
    let mut acts = Vec::new();
    let mut position = run.position.clone();
    let mut input = input.clone();
    for _ in 0..FALLS {
        let StepOutcome { effects, rest } = step(flow, &position, &input, &facts);
        for effect in effects {
            if let Effect::Set { variable, value, .. } = &effect {
                facts.variables.insert(variable.clone(), value.clone());
            }
            acts.push(act(flow, effect));
        }
        let at = |position: Position| FlowChange::Move { flow: run.id.clone(), version: run.version, position, is_new };
        let (place, then) = match rest {
            Continuation::Wait { position, patience } => {
                (at(position), patience.map_or(NextAction::Wait, NextAction::WaitFor))
            }
            Continuation::Fetch { position, label, call } => {
                let Position::Fetching { step } = &position else { break };
                let step = step.clone();
                (at(position), NextAction::Ask { step, label, call })
            }
            Continuation::Model { position: next, .. } if turn.model.is_none() => {
                // Nobody to hand the talk to: the step's failure path.
                position = next;
                input = Input::Modelled(Modelled::Failed("No language model is set up.".to_owned()));
                continue;
            }
            Continuation::Model { position, .. } => (at(position), NextAction::Model),
            Continuation::Handoff(handoff) => {
                (at(Position::Start), NextAction::HandOff(escalation(turn, &flow.name, handoff)))
            }
            Continuation::Close { .. } => (FlowChange::End, NextAction::Close),
        };
        return Outcome { ended: Vec::new(), acts, place, then };
    }
    let mut escalation = Escalation::new(Trigger::Failure { failure: Failure::FlowBroken }, turn.message.clone());
    escalation.brief.reason = format!("Flow “{}” goes round without an end.", flow.name);
    Outcome { acts, place: FlowChange::End, ..Outcome::hand_off(escalation) }
}

fn act(flow: &Flow, effect: Effect) -> BotAction {
    match effect {
        Effect::Say { message, .. } => BotAction::Say(message),
        Effect::Set { step, label, variable, value } => {
            let asked = flow.find(&step).is_some_and(|step| matches!(step.act, StepKind::Question(_)));
            let source = if asked { Source::Answer } else { Source::Step };
            BotAction::Set { step: Some(step), label, name: variable, value, source }
        }
    }
}

/// What templates and conditions of a flow may look at.
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

fn escalation(turn: &Turn, flow: &str, handoff: Handoff) -> Escalation {
    let Handoff { label, cause, team, reason, note, notice, .. } = handoff;
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
