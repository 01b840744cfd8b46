//! Whole numbers as people type and read them.

/// Parses digits, with optional blanks between them; so few that nothing overflows. `None` for an empty text.
pub fn parse_whole(typed: &str) -> Option<u64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let fits = (1..=12).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| digits.parse().ok()).flatten()
}

/// As [`parse_whole`]; an empty text is 0.
pub fn parse_whole_or_zero(typed: &str) -> Option<u64> {
    if typed.trim().is_empty() { Some(0) } else { parse_whole(typed) }
}

/// `1 234 567`: a whole number with its digits in groups of three.
pub fn grouped(value: impl std::fmt::Display) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            // A narrow no-break space.
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// What stands where there is no number.
pub const NOTHING: &str = "–";

/// `3 handoffs`; a plural takes an s.
pub fn counted(n: impl std::fmt::Display, noun: &str) -> String {
    let number = grouped(n);
    let ending = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_read_in_threes() {
        assert_eq!(grouped(1_234_567_u64), "1\u{202f}234\u{202f}567");
        assert_eq!(grouped(999_usize), "999");
        assert_eq!(parse_whole("1 000 000"), Some(1_000_000));
        assert_eq!(parse_whole("1.5"), None);
        assert_eq!(parse_whole(""), None);
    }

    #[test]
    fn one_is_no_plural() {
        let counts = [0, 1, 2, 1_000].map(|n| counted(n, "handoff"));
        assert_eq!(counts, ["0 handoffs", "1 handoff", "2 handoffs", "1\u{202f}000 handoffs"]);
    }
}
