//! Tries the rules on a message.

use crate::{
    contract::keywords::{Next, Tried},
    domain::{
        bot::{Decision, Preview, Situation, preview},
        content::Content,
        ids::{ChannelId, TenantId},
        interpolation,
        keyword::{MatchContext, why},
        language,
        settings::text_fault,
    },
    server::store::{flows, models, tenants},
};

use super::{
    super::{Result, Settings, SettingsError},
    owned,
};

impl Settings {
    /// Sends and writes nothing. The customer counts as new: without a `language` it is detected from the message, as
    /// for a real one.
    pub async fn keyword_try(
        &self,
        tenant: &TenantId,
        message: &str,
        channel: Option<&ChannelId>,
        language: Option<&str>,
    ) -> Result<Tried> {
        if let Some(detail) = text_fault(message) {
            return Err(SettingsError::Invalid(detail));
        }
        let mut tx = self.db.begin_read().await?;
        owned(&mut tx, tenant, channel).await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)?;
        let rules = self.matchers.of(&mut tx, tenant).await?;
        let online = self.presence.online(tenant, self.clock.now()).len();
        let language = language.or_else(|| language::detect(message));
        let setting = MatchContext { channel, language, fired: &[] };
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
            Decision::Model | Decision::FixedText(_) | Decision::Unreadable | Decision::Nothing => Next::Model,
            // Without rules, the last two cannot occur for a first message.
            Decision::Text(_) | Decision::NoAnswer | Decision::Keyword(..) | Decision::AdvanceFlow(..) => Next::Text,
        };
        let why = keyword.and_then(|(rule, found)| why(rule, message.get(found.start..found.end)?, language));
        let fires = keyword.map(|(rule, found)| (rule.clone(), found));
        let values =
            interpolation::TextValues { customer_name: interpolation::SAMPLE_CUSTOMER, tenant_name: &record.name };
        let answer =
            interpolation::filled(answer.trim(), &values).map_err(|fault| SettingsError::Invalid(fault.detail))?;
        let answer = Some(answer).filter(|answer| !answer.is_empty());
        let language = language.map(str::to_owned);
        Ok(Tried { fires, why, online: i64::try_from(online).unwrap_or(i64::MAX), answer, language, next })
    }
}
