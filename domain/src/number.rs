//! Whole numbers as people read them, in every sentence and on every page.

/// `1,234,567`: a whole number with its digits in groups of three.
pub fn grouped(value: impl std::fmt::Display) -> String {
    let written = value.to_string();
    let (sign, digits) = written.strip_prefix('-').map_or(("", written.as_str()), |digits| ("-", digits));
    let mut out = String::with_capacity(written.len() * 4 / 3);
    out.push_str(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `3 handoffs`; a plural takes an s.
pub fn counted(n: impl std::fmt::Display, noun: &str) -> String {
    let number = grouped(n);
    let ending = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// Why a text is refused that has `length` characters, where `limit` are allowed: `A note can have up to 4,096 characters; ..`.
pub fn too_long(what: &str, limit: usize, length: usize) -> String {
    let (limit, length) = (grouped(limit), grouped(length));
    format!("A {what} can have up to {limit} characters; this one has {length}. Shorten it.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        let counts = [0, 1, 2, 1_000].map(|n| counted(n, "handoff"));
        assert_eq!(counts, ["0 handoffs", "1 handoff", "2 handoffs", "1,000 handoffs"]);
    }

    #[test]
    fn a_text_that_is_too_long_names_its_limit_and_its_length() {
        let words = "A note can have up to 4,096 characters; this one has 4,097. Shorten it.";
        assert_eq!(too_long("note", 4_096, 4_097), words);
    }

    #[test]
    fn long_numbers_are_read_in_threes() {
        let numbers = [0_u64, 7, 999, 1_000, 12_345, 123_456, 1_234_567].map(grouped);
        assert_eq!([-7, -123, -1_234].map(grouped), ["-7", "-123", "-1,234"]);
        assert_eq!(numbers, ["0", "7", "999", "1,000", "12,345", "123,456", "1,234,567"]);
    }
}
