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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_read_in_threes() {
        let numbers = [0_u64, 7, 999, 1_000, 12_345, 123_456, 1_234_567].map(grouped);
        assert_eq!([-7, -123, -1_234].map(grouped), ["-7", "-123", "-1,234"]);
        assert_eq!(numbers, ["0", "7", "999", "1,000", "12,345", "123,456", "1,234,567"]);
    }
}
