//! Handoff keywords: rules for messages that request an agent.
//!
//! `domain::keyword` matches messages. This module stores rules with their audit entries; `rule` validates them, and
//! `preview` shows what a message would cause.

mod compiled;
mod preview;
mod rule;

use std::collections::HashMap;

use crate::{
    contract::keywords::{KeywordRow, Keywords},
    domain::{
        event::{Change, Initiator, Setting},
        ids::{ChannelId, KeywordId, TenantId},
        keyword::{Keyword, Matching, Samples, breadth_warning, samples},
        time::Span,
    },
    server::store::{Tx, channels, keywords},
};

pub use compiled::Matchers;

use super::{Result, Settings, SettingsError, configured};
use rule::{check_unique, validated};

/// Most rules of one tenant, because all of them are checked for every message.
pub const RULES: usize = 200;

/// The period over which the page counts a rule's handoffs.
const COUNTED: Span = Span::days(30);

/// A rule without an id yet.
#[derive(Clone, Debug)]
pub struct NewKeyword {
    pub phrase: String,
    pub matching: Matching,
    /// A language tag such as `pt` or `pt-BR`. `None` or empty: all languages.
    pub language: Option<String>,
    /// Only on this number. `None`: on all numbers.
    pub channel: Option<ChannelId>,
}

impl Settings {
    pub async fn read_keywords(&self, tenant: &TenantId) -> Result<Keywords> {
        let mut tx = self.db.begin_read().await?;
        let since = self.clock.now().minus(COUNTED);
        let fired: HashMap<KeywordId, i64> = keywords::fired(&mut tx, tenant, since).await?.into_iter().collect();
        let rules = keywords::list(&mut tx, tenant).await?;
        let channels = channels::list(&mut tx, tenant).await?.into_iter().map(|it| (it.id, it.name)).collect();
        // The samples of many rules take a while, and need no transaction.
        drop(tx);
        let rules = rules.into_iter().map(|rule| {
            let Samples { heard, missed } = samples(&rule);
            KeywordRow {
                fired: fired.get(&rule.id).copied().unwrap_or(0),
                warning: breadth_warning(&rule.phrase, rule.matching),
                heard,
                missed,
                rule,
            }
        });
        Ok(Keywords { rules: rules.collect(), channels })
    }

    /// # Errors
    /// [`SettingsError::Invalid`] for an invalid phrase or language, too many rules, or an existing rule;
    /// [`SettingsError::NotFound`] for a number that is not the tenant's.
    pub async fn keyword_add(&self, tenant: &TenantId, initiator: Initiator, new: NewKeyword) -> Result<KeywordId> {
        let now = self.clock.now();
        let NewKeyword { phrase, matching, language, channel } = new;
        let rule = Keyword { id: self.entropy.id(now), phrase, matching, language, channel, enabled: true };
        let rule = validated(rule)?;
        let (mut tx, _) = self.begin(tenant).await?;
        owned(&mut tx, tenant, rule.channel.as_ref()).await?;
        let others = keywords::list(&mut tx, tenant).await?;
        if others.len() >= RULES {
            return Err(SettingsError::Invalid(format!(
                "You've reached the limit of {RULES} keywords. Remove one first."
            )));
        }
        check_unique(&rule, &others)?;
        keywords::insert(&mut tx, tenant, &rule).await?;
        let change = configured(Setting::Keyword, Some(rule.id.as_str()), Change::Added);
        self.commit(tx, tenant, now, initiator, vec![change]).await?;
        Ok(rule.id)
    }

    /// # Errors
    /// As [`Settings::keyword_add`], and [`SettingsError::NotFound`] for a rule that no longer exists.
    pub async fn keyword_change(&self, tenant: &TenantId, initiator: Initiator, rule: Keyword) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        let rules = keywords::list(&mut tx, tenant).await?;
        let was = rules.iter().find(|other| other.id == rule.id).ok_or(SettingsError::NotFound)?;
        let rule = validated(rule)?;
        if *was == rule {
            return Ok(tx.rollback().await?);
        }
        owned(&mut tx, tenant, rule.channel.as_ref()).await?;
        check_unique(&rule, &rules)?;
        keywords::update(&mut tx, tenant, &rule).await?;
        let change = configured(Setting::Keyword, Some(rule.id.as_str()), Change::Changed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }

    pub async fn keyword_remove(&self, tenant: &TenantId, initiator: Initiator, id: &KeywordId) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        if !keywords::remove(&mut tx, tenant, id).await? {
            return Err(SettingsError::NotFound);
        }
        let change = configured(Setting::Keyword, Some(id.as_str()), Change::Removed);
        self.commit(tx, tenant, self.clock.now(), initiator, vec![change]).await
    }
}

/// Checks that a number belongs to the tenant. One of another tenant is not found.
async fn owned(tx: &mut Tx, tenant: &TenantId, channel: Option<&ChannelId>) -> Result<()> {
    let Some(channel) = channel else { return Ok(()) };
    channels::find(tx, tenant, channel).await?.map(|_| ()).ok_or(SettingsError::NotFound)
}
