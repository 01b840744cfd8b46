//! The tenant's language model as a turn needs it, what it cost, and the dots that customers see while it thinks.

use super::Bot;
use crate::{
    domain::{
        bot::Turn,
        calendar,
        ids::TenantId,
        model::{ModelSettings, ToolDefinition},
        settings::ReadPolicy,
        time::Timestamp,
    },
    server::{
        conversations::{ConversationError, Result, jobs::TYPING},
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

impl Bot {
    /// The tenant's model; `None` when there is none, or it is turned off.
    pub async fn model(&self, tenant: &TenantId, now: Timestamp) -> Result<Option<Model>> {
        let mut tx = self.conversations.db.begin_read().await?;
        let Some(row) = models::find(&mut tx, tenant).await?.filter(|row| row.settings.enabled) else {
            return Ok(None);
        };
        let zone = tenants::find(&mut tx, tenant).await?.ok_or(ConversationError::NotFound)?.settings.zone;
        let used = models::used(&mut tx, tenant, &calendar::date(&zone, now)).await?;
        Ok(Some(Model { settings: row.settings, key: row.key, tools: tools::list(&mut tx, tenant).await?, used }))
    }

    /// Adds what a turn cost to the tenant's day.
    pub async fn model_used(&self, tenant: &TenantId, now: Timestamp, tokens: u64) -> Result<()> {
        if tokens == 0 {
            return Ok(());
        }
        let mut tx = self.conversations.db.begin_write().await?;
        let zone = tenants::find(&mut tx, tenant).await?.ok_or(ConversationError::NotFound)?.settings.zone;
        models::add_used(&mut tx, tenant, &calendar::date(&zone, now), i64::try_from(tokens).unwrap_or(i64::MAX))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets the customer see that an answer is being written, unless the tenant never shows that it read.
    pub async fn show_typing(&self, turn: &Turn) -> Result<()> {
        if turn.settings.read_policy == ReadPolicy::Never {
            return Ok(());
        }
        self.conversations
            .transact(&turn.tenant, move |mut work| async move {
                if let Some(wamid) = messages::newest_inbound(&mut work.tx, &turn.tenant, &turn.conversation).await? {
                    work.enqueue(TYPING, turn.conversation.as_str(), wamid.0, work.now);
                }
                work.done()
            })
            .await
    }
}
