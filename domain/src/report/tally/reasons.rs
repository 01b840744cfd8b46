//! The reasons that the language model gave most often.

use std::collections::BTreeMap;

use crate::report::reason::{ReasonKey, SHOWN};

/// A reason, and how many handoffs have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    pub key: ReasonKey,
    /// As it was written in the row that came first.
    pub text: String,
    pub n: i64,
}

#[derive(Debug, Default)]
pub(super) struct Reasons(BTreeMap<ReasonKey, ReasonCount>);

impl Reasons {
    pub fn add(&mut self, reason: &str) {
        let Some(key) = ReasonKey::of(reason) else { return };
        let new = || ReasonCount { key, text: reason.to_owned(), n: 0 };
        self.0.entry(key).or_insert_with(new).n += 1;
    }

    /// The most frequent one first.
    pub fn finish(self) -> Vec<ReasonCount> {
        let mut reasons: Vec<ReasonCount> = self.0.into_values().collect();
        reasons.sort_by(|one, other| other.n.cmp(&one.n).then_with(|| one.text.cmp(&other.text)));
        reasons.truncate(SHOWN);
        reasons
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_reasons_come_first() {
        let mut reasons = Reasons::default();
        for text in ["Angry", "wants a refund", "Wants a refund.", ""] {
            reasons.add(text);
        }
        (0..SHOWN).for_each(|nth| reasons.add(&format!("Zebra {nth}")));
        let found = reasons.finish();
        let first: Vec<_> = found.iter().take(2).map(|reason| (reason.text.as_str(), reason.n)).collect();
        assert_eq!((first, found.len()), (vec![("wants a refund", 2), ("Angry", 1)], SHOWN));
    }
}
