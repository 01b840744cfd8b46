//! The filter by what requested the agent, as addresses hold it.

use serde::{Deserialize, Serialize};

use crate::{
    handoff::{Failure, TriggerKind},
    ids::KeywordId,
    percent,
    report::{facts::TriggerFact, reason::ReasonKey},
};

/// What requested the agent: a kind, or one keyword, step, failure or reason of the language model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriggerFilter {
    pub kind: TriggerKind,
    /// The id of a keyword, a flow with or without its step, the name of a failure, or the key of a reason.
    pub detail: Option<String>,
}

impl TriggerFilter {
    /// `keyword`, `failure:no_answer` or `flow:Orders/ask`, whose two names are percent-encoded.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, detail) =
            text.split_once(':').map_or((text, None), |(kind, detail)| (kind, Some(detail.to_owned())));
        let kind = kind.parse::<TriggerKind>().ok()?;
        let detail = detail.filter(|detail| !detail.is_empty());
        let is_unknown = |detail: &String| match kind {
            TriggerKind::Failure => detail.parse::<Failure>().is_err(),
            TriggerKind::Model => ReasonKey::parse(detail).is_none(),
            TriggerKind::Keyword
            | TriggerKind::Flow
            | TriggerKind::Partner
            | TriggerKind::Agent
            | TriggerKind::Phone
            | TriggerKind::Late
            | TriggerKind::Reopened
            | TriggerKind::Outbound => false,
        };
        (!detail.as_ref().is_some_and(is_unknown)).then_some(Self { kind, detail })
    }

    /// What finds the handoffs for which the language model gave a reason.
    pub fn of_reason(reason: ReasonKey) -> Self {
        Self { kind: TriggerKind::Model, detail: Some(reason.value()) }
    }

    /// The keyword that it asks for.
    pub fn keyword(&self) -> Option<KeywordId> {
        let detail = self.detail.as_deref().filter(|_| self.kind == TriggerKind::Keyword)?;
        Some(detail.into())
    }

    /// The reason of the language model that it asks for.
    pub fn reason(&self) -> Option<ReasonKey> {
        let detail = self.detail.as_deref().filter(|_| self.kind == TriggerKind::Model)?;
        ReasonKey::parse(detail)
    }

    /// What finds the handoffs that were requested by the same: without the reason of the language model, which facts do not
    /// hold.
    pub fn of(fact: &TriggerFact) -> Self {
        let flow = fact.flow.as_deref().map(percent::encoded);
        let detail = match fact.kind {
            TriggerKind::Keyword => fact.keyword.as_ref().map(ToString::to_string),
            TriggerKind::Flow => flow.map(|flow| match &fact.step {
                Some(step) => format!("{flow}/{}", percent::encoded(step)),
                None => flow,
            }),
            TriggerKind::Failure => fact.failure.map(|failure| failure.as_str().to_owned()),
            TriggerKind::Model
            | TriggerKind::Partner
            | TriggerKind::Agent
            | TriggerKind::Phone
            | TriggerKind::Late
            | TriggerKind::Reopened
            | TriggerKind::Outbound => None,
        };
        Self { kind: fact.kind, detail }
    }

    /// `reason` is what the language model gave, where it was read.
    pub fn admits(&self, fact: &TriggerFact, reason: Option<&str>) -> bool {
        let Some(wanted) = &self.detail else { return self.kind == fact.kind };
        if let Some(wanted) = self.reason() {
            return self.kind == fact.kind && reason.and_then(ReasonKey::of) == Some(wanted);
        }
        let of_flow = |own: &str| own.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self.kind == fact.kind && Self::of(fact).detail.is_some_and(|own| own == *wanted || of_flow(&own))
    }

    /// What [`Self::parse`] reads.
    pub fn value(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{}:{detail}", self.kind.as_str()),
            None => self.kind.as_str().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handoff::Trigger;

    #[test]
    fn a_trigger_keeps_what_its_detail_contains() {
        let trigger = Trigger::Flow { flow: "Orders: EU/UK".to_owned(), step: "ask & tell".to_owned() };
        let trigger = TriggerFilter::of(&TriggerFact::of(&trigger));
        assert_eq!(trigger.value(), "flow:Orders%3A%20EU%2FUK/ask%20%26%20tell");
        assert_eq!(TriggerFilter::parse(&trigger.value()), Some(trigger));
        assert_eq!(TriggerFilter::parse("keyword:"), Some(TriggerFilter { kind: TriggerKind::Keyword, detail: None }));
        assert_eq!((TriggerFilter::parse("failure:magic"), TriggerFilter::parse("model:magic")), (None, None));
    }

    #[test]
    fn a_trigger_admits_its_reason_or_every_one_of_its_kind() {
        let flow = |flow: &str, step: &str| Trigger::Flow { flow: flow.to_owned(), step: step.to_owned() };
        let keyword = Trigger::Keyword { keyword: "kwd_1".into(), phrase: "human".to_owned() };
        let failure = |failure| Trigger::Failure { failure };
        let of_reason = |reason| TriggerFilter::of_reason(ReasonKey::of(reason).expect("words")).value();
        let (angry, refund) = (of_reason("angry!"), of_reason("Wants a refund"));
        let table = [
            ("keyword", keyword.clone(), true),
            ("keyword:kwd_1", keyword.clone(), true),
            ("keyword:kwd_2", keyword, false),
            ("flow:Orders", flow("Orders", "ask"), true),
            ("flow:Orders/ask", flow("Orders", "ask"), true),
            ("flow:Orders/tell", flow("Orders", "ask"), false),
            ("flow:Order", flow("Orders", "ask"), false),
            ("failure:no_answer", failure(Failure::NoAnswer), true),
            ("failure:no_answer", failure(Failure::Error), false),
            ("model", Trigger::Model, true),
            (angry.as_str(), Trigger::Model, true),
            (refund.as_str(), Trigger::Model, false),
            ("model", Trigger::Late, false),
        ];
        for (filter, trigger, expected) in table {
            let filter = TriggerFilter::parse(filter).expect("a filter");
            assert_eq!(filter.admits(&TriggerFact::of(&trigger), Some("Angry")), expected, "{filter:?} {trigger:?}");
        }
    }

    #[test]
    fn only_a_keywords_filter_names_a_keyword() {
        let filter = |kind| TriggerFilter { kind, detail: Some("kwd_1".to_owned()) };
        assert_eq!(filter(TriggerKind::Keyword).keyword(), Some("kwd_1".into()));
        assert_eq!(filter(TriggerKind::Model).keyword(), None);
    }
}
