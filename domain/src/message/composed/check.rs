//! Checks the texts of a form: each fault says its limit and the way out.

use super::{ComposedField, Faults, OutgoingMessage};
use crate::{
    number::grouped,
    text::{one_line, printable},
};

/// Collects faults.
#[derive(Default)]
pub(super) struct Check {
    pub(super) faults: Faults,
}

impl Check {
    pub(super) fn add(&mut self, field: ComposedField, words: impl Into<String>) {
        self.faults.push((field, words.into()));
    }

    /// The text as it is sent.
    pub(super) fn required(&mut self, field: ComposedField, what: &str, text: &str, limit: usize) -> String {
        let text = self.optional(field, what, text, limit);
        if text.is_empty() {
            self.add(field, format!("{what} is missing. Enter it."));
        }
        text
    }

    pub(super) fn optional(&mut self, field: ComposedField, what: &str, text: &str, limit: usize) -> String {
        // Only the text of a message has lines.
        let text = match field {
            ComposedField::Text => printable(text).trim().to_owned(),
            _ => one_line(&printable(text)),
        };
        let length = text.chars().count();
        if length > limit {
            let over = length - limit;
            self.add(
                field,
                format!(
                    "{what} can have up to {} characters; this has {}. Shorten it by {}.",
                    grouped(limit),
                    grouped(length),
                    grouped(over)
                ),
            );
        }
        text
    }

    pub(super) fn done(self, message: OutgoingMessage) -> Result<OutgoingMessage, Faults> {
        if self.faults.is_empty() { Ok(message) } else { Err(self.faults) }
    }
}
