//! The tenant's language model as a turn needs it, and the typing indicator while it answers.

use super::{Bot, budget};
use crate::{
    domain::{
        bot::Turn,
        ids::TenantId,
        model::{ModelSettings, ToolDefinition},
        settings::ReadPolicy,
        time::Timestamp,
    },
    server::{
        conversations::{ConversationError, Result},
        store::{jobs::JobKind, messages, models, tenants, tools},
    },
};

/// What a turn of the model goes by.
#[derive(Clone, Debug)]
pub struct Model {
    pub settings: ModelSettings,
    /// Sealed.
    pub key: Option<Vec<u8>>,
    pub tools: Vec<ToolDefinition>,
    /// Of the tenant's day.
    pub tokens_left: u64,
}

impl Bot {
    /// The tenant's model; `None` when there is none, or it is turned off.
    pub async fn model(&self, tenant: &TenantId, now: Timestamp) -> Result<Option<Model>> {
        let mut tx = self.conversations.db.begin_read().await?;
        let Some(row) = models::find(&mut tx, tenant).await?.filter(|row| row.settings.enabled) else {
            return Ok(None);
        };
        let zone = tenants::find(&mut tx, tenant).await?.ok_or(ConversationError::NotFound)?.settings.zone;
        let tokens_left = budget::tokens_left(&mut tx, tenant, &zone, &row.settings, now).await?;
        let tools = tools::list(&mut tx, tenant).await?;
        Ok(Some(Model { settings: row.settings, key: row.key, tools, tokens_left }))
    }

    /// Lets the customer see that an answer is being written, unless the tenant never shows that it read.
    pub async fn show_typing(&self, turn: &Turn) -> Result<()> {
        if turn.settings.read_policy == ReadPolicy::Never {
            return Ok(());
        }
        self.conversations
            .transact(&turn.tenant, move |mut work| async move {
                if let Some(wamid) = messages::newest_inbound(&mut work.tx, &turn.tenant, &turn.conversation).await? {
                    work.enqueue(JobKind::Typing, turn.conversation.as_str(), wamid.0, work.now);
                }
                work.done()
            })
            .await
    }
}
