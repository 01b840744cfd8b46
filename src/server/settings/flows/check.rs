//! What `domain::flow::check` must know about a tenant, and faults as the page shows them. A check compiles patterns and
//! expressions that admins write, so it runs aside, and never within a transaction.

use std::sync::Arc;

use crate::{
    domain::{
        bot::LiveFlow,
        flow::{
            check::{FlowFault, Known, Severity, check},
            definition::{Flow, Start, Step, StepKind},
            limits::OLD_STARTS,
        },
        ids::{FlowId, TeamId, TenantId},
    },
    server::{
        llm::aside::Aside,
        store::{Tx, flows, models, secrets, tenants, tools},
    },
};

use super::super::{Result, SettingsError, secret_hosts, tools::secrets_in};

/// So many flows are checked or tried at once, in the whole process.
static CHECKS: Aside = Aside::new(2);

/// What a flow can refer to besides its own steps.
pub struct FlowContext {
    pub teams: Vec<(TeamId, String)>,
    known: Known,
    live: Vec<LiveFlow>,
    secrets: Vec<secrets::SecretInfo>,
}

impl FlowContext {
    pub async fn read(tx: &mut Tx, tenant: &TenantId) -> Result<Self> {
        let teams = tenants::teams(tx, tenant).await?;
        let secrets = secrets::list(tx, tenant).await?;
        let known = Known {
            secrets: secrets.iter().map(|secret| secret.name.clone()).collect(),
            tools: tools::list(tx, tenant).await?.into_iter().map(|tool| tool.name).collect(),
            teams: teams.iter().map(|(id, _)| id.clone()).collect(),
            has_model: models::find(tx, tenant).await?.is_some_and(|row| row.settings.enabled),
            others: Vec::new(),
        };
        Ok(Self { teams, known, live: flows::live(tx, tenant).await?, secrets })
    }

    /// Whether a check would find the same with either.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let live = |context: &Self| -> Vec<(FlowId, i64)> {
            context.live.iter().map(|live| (live.id.clone(), live.version)).collect()
        };
        self.teams == other.teams
            && self.known == other.known
            && self.secrets == other.secrets
            && live(self) == live(other)
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

/// Runs work with a tenant's flow on a blocking thread.
///
/// # Errors
/// [`SettingsError::Invalid`] if too much of the tenant's waits.
pub async fn aside<T: Send + 'static>(tenant: &TenantId, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let words = "Too many flows are being checked. Try again in a moment.";
    CHECKS.run_unless_busy(tenant, work).await.map_err(|_busy| SettingsError::Invalid(words.to_owned()))
}

/// All faults of a flow. That it could not be checked is one, too: it must not go live then.
pub async fn faults(tenant: &TenantId, id: &FlowId, flow: &Flow, context: &Arc<FlowContext>) -> Vec<FlowFault> {
    let (id, flow, context) = (id.clone(), flow.clone(), context.clone());
    aside(tenant, move || found(&id, &flow, &context)).await.unwrap_or_else(|error| {
        let detail = error.to_string();
        vec![FlowFault { step: None, field: None, detail, severity: Severity::Blocks }]
    })
}

fn found(id: &FlowId, flow: &Flow, context: &FlowContext) -> Vec<FlowFault> {
    let others = context.live.iter().filter(|live| live.id != *id);
    let others = others.map(|live| (live.flow.name.clone(), starts(&live.flow))).collect();
    let mut faults = check(flow, &Known { others, ..context.known.clone() });
    faults.extend(flow.all().into_iter().flat_map(|step| refused_secrets(step, &context.secrets)));
    faults
}

/// The triggers that count. Versions from before the limit may have any number.
fn starts(flow: &Flow) -> Vec<Start> {
    flow.starts.iter().take(OLD_STARTS).cloned().collect()
}

/// Headers with a secret that is not for the server of their request.
fn refused_secrets<'a>(step: &'a Step, set: &'a [secrets::SecretInfo]) -> impl Iterator<Item = FlowFault> + 'a {
    let http = if let StepKind::Http(http) = &step.act { Some(http) } else { None };
    http.into_iter().flat_map(move |http| {
        http.headers.iter().enumerate().filter_map(move |(nth, header)| {
            let used = secrets_in(std::iter::once(header.value.as_str()));
            Some(FlowFault {
                step: Some(step.id.clone()),
                field: Some(format!("headers.{nth}.value")),
                detail: secret_hosts::refusal(&http.url, &used, set)?,
                severity: Severity::Blocks,
            })
        })
    })
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
