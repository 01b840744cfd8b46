//! Search over names, numbers, and the texts of messages and notes.
//!
//! A text is stored as [`text_tokens`], a customer as [`customer_tokens`]. A [`Query`] says which tokens a hit must
//! have ([`Term::alternatives`]); the index returns candidates, and [`find()`] decides on the original text and says
//! where the hits are. Both engines hold the same tokens, so both find the same.
//!
//! `pieces.rs` splits a text, `spelling.rs` knows letters that are also written with two, `number.rs` how phone numbers
//! are dialled, `tokens.rs` makes tokens, `query.rs` reads what was typed, `find.rs` compares a query with a text, and
//! `excerpt.rs` cuts the part around a hit.

mod excerpt;
mod find;
mod number;
mod pieces;
mod query;
mod spelling;
mod tokens;

use serde::{Deserialize, Serialize};

pub use self::{
    excerpt::excerpt,
    find::{find, is_customer_hit, marks, number_marks},
    query::{AgentName, Query, QueryError, SearchPlace, Term, parse},
    tokens::{Token, customer_tokens, text_tokens},
};

/// The longest search text, in characters.
pub const QUERY_LIMIT: usize = 200;

/// A text with the places of its hits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Marked {
    pub text: String,
    pub marks: Vec<Mark>,
}

/// A hit in a text: byte offsets at the borders of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    pub start: usize,
    pub end: usize,
}

impl Marked {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), marks: Vec::new() }
    }

    /// The same text after `words`, in which nothing is marked.
    #[must_use]
    pub fn after(&self, words: &str) -> Self {
        let moved = |mark: &Mark| Mark { start: words.len() + mark.start, end: words.len() + mark.end };
        Self { text: format!("{words}{}", self.text), marks: self.marks.iter().map(moved).collect() }
    }

    /// The text in order: what is a hit, and what is not.
    pub fn parts(&self) -> Vec<MarkedPart<'_>> {
        let mut parts = Vec::new();
        let mut at = 0;
        for mark in &self.marks {
            let (Some(before), Some(hit)) = (self.text.get(at..mark.start), self.text.get(mark.start..mark.end)) else {
                continue;
            };
            if !before.is_empty() {
                parts.push(MarkedPart::Other(before));
            }
            if !hit.is_empty() {
                parts.push(MarkedPart::Hit(hit));
            }
            at = mark.end;
        }
        let rest = self.text.get(at..).unwrap_or_default();
        if !rest.is_empty() {
            parts.push(MarkedPart::Other(rest));
        }
        parts
    }
}

/// A part of a [`Marked`] text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkedPart<'t> {
    Hit(&'t str),
    Other(&'t str),
}

#[cfg(test)]
#[path = "search/number_tests.rs"]
mod number_tests;
#[cfg(test)]
#[path = "search/tests.rs"]
mod tests;
