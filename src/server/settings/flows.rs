//! Flows: drafts that several admins may change, and versions that customers meet.
//!
//! A draft is saved as it is, with all its faults; only going live asks for none that is grave. A version is never
//! changed: going back makes the earlier one the newest.

use crate::{
    contract::flow::{FlowPage, FlowRow, FlowState, Flows, LiveVersion, NewFlow, Saved, VersionRow, Way},
    domain::{
        event::{Actor, Change, Setting},
        flow::{definition::Flow, limits::DEPTH, words},
        ids::{AgentId, FlowId, TenantId},
        time::Span,
    },
    server::store::{StoreError, Tx, agents, flows},
};

use super::{
    Result, Settings, SettingsError, configured,
    flow_check::{Surroundings, count, faults, refusal},
    flow_ready,
};

/// Flows of one tenant: the starts of all are tried on every message.
pub const FLOWS: usize = 100;

/// The longest definition, in bytes of JSON. Below what a server function takes, so that a save can say so.
pub const SIZE: usize = 200_000;

/// How many versions the editor lists.
const LISTED: i64 = 50;

/// A draft is saved with every pause in the typing. Saves of one person within this time are one entry of the audit.
const SITTING: Span = Span::minutes(10);

/// Who a draft or a version is signed with; `None` is the platform.
fn signer(actor: &Actor) -> Option<&AgentId> {
    match actor {
        Actor::Agent(agent) => Some(agent),
        Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => None,
    }
}

impl Settings {
    pub async fn flows(&self, tenant: &TenantId) -> Result<Flows> {
        let mut tx = self.db.begin_read().await?;
        let surroundings = Surroundings::read(&mut tx, tenant).await?;
        let mut rows = Vec::new();
        for record in flows::list(&mut tx, tenant).await? {
            let live = live_version(&mut tx, tenant, &record).await?;
            let (errors, warnings) = count(&faults(&record.id, &record.draft, &surroundings));
            rows.push(FlowRow {
                state: state(&record, live.as_ref()),
                starts: words::starts(&record.draft),
                steps: record.draft.all().len(),
                id: record.id,
                name: record.draft.name,
                errors,
                warnings,
                updated_at: record.updated_at,
            });
        }
        Ok(Flows { rows, samples: flow_ready::rows() })
    }

