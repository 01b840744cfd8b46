//! Which template fits a customer whose window has closed: the order in which they are offered, and why the first one is
//! first.
//!
//! The customer's language counts before the category, that before who used it last, and that before what is left to fill
//! in. To add a reason: a variant of [`FitReason`] and its place in [`Fit::of`].

use std::cmp::Reverse;

use super::{MessageTemplate, TemplateCategory, field::TemplateValues};
use crate::{language, time::Timestamp};

/// Who sent a template last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastUse {
    /// The viewer.
    Own(Timestamp),
    /// Somebody of the team.
    Team(Timestamp),
    #[default]
    Never,
}

/// What is known of a template for a customer.
#[derive(Clone, Copy, Debug)]
pub struct TemplateCandidate<'a> {
    pub template: &'a MessageTemplate,
    pub prefilled: &'a TemplateValues,
    pub last_use: LastUse,
}

/// How well it fits. What fits better is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fit {
    is_other_language: bool,
    category: u8,
    /// Whose last use counts first, and then the newest.
    last_use: (u8, Reverse<i64>),
    /// How many fields are left to fill in.
    missing: usize,
}

/// Why a template is offered first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FitReason {
    Language,
    UsedByYou,
    UsedByTeam,
    NothingMissing,
}

impl Fit {
    /// `language` is the customer's, if it is known.
    pub fn of(candidate: &TemplateCandidate<'_>, language: Option<&str>) -> Self {
        let TemplateCandidate { template, last_use, .. } = candidate;
        Self {
            is_other_language: language.is_some_and(|wanted| !language::same(wanted, &template.language)),
            category: match template.category {
                TemplateCategory::Utility => 0,
                TemplateCategory::Other => 1,
                TemplateCategory::Marketing => 2,
                TemplateCategory::Authentication => 3,
            },
            last_use: match last_use {
                LastUse::Own(at) => (0, Reverse(at.0)),
                LastUse::Team(at) => (1, Reverse(at.0)),
                LastUse::Never => (2, Reverse(0)),
            },
            missing: candidate.missing(),
        }
    }
}

impl TemplateCandidate<'_> {
    /// How many fields nobody has filled in.
    pub fn missing(&self) -> usize {
        let fields = self.template.definition.fields();
        fields.iter().filter(|field| self.prefilled.get(&field.key).is_empty()).count()
    }

    /// Why it is offered.
    pub fn reasons(&self, language: Option<&str>) -> Vec<FitReason> {
        let speaks = language.is_some_and(|wanted| language::same(wanted, &self.template.language));
        let used = match self.last_use {
            LastUse::Own(_) => Some(FitReason::UsedByYou),
            LastUse::Team(_) => Some(FitReason::UsedByTeam),
            LastUse::Never => None,
        };
        let reasons =
            [speaks.then_some(FitReason::Language), used, (self.missing() == 0).then_some(FitReason::NothingMissing)];
        reasons.into_iter().flatten().collect()
    }
}

impl FitReason {
    /// Within a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Language => "in the customer's language",
            Self::UsedByYou => "you used it before",
            Self::UsedByTeam => "your team used it before",
            Self::NothingMissing => "nothing is left to fill in",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{PlaceholderStyle, TemplateDefinition, TemplateQuality, TemplateStatus, field::FieldKey};

    fn template(name: &str, language: &str, category: TemplateCategory, body: &str) -> MessageTemplate {
        let placeholders = PlaceholderStyle::Named;
        MessageTemplate {
            name: name.to_owned(),
            language: language.to_owned(),
            category,
            status: TemplateStatus::Approved,
            quality: TemplateQuality::Unknown,
            definition: TemplateDefinition { body: body.to_owned(), placeholders, ..TemplateDefinition::default() },
        }
    }

    /// Their names, best first.
    fn ranked(all: &[(MessageTemplate, LastUse)], language: Option<&str>) -> Vec<String> {
        let prefilled: TemplateValues = [(FieldKey::body("name"), "Rosa".to_owned())].into_iter().collect();
        let mut all: Vec<_> = all
            .iter()
            .map(|(template, last_use)| TemplateCandidate { template, prefilled: &prefilled, last_use: *last_use })
            .collect();
        all.sort_by_key(|candidate| Fit::of(candidate, language));
        all.into_iter().map(|candidate| candidate.template.name.clone()).collect()
    }

    #[test]
    fn language_counts_before_category_use_and_what_is_missing() {
        use TemplateCategory::{Marketing, Utility};
        let at = Timestamp;
        let all = [
            (template("missing", "de", Utility, "{{name}}, {{order}}"), LastUse::Never),
            (template("ready", "de", Utility, "{{name}}"), LastUse::Never),
            (template("team", "de_AT", Utility, "{{name}}, {{order}}"), LastUse::Team(at(9))),
            (template("own_old", "de", Utility, "{{order}}"), LastUse::Own(at(1))),
            (template("own_new", "de", Utility, "{{order}}"), LastUse::Own(at(2))),
            (template("sale", "de", Marketing, ""), LastUse::Own(at(9))),
            (template("english", "en_US", Utility, ""), LastUse::Own(at(9))),
        ];
        let german = ["own_new", "own_old", "team", "ready", "missing", "sale", "english"];
        assert_eq!(ranked(&all, Some("de")), german);
        // Without a known language every template speaks it.
        assert_eq!(ranked(&all, None)[0], "english");
    }

    #[test]
    fn the_first_one_says_why() {
        let ready = template("ready", "de", TemplateCategory::Utility, "");
        let prefilled = TemplateValues::default();
        let reasons = |last_use, language| {
            TemplateCandidate { template: &ready, prefilled: &prefilled, last_use }.reasons(language)
        };
        assert_eq!(
            reasons(LastUse::Own(Timestamp(1)), Some("de")),
            [FitReason::Language, FitReason::UsedByYou, FitReason::NothingMissing]
        );
        assert_eq!(reasons(LastUse::Never, Some("fr")), [FitReason::NothingMissing]);
    }
}
