//! Handoff keywords: the rules by which a customer's words call a person, and trying them without sending anything.
//!
//! How a rule matches is `domain::keyword`'s business; here are its bounds, its neighbours and its audit.

use std::collections::HashMap;

use crate::{
    contract::keywords::{KeywordRow, Keywords, Next, Tried},
    domain::{
        bot::{Decision, Preview, Situation, preview},
        content::Content,
        event::{Actor, Change, Setting},
        ids::{ChannelId, KeywordId, TenantId},
        interpolation,
        keyword::{self, Keyword, Matching, phrase_fault, swallows},
        language,
        settings::text_fault,
        text,
        time::Span,
    },
    server::store::{Tx, channels, flows, keywords, models, tenants},
};

use super::{Result, Settings, SettingsError, configured};

/// Rules of one tenant: every message of every customer is tried on all of them.
pub const RULES: usize = 200;

/// How far back the page counts what a rule did.
const COUNTED: Span = Span::days(30);

/// A rule that has no id yet.
#[derive(Clone, Debug)]
pub struct NewKeyword {
    pub phrase: String,
    pub matching: Matching,
    /// A language tag such as `pt` or `pt-BR`; `None` or empty: everybody.
    pub language: Option<String>,
    /// Only on this number; `None`: on all.
    pub channel: Option<ChannelId>,
}

impl Settings {
    pub async fn keywords(&self, tenant: &TenantId) -> Result<Keywords> {
        let mut tx = self.db.begin_read().await?;
        let since = self.clock.now().minus(COUNTED);
        let fired: HashMap<KeywordId, i64> = keywords::fired(&mut tx, tenant, since).await?.into_iter().collect();
        let rules = keywords::list(&mut tx, tenant).await?.into_iter().map(|rule| KeywordRow {
            fired: fired.get(&rule.id).copied().unwrap_or(0),
            warning: swallows(&rule.phrase, rule.matching),
            rule,
        });
        let rules = rules.collect();
        let channels = channels::list(&mut tx, tenant).await?.into_iter().map(|it| (it.id, it.name)).collect();
        Ok(Keywords { rules, channels })
    }

    /// # Errors
    /// [`SettingsError::Invalid`] for a phrase, language or number of rules out of bounds and for a rule that is there
    /// already; [`SettingsError::NotFound`] for a number that is not the tenant's.
    pub async fn keyword_add(&self, tenant: &TenantId, actor: Actor, new: NewKeyword) -> Result<KeywordId> {
        let now = self.clock.now();
        let NewKeyword { phrase, matching, language, channel } = new;
        let rule = Keyword { id: self.entropy.id(now), phrase, matching, language, channel, enabled: true };
        let rule = sound(rule)?;
        let (mut tx, _) = self.begin(tenant).await?;
        owned(&mut tx, tenant, rule.channel.as_ref()).await?;
        let others = keywords::list(&mut tx, tenant).await?;
        if others.len() >= RULES {
            return Err(SettingsError::Invalid(format!(
                "You've reached the limit of {RULES} keywords. Remove one first."
            )));
        }
        unlike(&rule, &others)?;
        keywords::insert(&mut tx, tenant, &rule).await?;
        let change = configured(Setting::Keyword, Some(rule.id.as_str()), Change::Added);
        self.commit(tx, tenant, now, actor, vec![change]).await?;
        Ok(rule.id)
    }

