//! Versions: publishing, going back to an earlier one, and going offline.

use std::sync::Arc;

use crate::{
    domain::{
        event::{Change, Initiator, Setting},
        flow::definition::Flow,
        ids::{FlowId, TenantId},
    },
    server::store::{Tx, flows},
};

use super::{
    super::{Result, Settings, SettingsError, configured},
    FlowContext, author_of,
    check::refusal,
    current, faults,
    list::live_version,
};

/// What is to go live.
#[derive(Clone, Copy)]
enum Source {
    /// The draft, if it still has this revision.
    Draft { revision: i64 },
    /// An earlier version.
    Version(i64),
}

/// A flow that may go live, and what it is checked against.
struct Candidate {
    flow: Flow,
    /// The version that is live now.
    live: Option<i64>,
    context: Arc<FlowContext>,
}

impl Candidate {
    async fn read(tx: &mut Tx, tenant: &TenantId, id: &FlowId, source: Source) -> Result<Self> {
        let (flow, live) = match source {
            Source::Draft { revision } => {
                let record = current(tx, tenant, id, revision).await?;
                if live_version(tx, tenant, &record).await?.is_some_and(|live| live.flow == record.draft) {
                    return Err(SettingsError::Invalid("This version is already live.".to_owned()));
                }
                (record.draft, record.live)
            }
            Source::Version(version) => {
                let record = flows::find(tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
                let flow = flows::version(tx, tenant, id, version).await?.ok_or(SettingsError::NotFound)?;
                if record.live == Some(version) {
                    return Err(SettingsError::Invalid(format!("Version {version} is already live.")));
                }
                (flow, record.live)
            }
        };
        Ok(Self { flow, live, context: Arc::new(FlowContext::read(tx, tenant).await?) })
    }
}

impl Settings {
    /// # Errors
    /// [`SettingsError::Stale`] if the draft was saved since `revision`; [`SettingsError::Invalid`] if a fault blocks,
    /// or if the same draft is live already.
    pub async fn flow_publish(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        id: &FlowId,
        revision: i64,
    ) -> Result<i64> {
        self.go_live(tenant, initiator, id, Source::Draft { revision }).await
    }

    /// # Errors
    /// [`SettingsError::NotFound`] for a version that does not exist; [`SettingsError::Invalid`] if it is live, or if
    /// something that it refers to has been removed (a team, a tool).
    pub async fn flow_revert(&self, tenant: &TenantId, initiator: Initiator, id: &FlowId, version: i64) -> Result<i64> {
        self.go_live(tenant, initiator, id, Source::Version(version)).await
    }

    /// Publishes a flow as the next version, unless a fault blocks. The check is before the transaction, in which
    /// nothing may have changed that it depends on.
    async fn go_live(&self, tenant: &TenantId, initiator: Initiator, id: &FlowId, source: Source) -> Result<i64> {
        let mut tx = self.db.begin_read().await?;
        let checked = Candidate::read(&mut tx, tenant, id, source).await?;
        drop(tx);
        let faults = faults(tenant, id, &checked.flow, &checked.context).await;
        if let Some(detail) = refusal(&checked.flow, &faults) {
            return Err(SettingsError::Invalid(detail));
        }
        let (mut tx, _) = self.begin(tenant).await?;
        let Candidate { flow, live, context } = Candidate::read(&mut tx, tenant, id, source).await?;
        if flow != checked.flow || !context.is_same(&checked.context) {
            let words = "Something that this flow refers to was changed just now. Try again.";
            return Err(SettingsError::Stale(words.to_owned()));
        }
        let now = self.clock.now();
        let version = flows::publish(&mut tx, tenant, id, &flow, author_of(&initiator.actor), now).await?;
        let change = if live.is_some() { Change::Changed } else { Change::Added };
        let change = configured(Setting::LiveFlow, Some(id.as_str()), change);
        self.commit(tx, tenant, now, initiator, vec![change]).await?;
        Ok(version)
    }

    /// Takes a flow offline for new conversations. If it is offline already, no entry is written.
    pub async fn flow_offline(&self, tenant: &TenantId, initiator: Initiator, id: &FlowId) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        let record = flows::find(&mut tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
        if record.live.is_none() {
            return Ok(tx.rollback().await?);
        }
        let now = self.clock.now();
        flows::go_live(&mut tx, tenant, id, None).await?;
        let change = configured(Setting::LiveFlow, Some(id.as_str()), Change::Removed);
        self.commit(tx, tenant, now, initiator, vec![change]).await
    }
}
