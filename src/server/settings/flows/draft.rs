//! Creates, saves and removes drafts.

use std::sync::Arc;

use crate::{
    contract::flow::{NewFlow, Saved},
    domain::{
        event::{Change, Initiator, Setting},
        flow::definition::Flow,
        ids::{FlowId, TenantId},
        time::Span,
    },
    server::store::flows,
};

use super::{
    super::{Result, Settings, SettingsError, configured},
    FLOWS, FlowContext, author_of, check_size, current, faults, import, samples,
};

/// A draft is saved at every pause in typing. Saves of one person within this time share one audit entry.
const EDIT_SESSION: Span = Span::minutes(10);

impl Settings {
    /// # Errors
    /// [`SettingsError::Invalid`] for JSON that is not a flow, and if there are too many flows.
    pub async fn flow_create(&self, tenant: &TenantId, initiator: Initiator, new: NewFlow) -> Result<FlowId> {
        let mut draft = match new {
            NewFlow::Empty { name } => Flow { name, ..Flow::default() },
            NewFlow::Sample { key } => samples::find(&key).ok_or(SettingsError::NotFound)?,
            NewFlow::Import { json } => import::read(&json)?,
        };
        check_size(&draft)?;
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
        flows::insert(&mut tx, tenant, &id, &draft, author_of(&initiator.actor), now).await?;
        let change = configured(Setting::Flow, Some(id.as_str()), Change::Added);
        self.commit(tx, tenant, now, initiator, vec![change]).await?;
        Ok(id)
    }

    /// # Errors
    /// [`SettingsError::Stale`] if the draft was saved since `revision`; [`SettingsError::Invalid`] if it is too large.
    pub async fn flow_save(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        id: &FlowId,
        revision: i64,
        draft: Flow,
    ) -> Result<Saved> {
        check_size(&draft)?;
        let now = self.clock.now();
        let (mut tx, _) = self.begin(tenant).await?;
        let was = current(&mut tx, tenant, id, revision).await?;
        let context = Arc::new(FlowContext::read(&mut tx, tenant).await?);
        if was.draft == draft {
            tx.rollback().await?;
            return Ok(Saved { revision, faults: faults(tenant, id, &draft, &context).await });
        }
        let by = author_of(&initiator.actor);
        let saved = flows::save_draft(&mut tx, tenant, id, revision, &draft, by, now).await?;
        let revision = saved.ok_or(SettingsError::NotFound)?;
        let same_session = was.by.as_ref() == by && now.since(was.updated_at) < EDIT_SESSION;
        if same_session {
            tx.commit().await?;
        } else {
            let change = configured(Setting::Flow, Some(id.as_str()), Change::Changed);
            self.commit(tx, tenant, now, initiator, vec![change]).await?;
        }
        Ok(Saved { revision, faults: faults(tenant, id, &draft, &context).await })
    }

    pub async fn flow_remove(&self, tenant: &TenantId, initiator: Initiator, id: &FlowId) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        if !flows::remove(&mut tx, tenant, id).await? {
            return Err(SettingsError::NotFound);
        }
        let change = configured(Setting::Flow, Some(id.as_str()), Change::Removed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}

/// The name, with a number if it is in use, so that no two flows look alike.
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
