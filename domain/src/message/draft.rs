//! A draft: what an agent has typed in a conversation and not sent.

use serde::{Deserialize, Serialize};

use crate::number::too_long;

/// The longest draft, in characters: several of the longest replies.
pub const DRAFT_LIMIT: usize = 65_536;
/// Versions are counted by pages: the largest one that a page can count exactly.
const MAX_VERSION: i64 = 1 << 53;

/// A draft of one agent in one conversation. Empty when nothing is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyDraft {
    /// Raised by the page with every save: of two drafts the one with the higher version is newer, and of two with the
    /// same version the one that arrives later.
    pub version: i64,
    pub body: String,
}

impl ReplyDraft {
    /// Why it cannot be saved, for the agent.
    pub fn violation(&self) -> Option<String> {
        if !(0..=MAX_VERSION).contains(&self.version) {
            return Some("This page is out of date. Reload it; your text is kept.".to_owned());
        }
        let length = self.body.chars().count();
        (length > DRAFT_LIMIT).then(|| too_long("draft", DRAFT_LIMIT, length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_has_a_longest_text_and_a_version_that_can_be_raised() {
        let violation = |version, body: String| ReplyDraft { version, body }.violation();
        assert_eq!(violation(0, String::new()), None);
        assert_eq!(violation(MAX_VERSION, "ü".repeat(DRAFT_LIMIT)), None);
        assert!(violation(1, "ü".repeat(DRAFT_LIMIT + 1)).is_some_and(|detail| detail.contains("65,537")));
        for version in [-1, MAX_VERSION + 1, i64::MAX] {
            assert!(violation(version, String::new()).is_some_and(|detail| detail.contains("Reload")), "{version}");
        }
    }
}
