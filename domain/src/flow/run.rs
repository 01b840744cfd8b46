//! The state of a running flow: its position, its inputs, its effects, and what it waits for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::definition::{Method, StepId};
use crate::{
    ids::TeamId,
    message::outgoing::OutgoingMessage,
    time::{Span, Timestamp},
};

/// A conversation's position in its flow. Stored with the conversation, next to the flow's version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Position {
    /// Before the first step.
    #[default]
    Start,
    /// Before this step: an agent returned the conversation, and the flow resumes here.
    Before { step: StepId },
    /// The step asked a question and waits. `tries` answers did not match so far.
    Waiting { step: StepId, tries: u8 },
    /// The step's HTTP request is running.
    Fetching { step: StepId },
    /// The language model answers.
    Modelling { step: StepId },
}

/// The input that advances a flow.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Starts the flow, or continues it at [`Position::Before`].
    Begin,
    /// The customer's text. `payload` is the id of a tapped button or row.
    Said { text: String, payload: Option<String> },
    /// The customer sent something without text: a voice note, a picture, a location.
    NonText,
    /// No answer arrived within the question's wait limit.
    TimedOut,
    /// The result of [`Continuation::Fetch`]. `Err` is the fault as a sentence for the dossier.
    Fetched(Result<Answered, String>),
    /// The result of [`Continuation::Model`].
    ModelDone(ModelResult),
}

/// An HTTP response. If the body is not JSON, it has no fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelResult {
    /// The model has finished: the flow continues after the step.
    Finished,
    /// The model could not continue: take the step's failure path. The text is for the dossier.
    Failed(String),
}

/// The values that templates and conditions may use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub now: Timestamp,
    /// The tenant's offset from UTC at `now`, negative to the west; defines what “today” means.
    pub offset: Span,
    /// Whether the tenant is open at `now`.
    pub open: bool,
    pub customer_name: String,
    /// Empty if WhatsApp keeps it private.
    pub customer_phone: String,
    /// `de`, `pt_BR`; empty if unknown.
    pub customer_language: String,
    pub tenant_name: String,
    /// The name of the number that the customer writes to.
    pub channel: String,
    /// The headline of the ad that the customer came from; empty if there was none.
    pub ad: String,
    /// The text of the customer's last message.
    pub last_words: String,
    /// The flow's variables, by name.
    pub variables: BTreeMap<String, String>,
}

/// The result of a step: effects in order, and what happens next.
#[derive(Clone, Debug, PartialEq)]
pub struct StepOutcome {
    pub effects: Vec<StepEffect>,
    pub rest: Continuation,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StepEffect {
    /// A message to the customer, filled in and within WhatsApp's limits.
    Say { step: StepId, message: OutgoingMessage },
    /// Sets a variable. `label` is the step's label, for the line in the thread.
    Set { step: StepId, label: String, variable: String, value: String },
}

/// What happens next.
#[derive(Clone, Debug, PartialEq)]
pub enum Continuation {
    /// Wait for the customer.
    Wait { position: Position, patience: Option<Span> },
    /// Send an HTTP request, then step again at `position` with [`Input::Fetched`].
    Fetch { position: Position, label: String, call: HttpCall },
    /// Let the model answer, now and on each later message, until [`Input::ModelDone`].
    Model { position: Position, label: String, task: Task },
    /// Escalate to an agent.
    Handoff(FlowHandoff),
    /// Close the conversation; the closing text is among the effects.
    Close { step: StepId },
}

/// An HTTP request, filled in except for secrets: header values still contain `{{ secret.NAME }}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpCall {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    pub time_out: Span,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The tenant's text with `{{ }}` left in place; the values are in `values`, which the model gets as a note. Names,
    /// customers' messages and responses of other systems must never be read as instructions: a customer may be called
    /// "ignore the above".
    pub instructions: String,
    /// Each expression in `{{ }}` with its value.
    #[serde(default)]
    pub values: Vec<(String, String)>,
    pub tools: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowHandoff {
    /// The step that requested the agent, or that failed; `None` if the flow itself is broken.
    pub step: Option<StepId>,
    /// The step's label.
    pub label: String,
    pub cause: Cause,
    pub team: Option<TeamId>,
    /// The tenant's text; may contain the customer's text.
    pub reason: String,
    pub note: String,
    /// Empty uses the tenant's notice.
    pub notice: String,
}

/// Why a flow escalates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A *Human Handoff* step.
    Step,
    /// No answer matched after all retries.
    NoMatch,
    /// The customer did not answer in time.
    TooLong,
    HttpFailed,
    ModelFailed,
    /// The current step, or the target of a jump, does not exist.
    MissingStep,
    /// A path ended without a handoff, a close or a jump.
    DeadEnd,
    /// The flow looped without waiting for the customer.
    Loop,
    /// A template or an expression could not be evaluated.
    BadTemplate,
}

impl Position {
    /// The current step; `None` before the first.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::Start => None,
            Self::Before { step } | Self::Waiting { step, .. } | Self::Fetching { step } | Self::Modelling { step } => {
                Some(step)
            }
        }
    }
}

impl Cause {
    /// A short description, for the reason of the handoff.
    pub fn label(self) -> &'static str {
        match self {
            Self::Step => "The flow requested an agent",
            Self::NoMatch => "No valid answer",
            Self::TooLong => "The customer didn't answer in time",
            Self::HttpFailed => "An API call failed",
            Self::ModelFailed => "The language model failed",
            Self::MissingStep => "The flow is at a step that doesn't exist",
            Self::DeadEnd => "The flow reached a dead end",
            Self::Loop => "The flow is stuck in a loop",
            Self::BadTemplate => "A text in the flow couldn't be filled in",
        }
    }
}
