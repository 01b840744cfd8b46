//! Finds saved replies by what is typed. What they are found by is folded on the server, the typed text in the page, which has
//! no tables for that (`text::folded_decomposed`).

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::SavedReply;
use crate::text::{folded, is_unspaced};

/// A saved reply with the folded texts that it is found by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedReply {
    pub reply: SavedReply,
    name: String,
    tags: String,
    text: String,
}

impl ListedReply {
    /// For the server.
    pub fn of(reply: SavedReply) -> Self {
        let (name, text) = (folded(&reply.saved.name), folded(&reply.saved.text));
        Self { name, tags: folded(&reply.saved.tags.join(" ")), text, reply }
    }

    /// How well it fits, the best first; `None` if it does not.
    fn rank(&self, typed: &str, words: &[&str]) -> Option<u8> {
        let all = |texts: &[&str]| words.iter().all(|word| texts.iter().any(|text| begins_in(text, word)));
        if self.name.starts_with(typed) {
            Some(0)
        } else if all(&[&self.name]) {
            Some(1)
        } else if all(&[&self.name, &self.tags]) {
            Some(2)
        } else {
            all(&[&self.name, &self.tags, &self.text]).then_some(3)
        }
    }

    /// Replies in the customer's language come before those without one, and those before replies in another.
    fn language_rank(&self, customer: Option<&str>) -> u8 {
        match (customer, self.reply.saved.language.as_deref()) {
            (Some(customer), Some(language)) if primary(customer).eq_ignore_ascii_case(primary(language)) => 0,
            (_, None) | (None, _) => 1,
            (Some(_), Some(_)) => 2,
        }
    }
}

/// Whether a word of the text begins with `word`. Scripts without spaces have no words.
fn begins_in(text: &str, word: &str) -> bool {
    let starts = |at: usize| text[..at].chars().next_back().is_none_or(|before| before == ' ');
    let is_unspaced = word.chars().any(is_unspaced);
    text.match_indices(word).any(|(at, _)| is_unspaced || starts(at))
}

fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or_default()
}

/// The places of the replies that fit what is typed (folded), the best first; all for an empty text. Among those that fit
/// equally, the customer's language counts first, and then how often they are used.
pub fn find_replies(typed: &str, customer_language: Option<&str>, replies: &[ListedReply]) -> Vec<usize> {
    let words: Vec<&str> = typed.split(' ').filter(|word| !word.is_empty()).collect();
    let mut found: Vec<_> = replies
        .iter()
        .enumerate()
        .filter_map(|(place, listed)| {
            let (rank, language) = (listed.rank(typed, &words)?, listed.language_rank(customer_language));
            Some((rank, language, Reverse(listed.reply.uses), listed.name.as_str(), place))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(.., place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved_reply::SavedText;

    fn listed(name: &str, text: &str, tags: &[&str], language: Option<&str>, uses: i64) -> ListedReply {
        let saved = SavedText {
            name: name.to_owned(),
            text: text.to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            language: language.map(str::to_owned),
            ..SavedText::default()
        };
        ListedReply::of(SavedReply { id: name.into(), saved, revision: 1, uses, used_at: None })
    }

    fn names(typed: &str, language: Option<&str>, replies: &[ListedReply]) -> Vec<String> {
        let found = find_replies(&folded(typed), language, replies);
        found.into_iter().map(|place| replies[place].reply.saved.name.clone()).collect()
    }

    #[test]
    fn the_name_counts_before_the_tags_and_those_before_the_text() {
        let replies = [
            listed("Thanks", "We refund you today.", &[], None, 90),
            listed("Cancel", "Done.", &["Refund"], None, 50),
            listed("Your refund", "It is on its way.", &[], None, 1),
            listed("Refund policy", "Within 14 days.", &[], None, 0),
            listed("Prefund", "No.", &[], None, 99),
        ];
        assert_eq!(names("refund", None, &replies), ["Refund policy", "Your refund", "Cancel", "Thanks"]);
        assert_eq!(names("REFUND way", None, &replies), ["Your refund"]);
        assert_eq!(names("cancel refund", None, &replies), ["Cancel"]);
        assert_eq!(names("nothing", None, &replies), Vec::<String>::new());
    }

    #[test]
    fn without_a_text_the_most_used_come_first_and_the_customers_language_before_them() {
        let replies = [
            listed("Hello", "Hi", &[], Some("en"), 9),
            listed("Hallo", "Moin", &[], Some("de"), 1),
            listed("Adresse", "Am Markt", &[], Some("de-AT"), 1),
            listed("Link", "https://example.com", &[], None, 5),
        ];
        assert_eq!(names("", None, &replies), ["Hello", "Link", "Adresse", "Hallo"]);
        assert_eq!(names("", Some("de"), &replies), ["Adresse", "Hallo", "Link", "Hello"]);
    }

    #[test]
    fn accents_case_and_scripts_do_not_hide_a_reply() {
        let replies = [listed("Öffnungszeiten", "täglich", &[], None, 0), listed("営業時間", "毎日", &[], None, 0)];
        assert_eq!(names("offnung", None, &replies), ["Öffnungszeiten"]);
        assert_eq!(names("時間", None, &replies), ["営業時間"]);
    }
}
