//! Numbers of telephones as people read them.

/// The groups of a national number, by the country's code and the number's length. Others are grouped in threes.
fn known_groups(country: &str, length: usize) -> Option<&'static [usize]> {
    Some(match (country, length) {
        ("1", 10) => &[3, 3, 4],
        ("7", 10) => &[3, 3, 2, 2],
        ("31" | "32" | "33", 9) => &[1, 2, 2, 2, 2],
        ("44", 10) => &[4, 6],
        ("52", 10) | ("54", 10) => &[2, 4, 4],
        ("55", 11) => &[2, 5, 4],
        ("55", 10) => &[2, 4, 4],
        ("91", 10) => &[5, 5],
        _ => return None,
    })
}

/// The length of the country's code at the beginning of `digits`, as the ITU assigns them.
fn country_length(digits: &str) -> usize {
    const TWO: &[&str] = &[
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
        "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84",
        "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    match digits.get(..2) {
        Some(head) if head.starts_with(['1', '7']) => 1,
        Some(head) if TWO.contains(&head) => 2,
        Some(_) | None => 3,
    }
}

/// Threes, with one or two fours at the end in place of a last group of one or two digits.
fn groups(length: usize) -> Vec<usize> {
    let fours = match length % 3 {
        1 if length >= 4 => 1,
        2 if length >= 8 => 2,
        _ => 0,
    };
    let rest = length - 4 * fours;
    let threes = vec![3; rest / 3].into_iter().chain((!rest.is_multiple_of(3)).then_some(rest % 3));
    threes.chain(vec![4; fours]).collect()
}

/// `+55 11 91234 5678`: an international number in groups. What is none is returned unchanged.
pub fn grouped(number: &str) -> String {
    let Some(digits) = number.strip_prefix('+') else { return number.to_owned() };
    if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.to_owned();
    }
    let (country, mut rest) = digits.split_at(country_length(digits));
    let lengths = known_groups(country, rest.len()).map_or_else(|| groups(rest.len()), <[usize]>::to_vec);
    let mut out = format!("+{country}");
    for length in lengths {
        let (group, after) = rest.split_at(length);
        out.push(' ');
        out.push_str(group);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_grouped_by_its_country() {
        let table = [
            ("+5511912345678", "+55 11 91234 5678"),
            ("+551187654321", "+55 11 8765 4321"),
            ("+12025550123", "+1 202 555 0123"),
            ("+491512345678", "+49 151 234 5678"),
            ("+4915123456789", "+49 151 2345 6789"),
            ("+447911123456", "+44 7911 123456"),
            ("+33612345678", "+33 6 12 34 56 78"),
            ("+351912345678", "+351 912 345 678"),
            ("+79161234567", "+7 916 123 45 67"),
            ("+29012345", "+290 123 45"),
            ("+919876543210", "+91 98765 43210"),
        ];
        for (number, expected) in table {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn what_is_no_international_number_stays_as_it_is() {
        for text in ["", "+", "+1", "4711", "Number hidden by WhatsApp", "+49 151", "+1234567890123456"] {
            assert_eq!(grouped(text), text);
        }
    }

    #[test]
    fn no_digit_is_lost_whatever_the_length() {
        for length in 7..=15 {
            for country in ["1", "49", "351", "999"] {
                let digits: String = country.chars().chain("2345678901234".chars()).take(length).collect();
                let grouped = grouped(&format!("+{digits}"));
                assert_eq!(grouped.replace(' ', ""), format!("+{digits}"));
                assert!(!grouped.ends_with(' ') && !grouped.contains("  "), "{grouped}");
            }
        }
    }
}
