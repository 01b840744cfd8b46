//! What WhatsApp says about the price of a message, in its own words: Meta adds some, and a report shows what was said.
//!
//! Amounts do not belong here: no interface of Meta's tells them.

use serde::{Deserialize, Serialize};

/// The longest word that is kept, in characters.
const WORD_LIMIT: usize = 40;

/// The price of one message of WhatsApp's, as a status tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    /// `PMP` (per message); `CBP` (per conversation) before July 2025.
    pub model: String,
    /// `service`, `utility`, `marketing`, ...
    pub category: String,
    /// `regular`, `free_customer_service`, `free_entry_point`, ... Missing before July 2025.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Meta stops sending it: what is billed follows from kind and category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable: Option<bool>,
    /// Which piece of a long message it is about, counted from 0: each is a message of WhatsApp's.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub piece: i64,
}

fn is_zero(piece: &i64) -> bool {
    *piece == 0
}

impl Pricing {
    /// `None` without a category: then nothing is known.
    pub fn read(
        model: Option<&str>,
        category: Option<&str>,
        kind: Option<&str>,
        billable: Option<bool>,
    ) -> Option<Self> {
        let category = word(category)?;
        Some(Self { model: word(model).unwrap_or_default(), category, kind: word(kind), billable, piece: 0 })
    }
}

/// One of Meta's words: what is none is not kept, because the log cannot be erased.
fn word(given: Option<&str>) -> Option<String> {
    let given = given?.trim();
    let fits = !given.is_empty() && given.chars().count() <= WORD_LIMIT;
    let is_word = given.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    (fits && is_word).then(|| given.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_meta_says_is_kept_as_it_is() {
        let read = Pricing::read(Some("PMP"), Some("utility"), Some("regular"), Some(true)).expect("a price");
        let json = r#"{"model":"PMP","category":"utility","type":"regular","billable":true}"#;
        assert_eq!(serde_json::to_string(&read).expect("JSON"), json);
        assert_eq!(serde_json::from_str::<Pricing>(json).expect("golden JSON"), read);
        let second = Pricing { piece: 1, billable: None, kind: None, ..read };
        assert_eq!(serde_json::to_string(&second).expect("JSON"), r#"{"model":"PMP","category":"utility","piece":1}"#);
    }

    #[test]
    fn without_a_category_nothing_is_known() {
        let long = "a".repeat(WORD_LIMIT + 1);
        for category in [None, Some(""), Some(" "), Some("Hello, Ana"), Some(long.as_str())] {
            assert_eq!(Pricing::read(Some("PMP"), category, Some("regular"), Some(true)), None, "{category:?}");
        }
        let odd = Pricing::read(Some("P M P"), Some(" authentication-international "), Some("?"), None);
        let (model, category) = (String::new(), "authentication-international".to_owned());
        assert_eq!(odd, Some(Pricing { model, category, kind: None, billable: None, piece: 0 }));
    }
}
