//! Holes: what an inserted reply leaves to be filled in, as `⟦order number⟧`. The brackets are on no keyboard, so a
//! text shows by itself whether something is left, also after a reload or on another device. `[…]` is what people
//! write.

use std::ops::Range;

const OPEN: char = '⟦';
const CLOSE: char = '⟧';

/// The hole in the place of this variable.
pub fn hole(name: &str) -> String {
    let words = without_brackets(name).replace(['_', '.'], " ");
    format!("{OPEN}{}{CLOSE}", words.trim())
}

/// A value that cannot be taken for a hole.
pub fn without_brackets(value: &str) -> String {
    value.replace([OPEN, CLOSE], "")
}

/// The first hole of a text from this byte on: its bytes, with the brackets.
pub fn next_hole(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text.get(from..)?.find(OPEN)?;
    let inner = &text[start + OPEN.len_utf8()..];
    match inner.find([OPEN, CLOSE]) {
        Some(end) if inner[end..].starts_with(CLOSE) => Some(start..start + OPEN.len_utf8() + end + CLOSE.len_utf8()),
        // A bracket alone is no hole, and one may come after it.
        Some(end) => next_hole(text, start + OPEN.len_utf8() + end),
        None => None,
    }
}

/// Why a text cannot be sent: what is to be filled in first.
pub fn hole_fault(text: &str) -> Option<String> {
    let hole = &text[next_hole(text, 0)?];
    Some(format!("Not sent. Fill in {hole} first, or delete it."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_one_after_the_other() {
        let text = format!("Hi {}, order {}.", hole("customer.first_name"), hole("order_number"));
        assert_eq!(text, "Hi ⟦customer first name⟧, order ⟦order number⟧.");
        let first = next_hole(&text, 0).expect("a hole");
        assert_eq!(&text[first.clone()], "⟦customer first name⟧");
        let second = next_hole(&text, first.end).expect("a hole");
        assert_eq!(&text[second.clone()], "⟦order number⟧");
        assert_eq!(next_hole(&text, second.end), None);
    }

    #[test]
    fn a_text_with_a_hole_says_which() {
        assert_eq!(hole_fault("Hi ⟦name⟧").as_deref(), Some("Not sent. Fill in ⟦name⟧ first, or delete it."));
        assert_eq!(hole_fault("⟦ alone ⟦name⟧").as_deref(), Some("Not sent. Fill in ⟦name⟧ first, or delete it."));
        for text in ["", "[sic]", "⟦", "⟧⟦", "a ⟦ b"] {
            assert_eq!(hole_fault(text), None, "{text}");
        }
    }
}
