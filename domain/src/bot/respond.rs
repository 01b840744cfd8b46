//! Turns a decision about a customer's message into an outcome.

use super::{
    Decision, Escalation, FlowChange, NextAction, QuestionFit, Situation, Turn, TurnOutcome, decide, requested, walk,
};
use crate::{
    flow::run::Position,
    handoff::{Brief, Failure, Trigger},
    interpolation::{self, TextValues},
    keyword::Keyword,
    time::Timestamp,
};

/// The outcome of a turn. A turn without a message has an empty outcome.
pub fn respond(turn: &Turn, now: Timestamp) -> TurnOutcome {
    let Some(situation) = turn.situation(now) else { return TurnOutcome::default() };
    let escalation = |trigger| Escalation::new(trigger, turn.message.clone());
    let no_answer = || TurnOutcome::hand_off(escalation(Trigger::Failure { failure: Failure::NoAnswer }));
    match decide(&situation) {
        Decision::Keyword(rule, _) => by_keyword(turn, rule),
        Decision::BeginFlow(live) => walk::begin(turn, live, now),
        Decision::AdvanceFlow(run, input) => walk::advance(turn, run, &input, now),
        Decision::Model => {
            TurnOutcome { next: NextAction::Model, flow: left(turn, &situation), ..TurnOutcome::default() }
        }
        Decision::FixedText(words) => TurnOutcome { flow: left(turn, &situation), ..TurnOutcome::say(words) },
        Decision::Text(text) => {
            let values = TextValues { customer_name: &turn.customer.name, tenant_name: &turn.tenant_name };
            // A text whose variables cannot be filled in does not count as an answer.
            interpolation::filled(text, &values).map_or_else(
                |_| no_answer(),
                |text| TurnOutcome { flow: left(turn, &situation), ..TurnOutcome::say(text) },
            )
        }
        Decision::Unreadable => {
            let reason = format!("The customer sent: {}", situation.content.preview());
            let brief = Brief { reason, ..Brief::default() };
            TurnOutcome::hand_off(Escalation { brief, ..escalation(Trigger::Failure { failure: Failure::Unreadable }) })
        }
        Decision::NoAnswer => no_answer(),
        Decision::Nothing => TurnOutcome::default(),
    }
}

/// The handoff that a keyword requests in a message that the bot answers no more: an edited one, or one that a later
/// message followed before the bot got the conversation back. `None` if there is no keyword in it.
pub fn heed(turn: &Turn, now: Timestamp) -> Option<TurnOutcome> {
    let (rule, _) = requested(&turn.situation(now)?)?;
    Some(by_keyword(turn, rule))
}

fn by_keyword(turn: &Turn, rule: &Keyword) -> TurnOutcome {
    let trigger = Trigger::Keyword { keyword: rule.id.clone(), phrase: rule.phrase.clone() };
    TurnOutcome::hand_off(Escalation::new(trigger, turn.message.clone()))
}

/// What an answer without a flow means for the run: one that waited to go on after an agent, or whose question has
/// expired, is over.
fn left(turn: &Turn, situation: &Situation<'_>) -> FlowChange {
    let is_over = situation.question == QuestionFit::Expired
        || turn.run.as_ref().is_some_and(|run| matches!(run.position, Position::Before { .. }));
    if is_over { FlowChange::End } else { FlowChange::Keep }
}
