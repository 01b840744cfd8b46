//! Turns a decision about a customer's message into an outcome.

use super::{Decision, Escalation, NextAction, Outcome, Turn, decide, walk};
use crate::{
    handoff::{Brief, Failure, Trigger},
    interpolation::{self, Values},
    time::Timestamp,
};

/// The outcome of a turn. A turn without a message has an empty outcome.
pub fn respond(turn: &Turn, now: Timestamp) -> Outcome {
    let Some(situation) = turn.situation() else { return Outcome::default() };
    let escalation = |trigger| Escalation::new(trigger, turn.message.clone());
    let no_answer = || Outcome::hand_off(escalation(Trigger::Failure { failure: Failure::NoAnswer }));
    match decide(&situation) {
        Decision::Keyword(rule, _) => {
            Outcome::hand_off(escalation(Trigger::Keyword { keyword: rule.id.clone(), phrase: rule.phrase.clone() }))
        }
        Decision::BeginFlow(live) => walk::begin(turn, live, now),
        Decision::AdvanceFlow(run, input) => walk::advance(turn, run, &input, now),
        Decision::Model => Outcome { next: NextAction::Model, ..Outcome::default() },
        Decision::FixedText(words) => Outcome::say(words),
        Decision::Text(text) => {
            let values = Values { customer_name: &turn.customer.name, tenant_name: &turn.tenant_name };
            // A text whose variables cannot be filled in does not count as an answer.
            interpolation::filled(text, &values).map_or_else(|_| no_answer(), Outcome::say)
        }
        Decision::Unreadable => {
            let reason = format!("The customer sent: {}", situation.content.preview());
            let brief = Brief { reason, ..Brief::default() };
            Outcome::hand_off(Escalation { brief, ..escalation(Trigger::Failure { failure: Failure::Unreadable }) })
        }
        Decision::NoAnswer => no_answer(),
        Decision::Nothing => Outcome::default(),
    }
}
