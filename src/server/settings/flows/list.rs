//! Reads flows, and changes the order in which their triggers are checked.

use std::sync::Arc;

use crate::{
    contract::flow::{FlowPage, FlowRow, FlowState, Flows, LiveVersion, MoveDirection, VersionRow},
    domain::{
        event::{Change, Event, Initiator, Setting},
        flow::{definition::Flow, words},
        ids::{FlowId, TenantId},
    },
    server::store::{StoreError, Tx, agents, flows},
};

use super::{
    super::{Result, Settings, SettingsError, configured},
    FlowContext,
    check::count,
    faults, samples,
};

/// How many versions the editor lists.
const LISTED: i64 = 50;

impl Settings {
    pub async fn read_flows(&self, tenant: &TenantId) -> Result<Flows> {
        let mut tx = self.db.begin_read().await?;
        let context = Arc::new(FlowContext::read(&mut tx, tenant).await?);
        let mut records = Vec::new();
        for record in flows::list(&mut tx, tenant).await? {
            let live = live_version(&mut tx, tenant, &record).await?;
            records.push((state(&record, live.as_ref()), record));
        }
        drop(tx);
        let mut rows = Vec::new();
        for (state, record) in records {
            let (errors, warnings) = count(&faults(tenant, &record.id, &record.draft, &context).await);
            rows.push(FlowRow {
                state,
                starts: words::starts(&record.draft),
                steps: record.draft.all().len(),
                id: record.id,
                name: record.draft.name,
                errors,
                warnings,
                updated_at: record.updated_at,
            });
        }
        Ok(Flows { rows, samples: samples::rows() })
    }

    pub async fn read_flow(&self, tenant: &TenantId, id: &FlowId) -> Result<FlowPage> {
        let mut tx = self.db.begin_read().await?;
        let record = flows::find(&mut tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
        let names = agents::names(&mut tx, tenant).await?;
        let context = Arc::new(FlowContext::read(&mut tx, tenant).await?);
        let versions = flows::versions(&mut tx, tenant, id, LISTED).await?.into_iter().map(|it| VersionRow {
            version: it.version,
            at: it.at,
            by: it.by.map_or_else(|| "Handoff".to_owned(), |by| names.of(&by)),
        });
        let versions = versions.collect();
        let live = live_version(&mut tx, tenant, &record).await?;
        drop(tx);
        Ok(FlowPage {
            faults: faults(tenant, &record.id, &record.draft, &context).await,
            tools: context.tools(),
            secrets: context.secrets(),
            teams: context.teams.clone(),
            id: record.id,
            draft: record.draft,
            revision: record.revision,
            live,
            versions,
        })
    }

    /// The draft of a flow, to be saved as a file. That somebody has it is in the audit log.
    pub async fn flow_export(&self, tenant: &TenantId, initiator: Initiator, id: &FlowId) -> Result<Flow> {
        let (mut tx, _) = self.begin(tenant).await?;
        let record = flows::find(&mut tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
        let exported = Event::Exported { what: Setting::Flow, subject: Some(id.as_str().to_owned()) };
        self.commit(tx, tenant, self.clock.now(), initiator, vec![exported]).await?;
        Ok(record.draft)
    }

    /// A version of an existing flow.
    pub async fn flow_version(&self, tenant: &TenantId, id: &FlowId, version: i64) -> Result<Flow> {
        let mut tx = self.db.begin_read().await?;
        flows::find(&mut tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
        flows::version(&mut tx, tenant, id, version).await?.ok_or(SettingsError::NotFound)
    }

    /// Moves a flow before or after its neighbour in the order in which triggers are checked. At the end of the list
    /// nothing happens.
    pub async fn flow_move(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        id: &FlowId,
        way: MoveDirection,
    ) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        let mut order: Vec<FlowId> = flows::list(&mut tx, tenant).await?.into_iter().map(|record| record.id).collect();
        let from = order.iter().position(|other| other == id).ok_or(SettingsError::NotFound)?;
        let to = match way {
            MoveDirection::Up => from.checked_sub(1),
            MoveDirection::Down => Some(from + 1).filter(|to| *to < order.len()),
        };
        let Some(to) = to else { return Ok(tx.rollback().await?) };
        order.swap(from, to);
        for (position, id) in (1..).zip(&order) {
            flows::place(&mut tx, tenant, id, position).await?;
        }
        let change = configured(Setting::Flow, Some(id.as_str()), Change::Changed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}

pub(super) async fn live_version(
    tx: &mut Tx,
    tenant: &TenantId,
    record: &flows::FlowRow,
) -> Result<Option<LiveVersion>> {
    let Some(version) = record.live else { return Ok(None) };
    match flows::version(tx, tenant, &record.id, version).await {
        Ok(flow) => Ok(flow.map(|flow| LiveVersion { version, flow })),
        // The bot skips an unreadable version. The editor shows it as empty, so that it can be replaced or taken
        // offline.
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
