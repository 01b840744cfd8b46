//! Handoff keywords: phrases in a customer's message that request an agent.
//!
//! [`Matcher`] finds the rule for a message: the first in the admin's order whose phrase stands in it as it is written,
//! or else in one of its forms. `written.rs` searches what is written, `words.rs`, `tongue.rs` and `stems.rs` say what
//! the forms of a word are, `forms.rs` and `pattern.rs` find them, and `samples.rs` shows them to the admin.

mod forms;
mod guess;
mod matcher;
mod pattern;
mod samples;
mod stems;
mod tables;
mod tongue;
pub(crate) mod words;
mod written;

use serde::{Deserialize, Serialize};

use super::{
    ids::{ChannelId, KeywordId},
    language,
    number::too_long,
    text,
    variant_names::variant_names,
};

pub use self::{
    matcher::Matcher,
    samples::{Samples, samples, why},
};
pub(crate) use self::{stems::is_elision, tongue::Tongue, written::Steps};

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

impl Keyword {
    /// A phrase that is matched like a rule for every customer and number, but is none of the tenant's.
    pub fn for_everybody(phrase: String, matching: Matching) -> Self {
        Self { id: String::new().into(), phrase, matching, language: None, channel: None, enabled: true }
    }
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
        return Some(too_long("phrase", PHRASE_LIMIT, length));
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
    /// Rules that have requested an agent for this message already: its next version does not fire them again.
    pub fired: &'a [KeywordId],
}

fn applies(rule: &Keyword, context: MatchContext<'_>) -> bool {
    let here = match (&rule.channel, context.channel) {
        (Some(wanted), Some(channel)) => wanted == channel,
        _ => true,
    };
    let spoken = match (&rule.language, context.language) {
        (Some(wanted), Some(language)) => language::same(wanted, language),
        _ => true,
    };
    rule.enabled && here && spoken && !context.fired.contains(&rule.id)
}

#[cfg(test)]
#[path = "keyword_tests.rs"]
mod tests;
