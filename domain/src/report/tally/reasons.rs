//! The reasons that the language model gave most often.

use std::collections::BTreeMap;

use crate::report::{
    reason::{ReasonKey, SHOWN},
    rows::RowKey,
};

/// A reason, and how many handoffs have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    pub key: ReasonKey,
    /// As it was written last.
    pub text: String,
    pub n: i64,
}

#[derive(Debug, Default)]
pub(super) struct Reasons(BTreeMap<ReasonKey, (RowKey, ReasonCount)>);

impl Reasons {
    /// The reason of a row.
    pub fn add(&mut self, reason: &str, row: RowKey) {
        let Some(key) = ReasonKey::of(reason) else { return };
        let new = || (row.clone(), ReasonCount { key, text: reason.to_owned(), n: 0 });
        let (newest, count) = self.0.entry(key).or_insert_with(new);
        count.n += 1;
        if *newest < row {
            count.text = reason.to_owned();
            *newest = row;
        }
    }

    /// The most frequent one first.
    pub fn finish(self) -> Vec<ReasonCount> {
        let mut reasons: Vec<ReasonCount> = self.0.into_values().map(|(_, count)| count).collect();
        reasons.sort_by(|one, other| other.n.cmp(&one.n).then_with(|| one.text.cmp(&other.text)));
        reasons.truncate(SHOWN);
        reasons
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{report::rows::RowKeyId, time::Timestamp};

    #[test]
    fn the_most_frequent_reasons_come_first() {
        let mut reasons = Reasons::default();
        let row = |at: i64| RowKey { at: Timestamp(at), id: RowKeyId::Text(String::new()) };
        for (text, at) in [("Angry", 1), ("Wants a refund.", 2), ("wants a refund", 3), ("WANTS A REFUND", 1), ("", 4)]
        {
            reasons.add(text, row(at));
        }
        (0..SHOWN).for_each(|nth| reasons.add(&format!("Zebra {nth}"), row(5)));
        let found = reasons.finish();
        let first: Vec<_> = found.iter().take(2).map(|reason| (reason.text.as_str(), reason.n)).collect();
        assert_eq!((first, found.len()), (vec![("wants a refund", 3), ("Angry", 1)], SHOWN));
    }
}
