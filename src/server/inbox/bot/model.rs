//! The tenant's language model as a turn needs it, what it cost, and the dots that customers see while it thinks.

use super::Turn;
use crate::{
    domain::{
        ids::TenantId,
        model::{ModelSettings, ToolDefinition},
        settings::ReadPolicy,
        time::Timestamp,
    },
    server::{
        inbox::{Inbox, InboxError, Result, desk::TYPING},
        store::{messages, models, tenants, tools},
    },
};

/// What a turn of the model goes by.
#[derive(Clone, Debug)]
pub struct Model {
    pub settings: ModelSettings,
    /// Sealed.
    pub key: Option<Vec<u8>>,
    pub tools: Vec<ToolDefinition>,
    used: i64,
}

impl Model {
    /// What is left of the tenant's day.
    pub fn tokens_left(&self) -> u64 {
        self.settings.daily_budget.saturating_sub(u64::try_from(self.used).unwrap_or(0))
    }
}

impl Inbox {
    /// The tenant's model; `None` when there is none, or it is turned off.
    pub async fn model(&self, tenant: &TenantId, now: Timestamp) -> Result<Option<Model>> {
        let mut tx = self.db.begin_read().await?;
        let Some(row) = models::find(&mut tx, tenant).await?.filter(|row| row.settings.enabled) else {
            return Ok(None);
        };
        let zone = tenants::find(&mut tx, tenant).await?.ok_or(InboxError::NotFound)?.settings.zone;
        let used = models::used(&mut tx, tenant, &day(&zone, now)).await?;
        Ok(Some(Model { settings: row.settings, key: row.key, tools: tools::list(&mut tx, tenant).await?, used }))
    }

    /// Adds what a turn cost to the tenant's day.
    pub async fn model_used(&self, tenant: &TenantId, now: Timestamp, tokens: u64) -> Result<()> {
        if tokens == 0 {
            return Ok(());
        }
        let mut tx = self.db.begin_write().await?;
        let zone = tenants::find(&mut tx, tenant).await?.ok_or(InboxError::NotFound)?.settings.zone;
        models::add_used(&mut tx, tenant, &day(&zone, now), i64::try_from(tokens).unwrap_or(i64::MAX)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets the customer see that an answer is being written, unless the tenant never shows that it read.
    pub async fn show_typing(&self, turn: &Turn) -> Result<()> {
        if turn.settings.read_policy == ReadPolicy::Never {
            return Ok(());
        }
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(&turn.tenant).await?;
                if let Some(wamid) = messages::newest_inbound(&mut work.tx, &turn.tenant, &turn.conversation).await? {
                    work.enqueue(TYPING, turn.conversation.as_str(), wamid.0, work.now);
                }
                self.commit(work).await
            })
        })
        .await
    }
}

/// The day of a moment where the tenant is.
fn day(zone: &str, now: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let moment = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    moment.to_zoned(zone).date().to_string()
}
