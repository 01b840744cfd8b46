//! The names of what rows hold ids of, as they are called now.

use std::collections::HashMap;

use super::Company;
use crate::{
    domain::{
        conversation::describe::AgentNames,
        handoff::TriggerKind,
        ids::{ChannelId, KeywordId, OutcomeId, TenantId},
        report::{
            facts::TriggerFact,
            query::{OutcomeFilter, ReportClock, ReportFilters, TriggerFilter},
            rows::Traits,
        },
    },
    server::store::{self, Tx, handoffs, keywords},
};

/// Names by id. What was removed since has none, except keywords.
pub struct Labels {
    pub agents: AgentNames,
    channels: HashMap<ChannelId, String>,
    outcomes: HashMap<OutcomeId, String>,
    keywords: HashMap<KeywordId, String>,
    /// The phrases of keywords that were removed, as far as they were asked for.
    removed: HashMap<KeywordId, String>,
}

impl Labels {
    pub async fn read(tx: &mut Tx, tenant: &TenantId, company: &Company) -> store::Result<Self> {
        let keywords = keywords::list(tx, tenant).await?;
        let outcomes = company.outcomes.iter().map(|outcome| (outcome.id.clone(), outcome.name.clone()));
        Ok(Self {
            agents: company.agents.iter().map(|agent| (agent.id.clone(), agent.name.clone())).collect(),
            channels: company.channels.iter().map(|channel| (channel.id.clone(), channel.name.clone())).collect(),
            outcomes: outcomes.collect(),
            keywords: keywords.into_iter().map(|rule| (rule.id, rule.phrase)).collect(),
            removed: HashMap::new(),
        })
    }

    /// Reads the phrases of those of these keywords that were removed since: handoffs keep them.
    pub async fn name_removed(
        &mut self,
        tx: &mut Tx,
        tenant: &TenantId,
        triggers: Vec<&TriggerFact>,
    ) -> store::Result<()> {
        for trigger in triggers {
            let Some(id) = &trigger.keyword else { continue };
            if self.keywords.contains_key(id) || self.removed.contains_key(id) {
                continue;
            }
            if let Some(phrase) = handoffs::keyword_phrase(tx, tenant, id).await? {
                self.removed.insert(id.clone(), phrase);
            }
        }
        Ok(())
    }

    /// Removes the filter by a keyword that is none of the tenant's and never was, and says so.
    pub async fn keep_known_keyword(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        filters: &mut ReportFilters,
    ) -> store::Result<Option<String>> {
        let Some(id) = filters.trigger.as_ref().and_then(TriggerFilter::keyword) else { return Ok(None) };
        if self.keywords.contains_key(&id) || handoffs::keyword_phrase(tx, tenant, &id).await?.is_some() {
            return Ok(None);
        }
        filters.trigger = None;
        Ok(Some("This keyword doesn't exist. Showing all triggers.".to_owned()))
    }

    pub fn channel(&self, id: &ChannelId) -> Option<String> {
        self.channels.get(id).cloned()
    }

    pub fn outcome(&self, id: &OutcomeId) -> Option<String> {
        self.outcomes.get(id).cloned()
    }

    /// Why an agent was requested: `Keyword “human”`, `Flow “Orders”: ask for a number`, `Bot error`.
    pub fn trigger(&self, fact: &TriggerFact) -> String {
        let kind = fact.kind.label();
        match fact.kind {
            TriggerKind::Keyword => {
                let id = fact.keyword.as_ref();
                match (id.and_then(|id| self.keywords.get(id)), id.and_then(|id| self.removed.get(id))) {
                    (Some(phrase), _) => format!("{kind} “{phrase}”"),
                    (None, Some(phrase)) => format!("{kind} “{phrase}” (removed)"),
                    (None, None) => "Removed keyword".to_owned(),
                }
            }
            TriggerKind::Flow => match (&fact.flow, &fact.step) {
                (Some(flow), Some(step)) => format!("{kind} “{flow}”: {step}"),
                (Some(flow), None) => format!("{kind} “{flow}”"),
                (None, _) => kind.to_owned(),
            },
            TriggerKind::Failure => fact.failure.map_or(kind, |failure| failure.label()).to_owned(),
            TriggerKind::Model
            | TriggerKind::Partner
            | TriggerKind::Agent
            | TriggerKind::Phone
            | TriggerKind::Late
            | TriggerKind::Reopened
            | TriggerKind::Outbound => kind.to_owned(),
        }
    }

    /// What narrows a list, in words. `seen` are the traits of one of its rows, which have what only rows know.
    pub fn filters(&self, filters: &ReportFilters, clock: ReportClock, seen: Option<&Traits>) -> Vec<String> {
        let ReportFilters { channel, trigger, agent, language, outcome } = filters;
        let reason = |trigger: &TriggerFilter| match seen.and_then(|seen| Some((seen.trigger?, seen.reason))) {
            Some((_, Some(reason))) if trigger.reason().is_some() => given_reason(reason),
            Some((fact, _)) if trigger.detail.is_some() => self.trigger(fact),
            Some(_) | None => trigger.kind.label().to_owned(),
        };
        let result = |outcome: &OutcomeFilter| match outcome {
            OutcomeFilter::Picked(id) => self.outcome(id).unwrap_or_default(),
            OutcomeFilter::Missing => "No outcome".to_owned(),
        };
        [
            channel.as_ref().and_then(|id| self.channel(id)),
            trigger.as_ref().map(reason),
            agent.as_ref().map(|id| self.agents.of(id)),
            language.as_ref().map(|tag| format!("Language {tag}")),
            outcome.as_ref().map(result),
            (clock != ReportClock::default()).then(|| clock.label().to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A reason of the language model, as a filter.
pub fn given_reason(reason: &str) -> String {
    format!("Reason “{reason}”")
}
