//! Outcomes: what an agent picks as the result of a conversation when closing it. The admin keeps the list.
//!
//! An outcome that is archived cannot be picked any more, and keeps its name in closed conversations.

use serde::{Deserialize, Serialize};

use super::{ids::OutcomeId, number::too_long, text};

/// The most outcomes to pick from: each has a digit as its key.
pub const MAX_ACTIVE: usize = 9;
/// The longest name, in characters.
pub const NAME_LIMIT: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub id: OutcomeId,
    pub name: String,
    #[serde(default)]
    pub archived: bool,
}

/// Whether agents must pick an outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeRule {
    #[default]
    Optional,
    /// At every close by an agent, as long as there are outcomes.
    Required,
}

/// The outcomes that an agent may pick, in the admin's order, and whether one must be picked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutcomeChoice {
    pub outcomes: Vec<Outcome>,
    pub rule: OutcomeRule,
}

impl OutcomeChoice {
    /// Of all outcomes of a tenant.
    pub fn of(all: &[Outcome], rule: OutcomeRule) -> Self {
        Self { outcomes: all.iter().filter(|outcome| !outcome.archived).cloned().collect(), rule }
    }

    /// Whether a close needs an outcome.
    pub fn is_required(&self) -> bool {
        self.rule == OutcomeRule::Required && !self.outcomes.is_empty()
    }

    /// Why an agent cannot close with this pick.
    pub fn violation(&self, picked: Option<&OutcomeId>) -> Option<String> {
        match picked {
            Some(picked) if self.outcomes.iter().all(|outcome| outcome.id != *picked) => {
                Some("This outcome is no longer available. Pick another one.".to_owned())
            }
            Some(_) => None,
            None => self.is_required().then(|| "Pick an outcome to close this conversation.".to_owned()),
        }
    }
}

/// Why a name cannot be used, for the admin. `others` are the outcomes that it must differ from.
pub fn name_fault<'a>(name: &str, others: impl IntoIterator<Item = &'a Outcome>) -> Option<String> {
    let name = name.trim();
    if name.is_empty() {
        return Some("Enter a name, for example “Solved”.".to_owned());
    }
    let length = name.chars().count();
    if length > NAME_LIMIT {
        return Some(too_long("name", NAME_LIMIT, length));
    }
    let is_taken = others.into_iter().any(|other| is_same(&other.name, name));
    is_taken.then(|| format!("There is already an outcome “{name}”."))
}

/// Whether two names are the same for people.
pub fn is_same(one: &str, other: &str) -> bool {
    one.trim() == other.trim() || (text::folded(one) == text::folded(other) && !text::folded(one).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(id: &str, name: &str, archived: bool) -> Outcome {
        Outcome { id: id.into(), name: name.to_owned(), archived }
    }

    #[test]
    fn a_close_needs_an_outcome_only_where_one_can_be_picked() {
        let all = [outcome("otc_1", "Solved", false), outcome("otc_2", "Spam", true)];
        let choice = |rule| OutcomeChoice::of(&all, rule);
        assert_eq!(choice(OutcomeRule::Optional).violation(None), None);
        let missing = choice(OutcomeRule::Required).violation(None);
        assert_eq!(missing.as_deref(), Some("Pick an outcome to close this conversation."));
        for rule in [OutcomeRule::Optional, OutcomeRule::Required] {
            assert_eq!(choice(rule).violation(Some(&"otc_1".into())), None);
            assert!(choice(rule).violation(Some(&"otc_2".into())).is_some(), "it is archived");
            assert!(choice(rule).violation(Some(&"otc_3".into())).is_some(), "it is another tenant's");
            assert_eq!(OutcomeChoice::of(&all[1..], rule).violation(None), None, "there is none to pick");
        }
    }

    #[test]
    fn names_are_short_and_differ() {
        let known = [outcome("otc_1", "Solved", false)];
        assert_eq!(name_fault("Sold", &known), None);
        assert_eq!(name_fault(&"ü".repeat(NAME_LIMIT), &known), None);
        for name in ["", "  ", "solved", " SOLVED! ", &"ü".repeat(NAME_LIMIT + 1)] {
            assert!(name_fault(name, &known).is_some(), "{name}");
        }
        assert!(!is_same("👍", "👎") && is_same("👍", "👍"));
    }
}
