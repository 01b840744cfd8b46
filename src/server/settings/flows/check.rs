//! What `domain::flow::check` must know about a tenant, and faults as the page shows them.

use crate::{
    domain::{
        bot::LiveFlow,
        flow::{
            check::{FlowFault, Known, Severity, check},
            definition::{Flow, Step},
        },
        ids::{FlowId, TeamId, TenantId},
    },
    server::store::{Tx, flows, models, secrets, tenants, tools},
};

use super::super::Result;

/// What a flow can refer to besides its own steps.
pub struct FlowContext {
    pub teams: Vec<(TeamId, String)>,
    known: Known,
    live: Vec<LiveFlow>,
}

impl FlowContext {
    pub async fn read(tx: &mut Tx, tenant: &TenantId) -> Result<Self> {
        let teams = tenants::teams(tx, tenant).await?;
        let known = Known {
            secrets: secrets::names(tx, tenant).await?.into_iter().map(|(name, _)| name).collect(),
            tools: tools::list(tx, tenant).await?.into_iter().map(|tool| tool.name).collect(),
            teams: teams.iter().map(|(id, _)| id.clone()).collect(),
            has_model: models::find(tx, tenant).await?.is_some_and(|row| row.settings.enabled),
            others: Vec::new(),
        };
        Ok(Self { teams, known, live: flows::live(tx, tenant).await? })
    }

    pub fn tools(&self) -> Vec<String> {
        self.known.tools.iter().cloned().collect()
    }

    pub fn secrets(&self) -> Vec<String> {
        self.known.secrets.iter().cloned().collect()
    }

    /// The name of a team; `None` is the default team, which is first.
    pub fn team(&self, id: Option<&TeamId>) -> String {
        let found = match id {
            Some(id) => self.teams.iter().find(|(team, _)| team == id),
            None => self.teams.first(),
        };
        found.map(|(_, name)| name.clone()).unwrap_or_default()
    }
}

/// All faults of a flow.
pub fn faults(id: &FlowId, flow: &Flow, context: &FlowContext) -> Vec<FlowFault> {
    let others = context.live.iter().filter(|live| live.id != *id);
    let others = others.map(|live| (live.flow.name.clone(), live.flow.starts.clone())).collect();
    check(flow, &Known { others, ..context.known.clone() })
}

/// Why a flow cannot be published, as a sentence; `None` if it can.
pub fn refusal(flow: &Flow, faults: &[FlowFault]) -> Option<String> {
    const MAX_LISTED: usize = 5;
    let errors: Vec<&FlowFault> = faults.iter().filter(|fault| fault.severity == Severity::Blocks).collect();
    let head = match errors.len() {
        0 => return None,
        1 => "Fix 1 issue to publish this flow.".to_owned(),
        n => format!("Fix {n} issues to publish this flow."),
    };
    let listed = errors.iter().take(MAX_LISTED).map(|fault| {
        let step = fault.step.as_ref().and_then(|id| flow.find(id));
        format!(" “{}”: {}", step.map_or("The flow", Step::label), fault.detail)
    });
    let rest = if errors.len() > MAX_LISTED { " There are more." } else { "" };
    Some(std::iter::once(head).chain(listed).collect::<String>() + rest)
}

/// The numbers of blocking faults and of warnings.
pub fn count(faults: &[FlowFault]) -> (usize, usize) {
    let errors = faults.iter().filter(|fault| fault.severity == Severity::Blocks).count();
    (errors, faults.len() - errors)
}
