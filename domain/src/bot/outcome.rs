//! The result of a turn.

use crate::{
    event::CallOutcome,
    flow::{
        definition::StepId,
        run::{HttpCall, Position},
    },
    handoff::{Brief, Trigger},
    ids::{CallId, FlowId, MessageId, TeamId},
    message::outgoing::OutgoingMessage,
    time::Span,
};

/// The result of a turn.
#[derive(Clone, Debug, Default)]
pub struct TurnOutcome {
    /// HTTP calls that ended in this turn.
    pub ended: Vec<EndedCall>,
    /// In execution order.
    pub actions: Vec<BotAction>,
    pub flow: FlowChange,
    pub next: NextAction,
}

/// How an HTTP call ended.
#[derive(Clone, Debug)]
pub struct EndedCall {
    pub call: CallId,
    pub outcome: CallOutcome,
    /// Text for the dossier, cut to the length that it shows.
    pub output: String,
    pub took: Span,
}

#[derive(Clone, Debug)]
pub enum BotAction {
    Say(OutgoingMessage),
    Set { step: Option<StepId>, label: String, name: String, value: String, source: Source },
}

/// Where a value came from, so that the dossier can link to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The customer answered a question of a flow.
    Answer,
    /// A step of a flow computed it, or an HTTP response contained it.
    Step,
    /// The language model extracted it from the conversation.
    Model,
}

/// What a turn changes about the conversation's flow run.
#[derive(Clone, Debug, Default)]
pub enum FlowChange {
    #[default]
    Keep,
    /// Start a flow and end the running one, if any.
    Begin { flow: FlowId, version: i64, position: Position },
    /// The running flow continues.
    Move { flow: FlowId, version: i64, position: Position },
    /// No flow runs any more.
    End,
}

/// What happens after a turn.
#[derive(Clone, Debug, Default)]
pub enum NextAction {
    /// Wait for the customer.
    #[default]
    Wait,
    /// Wait for the customer for at most this long.
    WaitFor(Span),
    /// Send an HTTP request.
    Ask {
        step: StepId,
        label: String,
        call: HttpCall,
    },
    /// The language model answers.
    Model,
    HandOff(Escalation),
    Close,
}

/// A request for an agent.
#[derive(Clone, Debug)]
pub struct Escalation {
    pub trigger: Trigger,
    pub team: Option<TeamId>,
    pub brief: Brief,
    /// The text the customer receives; empty uses the tenant's notice.
    pub notice: String,
    /// The message that requested it.
    pub message: Option<MessageId>,
}

impl FlowChange {
    /// Whether the turn ends the running flow, to start another one or none.
    pub fn ends_run(&self) -> bool {
        matches!(self, Self::Begin { .. } | Self::End)
    }
}

impl Escalation {
    pub fn new(trigger: Trigger, message: Option<MessageId>) -> Self {
        Self { trigger, team: None, brief: Brief::default(), notice: String::new(), message }
    }
}

impl TurnOutcome {
    /// Sends a text and waits.
    pub fn say(words: impl Into<String>) -> Self {
        Self { actions: vec![BotAction::Say(OutgoingMessage::text(words))], ..Self::default() }
    }

    pub fn hand_off(escalation: Escalation) -> Self {
        Self { next: NextAction::HandOff(escalation), ..Self::default() }
    }
}
