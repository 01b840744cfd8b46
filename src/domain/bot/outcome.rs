//! What a turn leads to.

use crate::domain::{
    event::CallOutcome,
    flow::{
        definition::StepId,
        run::{Call, Position},
    },
    handoff::{Brief, Trigger},
    ids::{CallId, FlowId, MessageId, TeamId},
    message::outgoing::OutgoingMessage,
    time::Span,
};

/// What a turn leads to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Calls that ended in this turn.
    pub ended: Vec<EndedCall>,
    /// In their order.
    pub actions: Vec<BotAction>,
    pub flow: FlowChange,
    pub next: NextAction,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub struct EndedCall {
    pub call: CallId,
    pub outcome: CallOutcome,
    /// For people; cut to what a dossier shows.
    pub output: String,
    pub took: Span,
}

#[derive(Clone, Debug)]
pub enum BotAction {
    Say(OutgoingMessage),
    Set { step: Option<StepId>, label: String, name: String, value: String, source: Source },
}

/// Where a value came from: the dossier leads there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The customer answered a question of a flow.
    Answer,
    /// A step of a flow worked it out, or another system told it.
    Step,
    /// The language model took it from the talk.
    Model,
}

/// What a turn changes about the conversation's flow run.
#[derive(Clone, Debug, Default)]
pub enum FlowChange {
    #[default]
    Keep,
    /// A flow begins, whatever was under way before.
    Begin { flow: FlowId, version: i64, position: Position },
    /// The flow under way goes on.
    Move { flow: FlowId, version: i64, position: Position },
    /// No flow is running any more.
    End,
}

/// What happens after a turn.
#[derive(Clone, Debug, Default)]
pub enum NextAction {
    /// The customer's turn.
    #[default]
    Wait,
    /// The customer's turn, for so long.
    WaitFor(Span),
    /// Another system is asked.
    Ask {
        step: StepId,
        label: String,
        call: Call,
    },
    /// The language model answers.
    Model,
    HandOff(Escalation),
    Close,
}

/// A request for a person.
#[derive(Clone, Debug)]
pub struct Escalation {
    pub trigger: Trigger,
    pub team: Option<TeamId>,
    pub brief: Brief,
    /// What the customer reads; empty uses the tenant's notice.
    pub notice: String,
    /// The message that asked for it.
    pub message: Option<MessageId>,
}

impl FlowChange {
    /// Whether another flow runs after the turn than before it, or none.
    pub fn leaves(&self) -> bool {
        matches!(self, Self::Begin { .. } | Self::End)
    }
}

impl Escalation {
    pub fn new(trigger: Trigger, message: Option<MessageId>) -> Self {
        Self { trigger, team: None, brief: Brief::default(), notice: String::new(), message }
    }
}

impl Outcome {
    /// Says something and waits.
    pub fn say(words: impl Into<String>) -> Self {
        Self { actions: vec![BotAction::Say(OutgoingMessage::text(words))], ..Self::default() }
    }

    pub fn hand_off(escalation: Escalation) -> Self {
        Self { next: NextAction::HandOff(escalation), ..Self::default() }
    }
}
