//! The slash that looks for a saved reply: where one begins a word, and what is typed after it. Browsers count UTF-16 units,
//! texts here have bytes.

/// Whether a slash at this byte begins a word. In an address, a date or a fraction it does not.
pub fn begins_word(text: &str, slash: usize) -> bool {
    text.get(..slash).is_some_and(|before| before.chars().next_back().is_none_or(char::is_whitespace))
}

/// What is looked for: the text between the slash and the cursor. `None` if it is no search: a blank follows the slash, a
/// line ends, another slash makes it a path, or the slash is gone.
pub fn query(text: &str, slash: usize, cursor: usize) -> Option<&str> {
    let typed = text.get(slash..cursor)?.strip_prefix('/')?;
    (!typed.starts_with(char::is_whitespace) && !typed.contains(['\n', '/'])).then_some(typed)
}

/// Whether a search that finds nothing is text: it is in the middle of a message, and goes on with another word. At the
/// beginning of a message it stays a search, so that a mistyped name is not sent.
pub fn is_text(text: &str, slash: usize, query: &str) -> bool {
    query.contains(char::is_whitespace) && text.get(..slash).is_some_and(|before| !before.trim().is_empty())
}

/// The byte at which this many UTF-16 units end.
pub fn byte_at(text: &str, units: usize) -> usize {
    let mut counted = 0;
    for (at, c) in text.char_indices() {
        if counted >= units {
            return at;
        }
        counted += c.len_utf16();
    }
    text.len()
}

/// The UTF-16 units before this byte.
pub fn units_before(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).map(|(_, c)| c.len_utf16()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_looks_for_replies_at_the_beginning_of_a_word_only() {
        for (text, slash) in [("/", 0), ("Hi /", 3), ("Hi\n/", 3)] {
            assert!(begins_word(text, slash), "{text}");
        }
        for (text, slash) in [("1/", 1), ("https:/", 6), ("and/", 3), ("//", 1)] {
            assert!(!begins_word(text, slash), "{text}");
        }
    }

    #[test]
    fn what_is_typed_after_the_slash_is_looked_for_until_it_is_something_else() {
        let table = [
            ("/", 1, Some("")),
            ("/open", 5, Some("open")),
            ("/opening hours", 14, Some("opening hours")),
            ("/open and more", 5, Some("open")),
            ("/ 2", 3, None),
            ("/usr/", 5, None),
            ("/open\n", 6, None),
            ("", 0, None),
            ("open", 4, None),
        ];
        for (text, cursor, expected) in table {
            assert_eq!(query(text, 0, cursor), expected, "{text:?}");
        }
        assert_eq!(query("/a", 1, 0), None);
    }

    #[test]
    fn a_search_without_results_stays_one_at_the_beginning_of_a_message() {
        assert!(is_text("ship it /today or tomorrow", 8, "today or"));
        assert!(!is_text("ship it /today", 8, "today"));
        assert!(!is_text("/thanks for waiting", 0, "thanks for waiting"));
        assert!(!is_text(" /thanks for waiting", 1, "thanks for waiting"));
    }

    #[test]
    fn units_of_browsers_are_bytes_here() {
        let text = "é👋/x";
        for (units, byte) in [(0, 0), (1, 2), (3, 6), (4, 7), (5, 8), (9, 8)] {
            assert_eq!(byte_at(text, units), byte);
        }
        for (byte, units) in [(0, 0), (2, 1), (6, 3), (8, 5)] {
            assert_eq!(units_before(text, byte), units);
        }
    }
}
