//! Flows: the list, one flow's editor, and one step of a test run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    flow::{
        check::Fault,
        definition::{Flow, StepId},
        run::{Call, Position, Task},
    },
    ids::{FlowId, TeamId},
    message::outgoing::OutgoingMessage,
    time::{Span, Timestamp},
};

/// The list of flows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flows {
    /// In the order in which their starts are tried.
    pub rows: Vec<FlowRow>,
    /// Ready flows to start from.
    pub samples: Vec<SampleRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowRow {
    pub id: FlowId,
    pub name: String,
    pub state: FlowState,
    /// What begins it, in words.
    pub starts: String,
    /// How many steps its draft has.
    pub steps: usize,
    /// Faults of the draft that keep it from going live, and warnings.
    pub errors: usize,
    pub warnings: usize,
    pub updated_at: Timestamp,
}

/// Where a flow is moved to in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Up,
    Down,
}

/// How a flow's draft stands to what customers meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowState {
    /// Customers do not meet it.
    Draft,
    Live,
    /// Live, and the draft differs.
    Changed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleRow {
    pub key: String,
    pub name: String,
    pub description: String,
}

/// What a new flow begins as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum NewFlow {
    Empty {
        name: String,
    },
    Sample {
        key: String,
    },
    /// A flow as JSON, as the export gives it.
    Import {
        json: String,
    },
}

/// One flow's editor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowPage {
    pub id: FlowId,
    pub draft: Flow,
    /// Names the draft as it was read; a save of an older one is refused.
    pub revision: i64,
    /// What customers meet now.
    pub live: Option<LiveVersion>,
    pub faults: Vec<Fault>,
    /// Newest first.
    pub versions: Vec<VersionRow>,
    pub teams: Vec<(TeamId, String)>,
    /// Names of what the tenant has, to choose from.
    pub tools: Vec<String>,
    pub secrets: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiveVersion {
    pub version: i64,
    pub flow: Flow,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    pub version: i64,
    pub at: Timestamp,
    pub by: String,
}

/// A draft that was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    pub revision: i64,
    pub faults: Vec<Fault>,
}

/// One step of a trial. Nothing is kept on the server and nothing is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    pub draft: Flow,
    pub position: Position,
    pub variables: BTreeMap<String, String>,
    pub input: TrialInput,
    /// The customer's words so far.
    pub last_words: String,
    /// Whether to pretend that the tenant is open; `None` looks at the calendar.
    pub open: Option<bool>,
    /// The language the customer speaks; `None`: what the last words tell.
    #[serde(default)]
    pub language: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum TrialInput {
    Begin,
    Said {
        text: String,
        payload: Option<String>,
    },
    /// A voice note or a picture.
    Wordless,
    TimedOut,
    Answered {
        status: u16,
        body: String,
    },
    /// The request did not get through.
    Unanswered {
        why: String,
    },
    Modelled,
    ModelFailed {
        why: String,
    },
}

/// What a trial's step led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trialled {
    pub effects: Vec<TrialEffect>,
    pub rest: TrialContinuation,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum TrialEffect {
    Say { step: StepId, message: OutgoingMessage },
    Set { step: StepId, label: String, variable: String, value: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rest", rename_all = "snake_case")]
pub enum TrialContinuation {
    Wait {
        position: Position,
        patience: Option<Span>,
    },
    Fetch {
        position: Position,
        label: String,
        call: Call,
    },
    Model {
        position: Position,
        label: String,
        task: Task,
    },
    Handoff {
        step: Option<StepId>,
        label: String,
        cause: String,
        team: String,
        reason: String,
        note: String,
        notice: String,
    },
    Close {
        step: StepId,
    },
}
