//! Versions: publishing, going back to an earlier one, and going offline.

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
        let (mut tx, _) = self.begin(tenant).await?;
        let record = current(&mut tx, tenant, id, revision).await?;
        if live_version(&mut tx, tenant, &record).await?.is_some_and(|live| live.flow == record.draft) {
            return Err(SettingsError::Invalid("This version is already live.".to_owned()));
        }
        self.go_live(tx, tenant, initiator, id, &record.draft, record.live).await
    }

    /// # Errors
    /// [`SettingsError::NotFound`] for a version that does not exist; [`SettingsError::Invalid`] if it is live, or if
    /// something that it refers to has been removed (a team, a tool).
    pub async fn flow_revert(&self, tenant: &TenantId, initiator: Initiator, id: &FlowId, version: i64) -> Result<i64> {
        let (mut tx, _) = self.begin(tenant).await?;
        let record = flows::find(&mut tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
        let flow = flows::version(&mut tx, tenant, id, version).await?.ok_or(SettingsError::NotFound)?;
        if record.live == Some(version) {
            return Err(SettingsError::Invalid(format!("Version {version} is already live.")));
        }
        self.go_live(tx, tenant, initiator, id, &flow, record.live).await
    }

    /// Publishes `flow` as the next version, unless a fault blocks.
    async fn go_live(
        &self,
        mut tx: Tx,
        tenant: &TenantId,
        initiator: Initiator,
        id: &FlowId,
        flow: &Flow,
        live: Option<i64>,
    ) -> Result<i64> {
        let faults = faults(id, flow, &FlowContext::read(&mut tx, tenant).await?);
        if let Some(detail) = refusal(flow, &faults) {
            return Err(SettingsError::Invalid(detail));
        }
        let now = self.clock.now();
        let version = flows::publish(&mut tx, tenant, id, flow, author_of(&initiator.actor), now).await?;
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
