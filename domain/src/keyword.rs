//! Handoff keywords: phrases in a customer's message that request an agent.
//!
//! Rules match folded text (see [`super::text::fold`]); the first enabled rule in the admin's order that matches wins.

use serde::{Deserialize, Serialize};

use super::{
    ids::{ChannelId, KeywordId},
    language,
    text::{self, Folded},
    variant_names::variant_names,
};

/// How a phrase is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// The message is the phrase and nothing else.
    Whole,
    /// The message contains the phrase as whole words.
    Contains,
    /// The message begins with the phrase.
    StartsWith,
    /// Like `Contains`, but tolerates typos: one from 5 letters on, two from 9.
    Close,
}

variant_names!(Matching {
    Contains => "contains",
    Whole => "whole",
    StartsWith => "starts_with",
    Close => "close",
});

impl Matching {
    pub fn label(self) -> &'static str {
        match self {
            Self::Whole => "exact message",
            Self::Contains => "contains",
            Self::StartsWith => "starts with",
            Self::Close => "similar spelling",
        }
    }
}

/// A keyword rule of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyword {
    pub id: KeywordId,
    pub phrase: String,
    pub matching: Matching,
    /// A language tag (`pt`): the rule is skipped for customers known to write another language (see
    /// `domain::language`). While the language is unknown the rule applies, so that no request for a person is missed.
    /// `None` applies to everybody.
    pub language: Option<String>,
    /// Applies to this number only; `None` applies to all.
    pub channel: Option<ChannelId>,
    pub enabled: bool,
}

/// The longest phrase, in characters.
pub const PHRASE_LIMIT: usize = 80;

/// Why a phrase cannot be a keyword, written for the admin.
pub fn phrase_fault(phrase: &str) -> Option<String> {
    let phrase = phrase.trim();
    if phrase.is_empty() {
        return Some("Enter the words a customer would write, for example “speak to agent”.".to_owned());
    }
    let length = phrase.chars().count();
    if length > PHRASE_LIMIT {
        return Some(format!("A phrase can have up to {PHRASE_LIMIT} characters; this one has {length}. Shorten it."));
    }
    text::fold(phrase).is_empty().then(|| "Enter at least one letter or digit.".to_owned())
}

/// Common words: a rule that consists of one of them would match far too many messages.
const EVERYDAY: [&str; 24] = [
    "a", "the", "i", "hi", "hello", "hey", "ok", "yes", "no", "help", "thanks", "please", "order", "question", "what",
    "how", "when", "where", "can", "ola", "oi", "sim", "hola", "si",
];

/// A warning for the admin if a phrase would match everyday messages.
pub fn breadth_warning(phrase: &str, matching: Matching) -> Option<String> {
    if matching == Matching::Whole {
        return None;
    }
    let folded = text::folded(phrase);
    let short = folded.chars().count() <= 2 && !folded.chars().any(text::is_unspaced);
    (short || EVERYDAY.contains(&folded.as_str())).then(|| {
        format!("“{}” appears in many everyday messages. Consider “exact message”, or a longer phrase.", phrase.trim())
    })
}

/// The byte range of the customer's text that matched a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub start: usize,
    pub end: usize,
}

/// The context of a message in which rules are matched.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatchContext<'a> {
    pub channel: Option<&'a ChannelId>,
    /// The customer's language, if known.
    pub language: Option<&'a str>,
}

/// The first rule that matches `message`, and the matched range.
pub fn first_match<'k>(rules: &'k [Keyword], message: &str, setting: MatchContext<'_>) -> Option<(&'k Keyword, Found)> {
    let haystack = text::fold(message);
    if haystack.is_empty() {
        return None;
    }
    rules
        .iter()
        .filter(|rule| rule.enabled && applies(rule, setting))
        .find_map(|rule| find(&haystack, message, &rule.phrase, rule.matching).map(|found| (rule, found)))
}

/// Whether `phrase` occurs in `message`, matched like a rule.
pub fn phrase_matches(message: &str, phrase: &str, matching: Matching) -> bool {
    find(&text::fold(message), message, phrase, matching).is_some()
}

fn applies(rule: &Keyword, setting: MatchContext<'_>) -> bool {
    let here = match (&rule.channel, setting.channel) {
        (Some(wanted), Some(channel)) => wanted == channel,
        _ => true,
    };
    let spoken = match (&rule.language, setting.language) {
        (Some(wanted), Some(language)) => language::same(wanted, language),
        _ => true,
    };
    here && spoken
}

fn find(haystack: &Folded, message: &str, phrase: &str, matching: Matching) -> Option<Found> {
    let needle = text::fold(phrase).chars;
    if needle.is_empty() {
        return None;
    }
    let (start, end) = match matching {
        Matching::Whole => (haystack.chars == needle).then_some((0, needle.len()))?,
        Matching::StartsWith => {
            let fits = haystack.chars.starts_with(&needle) && ends_word(&haystack.chars, needle.len());
            fits.then_some((0, needle.len()))?
        }
        Matching::Contains => contains(&haystack.chars, &needle)?,
        Matching::Close => contains(&haystack.chars, &needle).or_else(|| close(&haystack.chars, &needle))?,
    };
    let from = *haystack.origin.get(start)?;
    let last = *haystack.origin.get(end - 1)?;
    let to = last + message[last..].chars().next().map_or(0, char::len_utf8);
    Some(Found { start: from, end: to })
}

fn contains(haystack: &[char], needle: &[char]) -> Option<(usize, usize)> {
    (0..=haystack.len().checked_sub(needle.len())?)
        .find(|at| {
            haystack[*at..].starts_with(needle) && starts_word(haystack, *at) && ends_word(haystack, at + needle.len())
        })
        .map(|at| (at, at + needle.len()))
}

fn starts_word(text: &[char], at: usize) -> bool {
    at == 0 || text[at - 1] == ' ' || text::is_unspaced(text[at]) || text::is_unspaced(text[at - 1])
}

fn ends_word(text: &[char], end: usize) -> bool {
    end == text.len() || text[end] == ' ' || text::is_unspaced(text[end]) || text::is_unspaced(text[end - 1])
}

/// Compares the phrase with every window of the same number of words and counts typos; a swap of neighbours is one
/// typo.
fn close(haystack: &[char], needle: &[char]) -> Option<(usize, usize)> {
    let slips = match needle.len() {
        0..=4 => return None,
        5..=8 => 1,
        _ => 2,
    };
    let wanted: String = needle.iter().collect();
    let words = words(haystack);
    let count = needle.split(|c| *c == ' ').count();
    // A typo may split or join words, so windows of one word more and one less are tried too.
    [count, count + 1, count.saturating_sub(1)].into_iter().filter(|size| *size > 0).find_map(|size| {
        words.windows(size).find_map(|window| {
            let (start, end) = (window.first()?.0, window.last()?.1);
            let near = (end - start).abs_diff(needle.len()) <= slips;
            let same_start = haystack[start] == needle[0] || needle.len() >= 9;
            let candidate: String = haystack[start..end].iter().collect();
            (near && same_start && strsim::osa_distance(&candidate, &wanted) <= slips).then_some((start, end))
        })
    })
}

fn words(text: &[char]) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = 0;
    for (at, c) in text.iter().enumerate() {
        if *c == ' ' {
            words.push((start, at));
            start = at + 1;
        }
    }
    words.push((start, text.len()));
    words.retain(|(from, to)| from < to);
    words
}

#[cfg(test)]
#[path = "keyword_tests.rs"]
mod tests;
