//! Loads the tenant's language model for a turn, and shows the typing indicator while it answers.

use super::{Bot, budget};
use crate::{
    domain::{
        bot::Turn,
        ids::{Seq, TenantId},
        model::{ModelSettings, ToolDefinition},
        settings::ReadPolicy,
        time::Timestamp,
    },
    server::{
        conversations::{ConversationError, Result},
        store::{jobs::JobKind, messages, models, tenants, tools},
    },
};

/// The language model as configured, for one turn.
#[derive(Clone, Debug)]
pub struct ConnectedModel {
    pub settings: ModelSettings,
    /// Encrypted.
    pub key: Option<Vec<u8>>,
    pub tools: Vec<ToolDefinition>,
    /// Left of today's budget.
    pub tokens_left: u64,
}

impl Bot {
    /// The tenant's model; `None` if there is none or it is disabled.
    pub async fn model(&self, tenant: &TenantId, now: Timestamp) -> Result<Option<ConnectedModel>> {
        let mut tx = self.conversations.db.begin_read().await?;
        let Some(row) = models::find(&mut tx, tenant).await?.filter(|row| row.settings.enabled) else {
            return Ok(None);
        };
        let zone = tenants::find(&mut tx, tenant).await?.ok_or(ConversationError::NotFound)?.settings.zone;
        let tokens_left = budget::tokens_left(&mut tx, tenant, &zone, &row.settings, now).await?;
        let tools = tools::list(&mut tx, tenant).await?;
        Ok(Some(ConnectedModel { settings: row.settings, key: row.key, tools, tokens_left }))
    }

    /// Shows the typing indicator, unless the tenant never sends read marks: Meta has no indicator without one.
    pub async fn show_typing(&self, turn: &Turn) -> Result<()> {
        if turn.settings.read_policy == ReadPolicy::Never {
            return Ok(());
        }
        self.conversations
            .transact(&turn.tenant, move |mut work| async move {
                let (tenant, id) = (&turn.tenant, &turn.conversation);
                if let Some(wamid) = messages::newest_inbound(&mut work.tx, tenant, id, Seq(i64::MAX)).await? {
                    work.enqueue(JobKind::Typing, turn.conversation.as_str(), wamid.0, work.now);
                }
                work.done()
            })
            .await
    }
}
