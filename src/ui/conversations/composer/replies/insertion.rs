//! What inserting a saved reply makes of the text in the field. Positions are bytes.

use std::ops::Range;

use crate::domain::saved_reply::hole::next_hole;

/// A slash in the text and what was typed after it, which a reply replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlashSearch {
    pub slash: usize,
    pub typed: String,
    /// A button has put the slash there, so that leaving the search takes it away.
    pub is_by_button: bool,
    /// Identifies the insertion: one that is tried again after a failure attaches no file twice.
    pub press: String,
}

impl SlashSearch {
    fn end(&self) -> usize {
        self.slash + 1 + self.typed.len()
    }

    fn is_in(&self, text: &str) -> bool {
        let found = text.get(self.slash..self.end());
        found.and_then(|found| found.strip_prefix('/')) == Some(self.typed.as_str())
    }
}

/// The text with `filled` in the place of what was looked for, and what is selected then: the first hole, or the end of what
/// was inserted. Who has typed on meanwhile stays where they are. A search that is gone is inserted at the cursor.
pub fn inserted(text: &str, cursor: usize, search: &SlashSearch, filled: &str) -> (String, Range<usize>) {
    let replaced = if search.is_in(text) { search.slash..search.end() } else { cursor..cursor };
    let whole = [&text[..replaced.start], filled, &text[replaced.end..]].concat();
    let end = replaced.start + filled.len();
    if cursor > replaced.end {
        let stays = end + (cursor - replaced.end);
        return (whole, stays..stays);
    }
    let selected = match next_hole(filled, 0) {
        Some(hole) => replaced.start + hole.start..replaced.start + hole.end,
        None => end..end,
    };
    (whole, selected)
}

/// The text without the slash of a button.
pub fn without_slash(text: &str, search: &SlashSearch) -> Option<(String, Range<usize>)> {
    let is_alone = search.is_by_button && search.typed.is_empty() && search.is_in(text);
    is_alone.then(|| ([&text[..search.slash], &text[search.end()..]].concat(), search.slash..search.slash))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(slash: usize, typed: &str) -> SlashSearch {
        SlashSearch { slash, typed: typed.to_owned(), is_by_button: false, press: "one".to_owned() }
    }

    #[test]
    fn a_reply_takes_the_place_of_what_was_looked_for() {
        assert_eq!(inserted("Hi /ho bye", 6, &search(3, "ho"), "Open."), ("Hi Open. bye".to_owned(), 8..8));
        // A hole is selected, so that the next character replaces it.
        assert_eq!(inserted("/o", 2, &search(0, "o"), "No ⟦x⟧!"), ("No ⟦x⟧!".to_owned(), 3..10));
    }

    #[test]
    fn what_is_typed_meanwhile_stays_behind_it() {
        let typed = inserted("/ho and more", 12, &search(0, "ho"), "Open ⟦x⟧.");
        assert_eq!(typed, ("Open ⟦x⟧. and more".to_owned(), "Open ⟦x⟧. and more".len().."Open ⟦x⟧. and more".len()));
        // Given what was looked for is gone, it goes to the cursor.
        assert_eq!(inserted("new", 3, &search(0, "ho"), "Open."), ("newOpen.".to_owned(), 8..8));
    }

    #[test]
    fn leaving_takes_away_the_slash_of_a_button_alone() {
        let by_button = SlashSearch { is_by_button: true, ..search(3, "") };
        assert_eq!(without_slash("Hi / you", &by_button), Some(("Hi  you".to_owned(), 3..3)));
        assert_eq!(without_slash("Hi / you", &search(3, "")), None);
        assert_eq!(without_slash("Hi /o", &SlashSearch { is_by_button: true, ..search(3, "o") }), None);
    }
}
