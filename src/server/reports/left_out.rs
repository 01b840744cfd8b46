//! Handoffs that are left out of the reports: a test, a prank. The reason is a text that can be erased, so the log says that
//! it happened, not why.

use super::{ReportError, Reports, Result, packed::changed::record_handoff, scope_of};
use crate::{
    contract::report::ReportScope,
    domain::{
        event::{Change, Event, Initiator, Setting},
        ids::HandoffId,
    },
    server::{
        accounts::Agent,
        store::{
            report_left_out::{self, LeftOutRow},
            tenants,
        },
    },
};

/// The longest reason, in characters.
const REASON: usize = 200;

impl Reports {
    /// Leaves a handoff out. One that is left out already keeps its reason.
    ///
    /// # Errors
    /// [`ReportError::Forbidden`] for people who see their own numbers only, [`ReportError::Invalid`] without a reason,
    /// [`ReportError::NotFound`].
    pub async fn leave_out(&self, viewer: &Agent, by: Initiator, handoff: &HandoffId, reason: &str) -> Result<()> {
        require_everyone(viewer)?;
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON || reason.chars().any(char::is_control) {
            return Err(ReportError::Invalid(format!("Enter a reason of up to {REASON} characters, on one line.")));
        }
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        let tenant = tenants::lock(&mut tx, viewer.tenant()).await?.ok_or(ReportError::NotFound)?;
        let row =
            LeftOutRow { handoff: handoff.clone(), reason: reason.to_owned(), agent: viewer.id().clone(), at: now };
        if !report_left_out::insert(&mut tx, viewer.tenant(), &row).await? {
            let is_known =
                report_left_out::list(&mut tx, viewer.tenant()).await?.iter().any(|known| known.handoff == *handoff);
            tx.rollback().await?;
            return if is_known { Ok(()) } else { Err(ReportError::NotFound) };
        }
        record_handoff(&mut tx, &tenant.id, tenant.last_seq.next(), handoff).await?;
        self.log.commit(tx, viewer.tenant(), now, by, changed(handoff, Change::Added)).await?;
        Ok(())
    }

    /// Counts a handoff again.
    ///
    /// # Errors
    /// [`ReportError::Forbidden`], and [`ReportError::NotFound`] for one that is not left out.
    pub async fn count_again(&self, viewer: &Agent, by: Initiator, handoff: &HandoffId) -> Result<()> {
        require_everyone(viewer)?;
        let mut tx = self.db.begin_write().await?;
        let tenant = tenants::lock(&mut tx, viewer.tenant()).await?.ok_or(ReportError::NotFound)?;
        if !report_left_out::remove(&mut tx, viewer.tenant(), handoff).await? {
            tx.rollback().await?;
            return Err(ReportError::NotFound);
        }
        record_handoff(&mut tx, &tenant.id, tenant.last_seq.next(), handoff).await?;
        self.log.commit(tx, viewer.tenant(), self.clock.now(), by, changed(handoff, Change::Removed)).await?;
        Ok(())
    }
}

fn require_everyone(viewer: &Agent) -> Result<()> {
    match scope_of(viewer) {
        ReportScope::Everyone => Ok(()),
        ReportScope::Own => Err(ReportError::Forbidden),
    }
}

fn changed(handoff: &HandoffId, change: Change) -> Event {
    Event::Configured { what: Setting::LeftOutHandoff, subject: Some(handoff.to_string()), change }
}
