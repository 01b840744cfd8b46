//! A flow under way: where it stands, what comes in, what is to be done, what it waits for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::definition::{Method, StepId};
use crate::domain::{
    ids::TeamId,
    message::outgoing::OutgoingMessage,
    time::{Span, Timestamp},
};

/// Where a conversation stands in its flow. Kept with the conversation, beside the flow's version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Position {
    /// Before the first step.
    #[default]
    Start,
    /// Before this step: an agent returned the conversation here.
    Before { step: StepId },
    /// The step asked something and waits. `tries` answers did not fit so far.
    Waiting { step: StepId, tries: u8 },
    /// The step's HTTP request is on its way.
    Fetching { step: StepId },
    /// The language model has the talk.
    Modelling { step: StepId },
}

/// What moves a flow on.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// It begins, or goes on at [`Position::Before`].
    Begin,
    /// The customer's words. `payload` is the id of a tapped button or row.
    Said { text: String, payload: Option<String> },
    /// The customer sent something without words: a voice note, a picture, a place.
    Wordless,
    /// Nobody answered within the question's patience.
    TimedOut,
    /// What became of [`Continuation::Fetch`]. `Err` holds the fault in words for the dossier.
    Fetched(Result<Answered, String>),
    /// What became of [`Continuation::Model`].
    Modelled(Modelled),
}

/// An HTTP answer. A body that is no JSON keeps no fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modelled {
    /// It is done: the flow goes on after the step.
    Finished,
    /// It could not go on: the step's failure path. In words for the dossier.
    Failed(String),
}

/// What templates and conditions may look at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub now: Timestamp,
    /// How far the tenant's clocks are ahead of UTC at `now`, negative west of it: what “today” means to a customer.
    pub offset: Span,
    /// Whether the tenant is open at `now`.
    pub open: bool,
    pub customer_name: String,
    /// Empty when it is kept private.
    pub customer_phone: String,
    /// `de`, `pt_BR`; empty when it is not known.
    pub customer_language: String,
    pub tenant_name: String,
    /// The number that the customer writes to, by its name.
    pub channel: String,
    /// The headline of the ad that the customer came from; empty when it was none.
    pub ad: String,
    /// The customer's last words.
    pub last_words: String,
    /// Collected so far, by name.
    pub variables: BTreeMap<String, String>,
}

/// What a step leads to: effects in their order, the variables after them, and what the flow does next.
#[derive(Clone, Debug, PartialEq)]
pub struct StepOutcome {
    pub effects: Vec<Effect>,
    pub rest: Continuation,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// To the customer, filled in and within WhatsApp's limits.
    Say { step: StepId, message: OutgoingMessage },
    /// A variable got a value. `name` is the step's label, for the line in the thread.
    Set { step: StepId, label: String, variable: String, value: String },
}

/// What happens next.
#[derive(Clone, Debug, PartialEq)]
pub enum Continuation {
    /// The customer's turn.
    Wait { position: Position, patience: Option<Span> },
    /// Ask another system, then step again at `position` with [`Input::Fetched`].
    Fetch { position: Position, label: String, call: Call },
    /// Let the model answer, now and to each later message, until [`Input::Modelled`].
    Model { position: Position, label: String, task: Task },
    /// A person is needed.
    Handoff(Handoff),
    /// The conversation is over; last words are among the effects.
    Close { step: StepId },
}

/// An HTTP request, filled in but for the secrets: `{{ secret.NAME }}` still stands in header values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    pub time_out: Span,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// As the tenant wrote them: `{{ }}` still names the values, which stand apart. What a customer is called, wrote or
    /// what another system said must never read as an instruction.
    pub instructions: String,
    /// What stands in `{{ }}`, and what it comes to.
    #[serde(default)]
    pub values: Vec<(String, String)>,
    pub tools: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handoff {
    /// The step that asked, or that failed; `None` when the flow itself is broken.
    pub step: Option<StepId>,
    /// The step's label.
    pub label: String,
    pub cause: Cause,
    pub team: Option<TeamId>,
    /// In the tenant's words; may hold what the customer said.
    pub reason: String,
    pub note: String,
    /// Empty uses the tenant's notice.
    pub notice: String,
}

/// Why a flow asks for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The flow has a *Human Handoff* step here.
    Step,
    /// No answer fitted after all retries.
    NoMatch,
    /// The customer did not answer in time.
    TooLong,
    HttpFailed,
    ModelFailed,
    /// The step it stood at, or a jump's target, is not there.
    MissingStep,
    /// A path ended without an end.
    DeadEnd,
    /// It went round without asking anybody anything.
    Loop,
    /// A template or an expression could not be worked out.
    BadTemplate,
}

impl Position {
    /// The step it stands at; none before the first.
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
    /// In a few words, for a reason's line.
    pub fn words(self) -> &'static str {
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
