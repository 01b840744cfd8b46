//! Flows: the list, the editor of one flow, and one step of a test run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    flow::{
        check::FlowFault,
        definition::{Flow, StepId},
        run::{HttpCall, Position, Task},
    },
    ids::{FlowId, TeamId},
    message::outgoing::OutgoingMessage,
    time::{Span, Timestamp},
};

/// The list of flows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flows {
    /// In the order in which their start conditions are tried.
    pub rows: Vec<FlowRow>,
    /// Sample flows to start from.
    pub samples: Vec<SampleRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowRow {
    pub id: FlowId,
    pub name: String,
    pub state: FlowState,
    /// Its start conditions as a sentence.
    pub starts: String,
    /// Number of steps in its draft.
    pub steps: usize,
    /// Faults of the draft that block publishing, and warnings.
    pub errors: usize,
    pub warnings: usize,
    pub updated_at: Timestamp,
}

/// The direction a flow is moved in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveDirection {
    Up,
    Down,
}

/// How a flow's draft relates to its live version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowState {
    /// Not live.
    Draft,
    Live,
    /// Live, but the draft differs from the live version.
    Changed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleRow {
    pub key: String,
    pub name: String,
    pub description: String,
}

/// The source of a new flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum NewFlow {
    Empty {
        name: String,
    },
    Sample {
        key: String,
    },
    /// A flow as JSON, in the export's format.
    Import {
        json: String,
    },
}

/// The editor of one flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowPage {
    pub id: FlowId,
    pub draft: Flow,
    /// Revision of the draft as it was read; a save based on an older revision is refused.
    pub revision: i64,
    /// The version that new conversations use.
    pub live: Option<LiveVersion>,
    pub faults: Vec<FlowFault>,
    /// Newest first.
    pub versions: Vec<VersionRow>,
    pub teams: Vec<(TeamId, String)>,
    /// Names of the tenant's tools, to choose from.
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

/// The result of saving a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    pub revision: i64,
    pub faults: Vec<FlowFault>,
}

/// One step of a test run. Nothing is stored on the server and nothing is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowTrial {
    pub draft: Flow,
    pub position: Position,
    pub variables: BTreeMap<String, String>,
    pub input: TrialInput,
    /// The text of the customer's last message.
    pub last_words: String,
    /// Overrides whether the tenant is open; `None` uses the calendar.
    pub open: Option<bool>,
    /// The customer's language; `None` detects it from the last message.
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
    /// A message without text, such as a voice note or a picture.
    #[serde(rename = "wordless")]
    NonText,
    TimedOut,
    Answered {
        status: u16,
        body: String,
    },
    /// The HTTP request failed without a response.
    Unanswered {
        why: String,
    },
    #[serde(rename = "modelled")]
    ModelDone,
    ModelFailed {
        why: String,
    },
}

/// The result of one step of a test run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialResult {
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
        call: HttpCall,
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