    pub async fn flow(&self, tenant: &TenantId, id: &FlowId) -> Result<FlowPage> {
        let mut tx = self.db.begin_read().await?;
        let record = flows::find(&mut tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
        let names = agents::names(&mut tx, tenant).await?;
        let surroundings = Surroundings::read(&mut tx, tenant).await?;
        let versions = flows::versions(&mut tx, tenant, id, LISTED).await?.into_iter().map(|it| VersionRow {
            version: it.version,
            at: it.at,
            by: it.by.map_or_else(|| "Handoff".to_owned(), |by| names.of(&by)),
        });
        let versions = versions.collect();
        let live = live_version(&mut tx, tenant, &record).await?;
        Ok(FlowPage {
            faults: faults(&record.id, &record.draft, &surroundings),
            tools: surroundings.tools(),
            secrets: surroundings.secrets(),
            teams: surroundings.teams,
            id: record.id,
            draft: record.draft,
            revision: record.revision,
            live,
            versions,
        })
    }

    /// A version of a flow that is still there.
    pub async fn flow_version(&self, tenant: &TenantId, id: &FlowId, version: i64) -> Result<Flow> {
        let mut tx = self.db.begin_read().await?;
        flows::find(&mut tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
        flows::version(&mut tx, tenant, id, version).await?.ok_or(SettingsError::NotFound)
    }

    /// # Errors
    /// [`SettingsError::Invalid`] for JSON that is no flow, and when there are too many flows.
    pub async fn flow_create(&self, tenant: &TenantId, actor: Actor, new: NewFlow) -> Result<FlowId> {
        let mut draft = match new {
            NewFlow::Empty { name } => Flow { name, ..Flow::default() },
            NewFlow::Sample { key } => flow_ready::find(&key).ok_or(SettingsError::NotFound)?,
            NewFlow::Import { json } => flow_ready::read(&json)?,
        };
        bounded(&draft)?;
        let now = self.clock.now();
        let (mut tx, _) = self.begin(tenant).await?;
        let others = flows::list(&mut tx, tenant).await?;
        if others.len() >= FLOWS {
            return Err(SettingsError::Invalid(format!(
                "You've reached the limit of {FLOWS} flows. Delete one first."
            )));
        }
        draft.name = free_name(&draft.name, &others);
        let id: FlowId = self.entropy.id(now);
        flows::insert(&mut tx, tenant, &id, &draft, signer(&actor), now).await?;
        let change = configured(Setting::Flow, Some(id.as_str()), Change::Added);
        self.commit(tx, tenant, now, actor, vec![change]).await?;
        Ok(id)
    }

    /// # Errors
    /// [`SettingsError::Stale`] when the draft was saved since `revision`; [`SettingsError::Invalid`] when it is too
    /// large.
    pub async fn flow_save(
        &self,
        tenant: &TenantId,
        actor: Actor,
        id: &FlowId,
        revision: i64,
        draft: Flow,
    ) -> Result<Saved> {
        bounded(&draft)?;
        let now = self.clock.now();
        let (mut tx, _) = self.begin(tenant).await?;
        let was = current(&mut tx, tenant, id, revision).await?;
        let faults = faults(id, &draft, &Surroundings::read(&mut tx, tenant).await?);
        if was.draft == draft {
            tx.rollback().await?;
            return Ok(Saved { revision, faults });
        }
        let by = signer(&actor);
        let saved = flows::save_draft(&mut tx, tenant, id, revision, &draft, by, now).await?;
        let revision = saved.ok_or(SettingsError::NotFound)?;
        let same_sitting = was.by.as_ref() == by && now.since(was.updated_at) < SITTING;
        if same_sitting {
            tx.commit().await?;
        } else {
            let change = configured(Setting::Flow, Some(id.as_str()), Change::Changed);
            self.commit(tx, tenant, now, actor, vec![change]).await?;
        }
        Ok(Saved { revision, faults })
    }

    /// # Errors
    /// [`SettingsError::Stale`] when the draft was saved since `revision`; [`SettingsError::Invalid`] while a grave
    /// fault stands, and when this very draft is live already.
    pub async fn flow_publish(&self, tenant: &TenantId, actor: Actor, id: &FlowId, revision: i64) -> Result<i64> {
        let (mut tx, _) = self.begin(tenant).await?;
        let record = current(&mut tx, tenant, id, revision).await?;
        if live_version(&mut tx, tenant, &record).await?.is_some_and(|live| live.flow == record.draft) {
            return Err(SettingsError::Invalid("This version is already live.".to_owned()));
        }
        self.go_live(tx, tenant, actor, id, &record.draft, record.live).await
    }

    /// # Errors
    /// [`SettingsError::NotFound`] for a version that never was; [`SettingsError::Invalid`] when it is live, or when what
    /// it names is gone since (a team, a tool).
    pub async fn flow_revert(&self, tenant: &TenantId, actor: Actor, id: &FlowId, version: i64) -> Result<i64> {
        let (mut tx, _) = self.begin(tenant).await?;
        let record = flows::find(&mut tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
        let flow = flows::version(&mut tx, tenant, id, version).await?.ok_or(SettingsError::NotFound)?;
        if record.live == Some(version) {
            return Err(SettingsError::Invalid(format!("Version {version} is already live.")));
        }
        self.go_live(tx, tenant, actor, id, &flow, record.live).await
    }

    /// Publishes `flow` as the next version, unless grave faults stand.
    async fn go_live(
        &self,
        mut tx: Tx,
        tenant: &TenantId,
        actor: Actor,
        id: &FlowId,
        flow: &Flow,
        live: Option<i64>,
    ) -> Result<i64> {
        let faults = faults(id, flow, &Surroundings::read(&mut tx, tenant).await?);
        if let Some(words) = refusal(flow, &faults) {
            return Err(SettingsError::Invalid(words));
        }
        let now = self.clock.now();
        let version = flows::publish(&mut tx, tenant, id, flow, signer(&actor), now).await?;
        let change = if live.is_some() { Change::Changed } else { Change::Added };
        let change = configured(Setting::LiveFlow, Some(id.as_str()), change);
        self.commit(tx, tenant, now, actor, vec![change]).await?;
        Ok(version)
    }

    /// New conversations do not meet it any more. What is offline already stays so, without an entry.
    pub async fn flow_offline(&self, tenant: &TenantId, actor: Actor, id: &FlowId) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        let record = flows::find(&mut tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
        if record.live.is_none() {
            return Ok(tx.rollback().await?);
        }
        let now = self.clock.now();
        flows::go_live(&mut tx, tenant, id, None).await?;
        let change = configured(Setting::LiveFlow, Some(id.as_str()), Change::Removed);
        self.commit(tx, tenant, now, actor, vec![change]).await
    }

    /// Lets the starts of a flow be tried before, or after, those of its neighbour in the list. At the end of the list
    /// nothing happens.
    pub async fn flow_move(&self, tenant: &TenantId, actor: Actor, id: &FlowId, way: Way) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        let mut order: Vec<FlowId> = flows::list(&mut tx, tenant).await?.into_iter().map(|record| record.id).collect();
        let from = order.iter().position(|other| other == id).ok_or(SettingsError::NotFound)?;
        let to = match way {
            Way::Up => from.checked_sub(1),
            Way::Down => Some(from + 1).filter(|to| *to < order.len()),
        };
        let Some(to) = to else { return Ok(tx.rollback().await?) };
        order.swap(from, to);
        for (position, id) in (1..).zip(&order) {
            flows::place(&mut tx, tenant, id, position).await?;
        }
        let change = configured(Setting::Flow, Some(id.as_str()), Change::Changed);
        self.commit(tx, tenant, self.clock.now(), actor, vec![change]).await
    }

    pub async fn flow_remove(&self, tenant: &TenantId, actor: Actor, id: &FlowId) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        if !flows::remove(&mut tx, tenant, id).await? {
            return Err(SettingsError::NotFound);
        }
        let change = configured(Setting::Flow, Some(id.as_str()), Change::Removed);
        self.commit(tx, tenant, self.clock.now(), actor, vec![change]).await
    }
}

/// The flow, if its draft is still the one that the caller knows.
async fn current(tx: &mut Tx, tenant: &TenantId, id: &FlowId, revision: i64) -> Result<flows::FlowRow> {
    let record = flows::find(tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
    if record.revision == revision {
        return Ok(record);
    }
    let who = match &record.by {
        Some(by) => agents::names(tx, tenant).await?.of(by),
        None => "Handoff".to_owned(),
    };
    Err(SettingsError::Stale(format!("{who} saved this flow while you were editing.")))
}

async fn live_version(tx: &mut Tx, tenant: &TenantId, record: &flows::FlowRow) -> Result<Option<LiveVersion>> {
    let Some(version) = record.live else { return Ok(None) };
    match flows::version(tx, tenant, &record.id, version).await {
        Ok(flow) => Ok(flow.map(|flow| LiveVersion { version, flow })),
        // Customers do not meet it either. It stands there as empty, to be replaced or taken offline.
        Err(StoreError::Unreadable { .. }) => Ok(Some(LiveVersion { version, flow: Flow::default() })),
        Err(error) => Err(error.into()),
    }
}

fn state(record: &flows::FlowRow, live: Option<&LiveVersion>) -> FlowState {
    match live {
        None => FlowState::Draft,
        Some(live) if live.flow == record.draft => FlowState::Live,
        Some(_) => FlowState::Changed,
    }
}

/// Whether a draft can be kept.
///
/// # Errors
/// [`SettingsError::Invalid`] when it is too large or too deep.
pub fn bounded(draft: &Flow) -> Result<()> {
    let depth = draft.depth();
    if depth > DEPTH {
        return Err(SettingsError::Invalid(format!(
            "Branches are nested {depth} levels deep; the limit is {DEPTH}. Use a jump instead."
        )));
    }
    let size = serde_json::to_string(draft).map_or(usize::MAX, |json| json.len());
    if size <= SIZE {
        return Ok(());
    }
    Err(SettingsError::Invalid(format!(
        "This flow is too large: {} KB; the limit is {} KB. Split it into two flows.",
        size / 1_000,
        SIZE / 1_000
    )))
}

/// The name, numbered if it is in use already: two rows that look alike would be mixed up.
fn free_name(wanted: &str, others: &[flows::FlowRow]) -> String {
    let wanted = match wanted.trim() {
        "" => "New flow",
        name => name,
    };
    let taken = |name: &str| others.iter().any(|other| other.draft.name == name);
    if !taken(wanted) {
        return wanted.to_owned();
    }
    let mut numbered = (2..).map(|n| format!("{wanted} {n}"));
    numbered.find(|name| !taken(name)).unwrap_or_else(|| wanted.to_owned())
}