    /// # Errors
    /// As [`Settings::keyword_add`]; [`SettingsError::NotFound`] also for a rule that is gone.
    pub async fn keyword_change(&self, tenant: &TenantId, actor: Actor, rule: Keyword) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        let rules = keywords::list(&mut tx, tenant).await?;
        let was = rules.iter().find(|other| other.id == rule.id).ok_or(SettingsError::NotFound)?;
        let rule = sound(rule)?;
        if *was == rule {
            return Ok(tx.rollback().await?);
        }
        owned(&mut tx, tenant, rule.channel.as_ref()).await?;
        unlike(&rule, &rules)?;
        keywords::update(&mut tx, tenant, &rule).await?;
        let change = configured(Setting::Keyword, Some(rule.id.as_str()), Change::Changed);
        self.commit(tx, tenant, self.clock.now(), actor, vec![change]).await
    }

    pub async fn keyword_remove(&self, tenant: &TenantId, actor: Actor, id: &KeywordId) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        if !keywords::remove(&mut tx, tenant, id).await? {
            return Err(SettingsError::NotFound);
        }
        let change = configured(Setting::Keyword, Some(id.as_str()), Change::Removed);
        self.commit(tx, tenant, self.clock.now(), actor, vec![change]).await
    }

    /// Sends nothing and writes nothing. The customer is a new one: without a `language` theirs is what the message
    /// tells, as when it is real.
    pub async fn keyword_try(
        &self,
        tenant: &TenantId,
        message: &str,
        channel: Option<&ChannelId>,
        language: Option<&str>,
    ) -> Result<Tried> {
        if let Some(words) = text_fault(message) {
            return Err(SettingsError::Invalid(words));
        }
        let mut tx = self.db.begin_read().await?;
        owned(&mut tx, tenant, channel).await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)?;
        let rules = keywords::list(&mut tx, tenant).await?;
        let online = self.presence.online(tenant, self.clock.now()).len();
        let language = language.or_else(|| language::detect(message));
        let setting = keyword::Setting { channel, language };
        let content = Content::Text { body: message.to_owned() };
        let live = flows::live(&mut tx, tenant).await?;
        let model = models::find(&mut tx, tenant).await?.map(|row| row.settings).filter(|model| model.enabled);
        let texts = &record.settings.texts;
        let first = Situation::first_message(&content, setting, &rules, &live, model.as_ref(), texts);
        let Preview { keyword, next } = preview(&first);
        let answer = match (&keyword, &next) {
            (Some(_), _) => texts.notice(online),
            (None, Decision::Text(text)) => text,
            (None, _) => "",
        };
        let next = match next {
            Decision::BeginFlow(live) => Next::Flow { name: live.flow.name.clone() },
            Decision::Model | Decision::Words(_) | Decision::Unreadable | Decision::Nothing => Next::Model,
            // The last two are no decision about a first message without rules.
            Decision::Text(_) | Decision::NoAnswer | Decision::Keyword(..) | Decision::AdvanceFlow(..) => Next::Text,
        };
        let fires = keyword.map(|(rule, found)| (rule.clone(), found));
        let values = interpolation::Values { customer_name: interpolation::SAMPLE_CUSTOMER, tenant_name: &record.name };
        let answer =
            interpolation::filled(answer.trim(), &values).map_err(|fault| SettingsError::Invalid(fault.detail))?;
        let answer = Some(answer).filter(|words| !words.is_empty());
        let language = language.map(str::to_owned);
        Ok(Tried { fires, online: i64::try_from(online).unwrap_or(i64::MAX), answer, language, next })
    }
}

/// The rule with its phrase and language in order.
fn sound(mut rule: Keyword) -> Result<Keyword> {
    rule.phrase = rule.phrase.trim().to_owned();
    if let Some(words) = phrase_fault(&rule.phrase) {
        return Err(SettingsError::Invalid(words));
    }
    rule.language = match rule.language.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(tag) => Some(language_tag(tag).ok_or_else(|| {
            SettingsError::Invalid(format!("“{tag}” isn't a language. Enter a tag such as “pt” or “pt-BR”."))
        })?),
    };
    Ok(rule)
}

/// `pt-BR` of `PT_br`: two or three letters, and a region of two letters or three digits where one is given.
fn language_tag(tag: &str) -> Option<String> {
    let (primary, region) = match tag.split_once(['-', '_']) {
        Some((primary, region)) => (primary, Some(region)),
        None => (tag, None),
    };
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_language = matches!(primary.len(), 2 | 3) && letters(primary);
    let is_region = region.is_none_or(|region| {
        (region.len() == 2 && letters(region))
            || (region.len() == 3 && region.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let primary = primary.to_ascii_lowercase();
    (is_language && is_region).then(|| match region {
        Some(region) => format!("{primary}-{}", region.to_ascii_uppercase()),
        None => primary,
    })
}

/// A number that a rule or a trial names must be the tenant's; a foreign one is as unknown as a made-up one.
async fn owned(tx: &mut Tx, tenant: &TenantId, channel: Option<&ChannelId>) -> Result<()> {
    let Some(channel) = channel else { return Ok(()) };
    channels::find(tx, tenant, channel).await?.map(|_| ()).ok_or(SettingsError::NotFound)
}

/// Two rules with one phrase and one way of matching: the second could never be told from the first.
fn unlike(rule: &Keyword, others: &[Keyword]) -> Result<()> {
    let phrase = text::folded(&rule.phrase);
    let twin = others
        .iter()
        .find(|other| other.id != rule.id && other.matching == rule.matching && text::folded(&other.phrase) == phrase);
    match twin {
        None => Ok(()),
        Some(twin) => Err(SettingsError::Invalid(format!(
            "There is already a keyword “{}” set to “{}”. Edit that one instead.",
            twin.phrase,
            twin.matching.label()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::language_tag;

    #[test]
    fn a_language_is_written_one_way() {
        let table = [
            ("pt", Some("pt")),
            ("PT_br", Some("pt-BR")),
            ("fil", Some("fil")),
            ("es-419", Some("es-419")),
            ("p", None),
            ("port", None),
            ("pt-", None),
            ("pt-B", None),
            ("pt-BR-x", None),
            ("日本", None),
        ];
        for (tag, expected) in table {
            assert_eq!(language_tag(tag).as_deref(), expected, "{tag:?}");
        }
    }
}
