//! Numbers of telephones: as WhatsApp writes them, in the spellings of one number, and as people read and type them.

pub mod typed;

/// What a `from`, `to` or `wa_id` of Meta's holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaId {
    /// The digits of a phone number, without `+`.
    Phone(String),
    /// A business-scoped user id, unchanged: Meta puts it there for customers who hide their number.
    UserId(String),
}

impl WaId {
    /// What is not a number, formatted or not, is a user id. Its digits must never be used as a number: they are
    /// another person's.
    pub fn of(text: &str) -> Self {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_phone = !digits.is_empty() && text.chars().all(|c| c.is_ascii_digit() || is_format(c));
        if is_phone { Self::Phone(digits) } else { Self::UserId(text.to_owned()) }
    }
}

/// Characters between the digits of a formatted number.
fn is_format(c: char) -> bool {
    matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '\u{a0}')
}

/// Whether a stored number consists of digits only, as it must.
pub fn is_digits(number: &str) -> bool {
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits of a formatted number. What is not a number is returned unchanged.
pub fn digits(text: &str) -> String {
    match WaId::of(text) {
        WaId::Phone(text) | WaId::UserId(text) => text,
    }
}

/// The spellings of one international number in digits: itself, and with or without the digit that marks mobile numbers
/// in Brazil (9), Mexico (1) and Argentina (9). WhatsApp uses both.
pub fn spellings(digits: &str) -> Vec<String> {
    let mut all = vec![digits.to_owned()];
    if !is_digits(digits) {
        return all;
    }
    let other = match (&digits[..digits.len().min(2)], digits.len()) {
        ("55", 13) if &digits[4..5] == "9" && matches!(&digits[5..6], "6" | "7" | "8" | "9") => {
            Some(format!("{}{}", &digits[..4], &digits[5..]))
        }
        ("55", 12) if matches!(&digits[4..5], "6" | "7" | "8" | "9") => {
            Some(format!("{}9{}", &digits[..4], &digits[4..]))
        }
        ("52", 13) if &digits[2..3] == "1" => Some(format!("52{}", &digits[3..])),
        ("52", 12) => Some(format!("521{}", &digits[2..])),
        ("54", 13) if &digits[2..3] == "9" => Some(format!("54{}", &digits[3..])),
        ("54", 12) => Some(format!("549{}", &digits[2..])),
        _ => None,
    };
    all.extend(other);
    all
}

/// One spelling for all spellings of a number: the shortest.
pub fn canonical(digits: &str) -> String {
    spellings(digits).into_iter().min_by_key(String::len).unwrap_or_default()
}

/// Whether two numbers in digits are spellings of one.
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || canonical(one) == canonical(other)
}

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
pub(crate) fn country_length(digits: &str) -> usize {
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
    if !(7..=15).contains(&digits.len()) || !is_digits(digits) {
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
    fn a_wa_id_is_a_number_or_a_user_id() {
        for (text, expected) in [
            ("15551234567", "15551234567"),
            ("+1 (555) 123-4567", "15551234567"),
            ("+49\u{a0}30 5550.100", "49305550100"),
        ] {
            assert_eq!(WaId::of(text), WaId::Phone(expected.to_owned()), "{text}");
            assert_eq!(digits(text), expected);
        }
        for text in ["US.15551234567", "US.ENT.11815", "15551234567a", "us.1", "+", "", "١٥٥٥"] {
            assert_eq!(WaId::of(text), WaId::UserId(text.to_owned()), "{text}");
            assert_eq!(digits(text), text);
            assert!(!is_digits(text), "{text}");
        }
        assert!(is_digits("15551234567"));
    }

    #[test]
    fn the_known_spellings_of_a_number_are_one() {
        for (one, other) in [
            // Brazil: São Paulo, and an area whose older accounts have no 9.
            ("5511987654321", "551187654321"),
            ("5571991234567", "557191234567"),
            ("5215512345678", "525512345678"),
            ("5491123456789", "541123456789"),
        ] {
            assert_eq!(spellings(one), [one, other]);
            assert_eq!(spellings(other), [other, one]);
            assert_eq!(canonical(one), canonical(other));
            assert!(is_same(one, other) && is_same(other, one), "{one}");
        }
    }

    #[test]
    fn numbers_that_only_look_alike_stay_apart() {
        for (one, other) in [
            // A landline of Brazil has no 9 before it.
            ("5511932654321", "551132654321"),
            ("5511987654321", "5511987654322"),
            ("5215512345678", "5515512345678"),
            ("4915550001", "49915550001"),
            ("", "9"),
            ("US.1", "US.9"),
        ] {
            assert!(!is_same(one, other), "{one} and {other}");
        }
        for alone in ["5511332654321", "551132654321", "15551234567", "US.5511987654321", "55é1987654321", "5"] {
            assert_eq!(spellings(alone), [alone], "{alone}");
        }
    }

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

    #[test]
    fn numbers_of_mexico_and_argentina_are_grouped_by_area() {
        assert_eq!(grouped("+525512345678"), "+52 55 1234 5678");
        assert_eq!(grouped("+541123456789"), "+54 11 2345 6789");
    }

    #[test]
    fn only_the_digit_that_marks_mobile_numbers_is_left_out() {
        for alone in ["5225512345678", "5421123456789"] {
            assert_eq!(spellings(alone), [alone]);
        }
    }
}
