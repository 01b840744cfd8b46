//! The reasons that the language model gave for its handoffs, in groups of equal ones.
//!
//! They are texts that can be erased, so facts do not hold them, and the server reads them with the rows. Addresses hold the
//! key of a reason, never its text.

use serde::{Deserialize, Serialize};

use crate::text;

/// How many reasons a report shows.
pub const SHOWN: usize = 10;
/// Of how many handoffs of the model the reasons are read, the newest ones.
pub const READ: i64 = 5_000;

/// The same for reasons that differ in case, accents, punctuation and spaces only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReasonKey(u64);

impl ReasonKey {
    /// `None` for a text without words.
    pub fn of(reason: &str) -> Option<Self> {
        let folded = text::folded(reason);
        // FNV-1a. Addresses hold it, so that it must not change.
        let hash = folded.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        (!folded.is_empty()).then_some(Self(hash))
    }

    /// As addresses hold it.
    pub fn value(self) -> String {
        format!("{:016x}", self.0)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let is_key = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_key.then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_the_same_however_it_is_written() {
        let key = ReasonKey::of("Wants a refund");
        assert_eq!(ReasonKey::of("  wants a  REFUND."), key);
        assert_ne!(ReasonKey::of("Wants a receipt"), key);
        assert_eq!((ReasonKey::of(""), ReasonKey::of("…")), (None, None));
    }

    #[test]
    fn an_address_keeps_its_key() {
        // FNV-1a of "a".
        assert_eq!(ReasonKey::of("A").map(ReasonKey::value).as_deref(), Some("af63dc4c8601ec8c"));
        let key = ReasonKey::of("Wants a refund").expect("words");
        assert_eq!(ReasonKey::parse(&key.value()), Some(key));
        for text in ["", "1", "+f63dc4c8601ec8c", "af63dc4c8601ec8g", "af63dc4c8601ec8c0"] {
            assert_eq!(ReasonKey::parse(text), None, "{text}");
        }
    }
}
