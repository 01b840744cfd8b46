//! Stores the flow's position after a turn, and stops a flow that loops without waiting for the customer.

use crate::{
    domain::{
        bot::{Escalation, FlowChange, NextAction, Turn, TurnOutcome},
        handoff::{Failure, Trigger},
    },
    server::{
        conversations::{Result, UnitOfWork},
        store::{facts, flow_runs::FlowRunRow},
    },
};

/// Most API calls of flows per message of a customer. It stops a loop that makes calls.
const MAX_CALLS: i64 = 20;
/// Most automatic moves of a flow per message of a customer: by responses, timeouts and finished model steps.
const MAX_AUTO_STEPS: i64 = 30;

impl UnitOfWork {
    /// Escalates instead, if the turn would make one more API call or move the flow once more than one message allows.
    pub(super) async fn check_limits(&mut self, turn: &Turn, outcome: &TurnOutcome) -> Result<Option<TurnOutcome>> {
        let (reason, actions) = match &outcome.next {
            NextAction::HandOff(_) | NextAction::Close => return Ok(None),
            NextAction::Ask { label, .. } => {
                let message = turn.seen.as_ref();
                if facts::calls_about(&mut self.tx, &turn.tenant, &turn.conversation, message).await? < MAX_CALLS {
                    return Ok(None);
                }
                let reason = format!("The flow made {MAX_CALLS} API calls for one message, the last one at “{label}”.");
                (reason, outcome.actions.clone())
            }
            NextAction::Wait | NextAction::WaitFor(_) | NextAction::Model => {
                let moves = matches!(outcome.flow, FlowChange::Move { .. }) && turn.auto_steps() > MAX_AUTO_STEPS;
                if !moves {
                    return Ok(None);
                }
                (format!("The flow continued {MAX_AUTO_STEPS} times without a message from the customer."), Vec::new())
            }
        };
        let mut escalation = Escalation::new(Trigger::Failure { failure: Failure::FlowBroken }, turn.message.clone());
        escalation.brief.reason = reason;
        let (ended, next) = (outcome.ended.clone(), NextAction::HandOff(escalation));
        Ok(Some(TurnOutcome { ended, actions, flow: FlowChange::End, next }))
    }

    /// Stores the flow's position and returns its revision.
    pub(super) fn change_flow(&mut self, turn: &Turn, change: &FlowChange) -> i64 {
        // A new flow run starts above any earlier revision of this conversation, so that jobs of an earlier run stay
        // stale.
        let revision = turn.run.as_ref().map_or(self.now.0, |run| run.revision + 1);
        match change {
            FlowChange::Keep => return turn.revision(),
            FlowChange::Begin { flow, version, position } | FlowChange::Move { flow, version, position } => {
                let (flow, version, position) = (flow.clone(), *version, position.clone());
                let (auto_steps, moved_at) = (turn.auto_steps(), self.now);
                let run = FlowRunRow { flow, version, position, revision, auto_steps, moved_at };
                self.set_flow_run(&turn.conversation, Some(run));
            }
            FlowChange::End => self.set_flow_run(&turn.conversation, None),
        }
        revision
    }
}
