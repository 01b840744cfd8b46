//! Reads the templates of an account from WhatsApp.

use std::collections::BTreeSet;

use crate::{
    domain::{
        ids::{ChannelId, TenantId},
        template::MessageTemplate,
        time::{Span, Timestamp},
    },
    server::{
        channels::NoCredentials,
        gateway::SendError,
        store::{
            channels::{self, ChannelRow},
            templates,
        },
    },
};

use super::{Result, TemplateError, Templates};

/// How long what was read is used without asking again.
const FRESH: Span = Span::minutes(5);
/// How long others wait for the one that has begun, and how long nobody asks again after a failure.
const BUSY: Span = Span::seconds(15);

/// How old the known templates may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Some minutes, unless WhatsApp has announced a change.
    Minutes,
    /// They must be read now.
    Now,
}

impl Templates {
    /// Reads the templates of a number's account, because WhatsApp refused one that was known to be valid.
    pub async fn sync_now(&self, tenant: &TenantId, channel: &ChannelId) -> Result<()> {
        let mut tx = self.db.begin_read().await?;
        let channel = channels::find(&mut tx, tenant, channel).await?.ok_or(TemplateError::NotFound)?;
        drop(tx);
        self.sync(&channel, Freshness::Now).await?;
        Ok(())
    }

    /// Reads the templates unless they are fresh enough. Returns why WhatsApp did not list them: what is stored stays.
    pub(super) async fn sync(&self, channel: &ChannelRow, freshness: Freshness) -> Result<Option<String>> {
        let (tenant, waba) = (&channel.tenant_id, channel.waba_id.as_str());
        let now = self.clock.now();
        if freshness == Freshness::Minutes {
            let mut tx = self.db.begin_read().await?;
            let synced_at = templates::synced_at(&mut tx, tenant, waba).await?;
            if synced_at.is_some_and(|at| now.since(at) < FRESH) {
                return Ok(None);
            }
        }
        let mut tx = self.db.begin_write().await?;
        let is_ours = templates::begin_sync(&mut tx, tenant, waba, now, now.minus(BUSY)).await?;
        tx.commit().await?;
        if !is_ours {
            return Ok(None);
        }
        let credentials = match self.channels.credentials(channel).await {
            Ok(credentials) => credentials,
            Err(NoCredentials::Store(error)) => return Err(error.into()),
            Err(error @ (NoCredentials::NoApp | NoCredentials::Sealed(_))) => {
                tracing::error!(%error, channel = %channel.id, "templates: no credentials");
                return Ok(Some(
                    "This number isn't connected correctly. Ask an admin to check the connection.".to_owned(),
                ));
            }
        };
        match self.gateway.templates(&credentials, waba).await {
            Ok(listed) => {
                self.store(channel, &listed, now).await?;
                Ok(None)
            }
            Err(error) => {
                tracing::warn!(%error, channel = %channel.id, "templates: not read from Meta");
                Ok(Some(why(error)))
            }
        }
    }

    /// Replaces what is known with what was listed by a reading that began then.
    async fn store(&self, channel: &ChannelRow, listed: &[MessageTemplate], begun: Timestamp) -> Result<()> {
        let (tenant, waba, now) = (&channel.tenant_id, channel.waba_id.as_str(), self.clock.now());
        let mut tx = self.db.begin_write().await?;
        let known = templates::list(&mut tx, tenant, waba).await?;
        for template in listed {
            if !known.iter().any(|row| row.template == *template) {
                let id = self.entropy.id(now);
                templates::save(&mut tx, tenant, waba, &id, template).await?;
            }
        }
        let names: BTreeSet<(&str, &str)> =
            listed.iter().map(|template| (template.name.as_str(), template.language.as_str())).collect();
        for row in &known {
            if !names.contains(&(row.template.name.as_str(), row.template.language.as_str())) {
                templates::remove(&mut tx, tenant, &row.id).await?;
            }
        }
        templates::end_sync(&mut tx, tenant, waba, begun, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Why the list may be out of date, for an agent.
fn why(error: SendError) -> String {
    match error {
        SendError::Refused { detail, .. } => detail,
        SendError::SecretRefused => {
            "WhatsApp refused this server's app secret. Ask an admin to check the connection.".to_owned()
        }
        SendError::Throttled | SendError::Unreachable(_) | SendError::Ambiguous(_) => {
            "Couldn't read the templates from WhatsApp just now. The list may be out of date.".to_owned()
        }
    }
}
