//! Whole numbers as people type and read them.

pub use crate::domain::number::{counted, grouped};

/// Parses digits, with optional blanks or commas between thousands; so few that nothing overflows. `None` for an empty text.
pub fn parse_whole(typed: &str) -> Option<u64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let mut parts = digits.split(',');
    let first = parts.next().unwrap_or_default();
    // “1,5” is no fifteen.
    let is_first = (1..=3).contains(&first.len()) || first.len() == digits.len();
    let in_threes = is_first && parts.all(|part| part.len() == 3);
    let digits = digits.replace(',', "");
    let fits = (1..=12).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    (in_threes && fits).then(|| digits.parse().ok()).flatten()
}

/// As [`parse_whole`]; an empty text is 0.
pub fn parse_whole_or_zero(typed: &str) -> Option<u64> {
    if typed.trim().is_empty() { Some(0) } else { parse_whole(typed) }
}

/// What stands where there is no number.
pub const NOTHING: &str = "–";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_can_be_typed() {
        for typed in ["1000000", "1 000 000", "1\u{202f}000\u{202f}000", &grouped(1_000_000)] {
            assert_eq!(parse_whole(typed), Some(1_000_000), "{typed}");
        }
        for typed in ["", "1.5", "1,5", "1,0000", "1000,000", ",100", "1,,000", "-1"] {
            assert_eq!(parse_whole(typed), None, "{typed}");
        }
    }
}
