//! Flows: the list, one flow's editor, what may be done to a flow, and trying its draft.

use std::collections::BTreeMap;

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use super::error::Result;
use crate::domain::{
    flow::{
        check::Fault,
        definition::{Flow, StepId},
        run::{Call, Out, Position, Task},
    },
    ids::{FlowId, TeamId},
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
    pub grave: usize,
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
    pub explained: String,
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
    pub rest: TrialRest,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum TrialEffect {
    Say { step: StepId, out: Out },
    Set { step: StepId, label: String, variable: String, value: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rest", rename_all = "snake_case")]
pub enum TrialRest {
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

#[server(endpoint = "flows")]
pub async fn read_flows() -> Result<Flows> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flows::list(&admin).await
}

#[server(endpoint = "flow")]
pub async fn read_flow(id: FlowId) -> Result<FlowPage> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flows::page(&admin, &id).await
}

/// A published version, whole.
#[server(endpoint = "flow_version")]
pub async fn flow_version(id: FlowId, version: i64) -> Result<Flow> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flows::version(&admin, &id, version).await
}

/// Adds a flow as a draft. Faults of an import are told with their line.
#[server(endpoint = "flow_create", input = Json)]
pub async fn flow_create(new: NewFlow) -> Result<FlowId> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flows::create(&admin, new).await
}

/// Saves the draft that began as `revision`, and checks it. A conflict says who saved another one meanwhile.
#[server(endpoint = "flow_save", input = Json)]
pub async fn flow_save(id: FlowId, revision: i64, draft: Flow) -> Result<Saved> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flows::save(&admin, &id, revision, draft).await
}

/// Makes the draft at `revision` the next version and lets new conversations begin with it. Returns the version.
#[server(endpoint = "flow_publish")]
pub async fn flow_publish(id: FlowId, revision: i64) -> Result<i64> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flows::publish(&admin, &id, revision).await
}

/// Makes an earlier version live again, as a new version; the draft stays. Returns the new version.
#[server(endpoint = "flow_revert")]
pub async fn flow_revert(id: FlowId, version: i64) -> Result<i64> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flows::revert(&admin, &id, version).await
}

/// New conversations do not meet it any more; running ones finish.
#[server(endpoint = "flow_offline")]
pub async fn flow_offline(id: FlowId) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flows::offline(&admin, &id).await
}

/// Lets a flow's starts be tried one place earlier or later.
#[server(endpoint = "flow_move")]
pub async fn flow_move(id: FlowId, way: Way) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flows::shift(&admin, &id, way).await
}

/// Removes a flow and its draft. Conversations in it finish on their version.
#[server(endpoint = "flow_remove")]
pub async fn flow_remove(id: FlowId) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flows::remove(&admin, &id).await
}

/// Runs the draft one step further. Sends nothing.
#[server(endpoint = "flow_try", input = Json)]
pub async fn flow_try(trial: Trial) -> Result<Trialled> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::flow_trial::try_it(&admin, trial).await
}
