use super::*;
use crate::time::Timestamp;

fn taken(expect: &Expect, text: &str) -> Option<String> {
    let facts = Facts { now: Timestamp(1_795_476_600_000), ..Facts::default() };
    read(expect, text, None, &facts).map(|answer| answer.value)
}

fn pattern(pattern: &str) -> Expect {
    Expect::Pattern { pattern: pattern.into(), example: String::new() }
}

#[test]
fn invisible_marks_around_a_value_are_not_part_of_it() {
    let number = Expect::Number { min: None, max: None };
    for (open, close) in [
        ("\u{202a}", "\u{202c}"),
        ("\u{2066}", "\u{2069}"),
        ("\u{200b}", "\u{200b}"),
        ("\u{200e}", ""),
        ("\u{200f}", "\u{200f}"),
        ("\u{feff}", ""),
        ("\u{2060}", "\u{ad}"),
    ] {
        for (expect, value) in [
            (&Expect::Phone, "+491512345678"),
            (&Expect::Email, "ana@example.com"),
            (&number, "1234"),
            (&pattern("[A-Z]{2}[0-9]{4}"), "AB1234"),
            (&Expect::Date, "2026-11-23"),
            (&Expect::Text, "Ana"),
        ] {
            assert_eq!(taken(expect, &format!("{open}{value}{close}")).as_deref(), Some(value), "{open:?} {expect:?}");
        }
    }
    assert_eq!(taken(&number, "1\u{fe0f}\u{20e3}7\u{fe0f}\u{20e3}").as_deref(), Some("17"), "the keys of figures");
    assert_eq!(taken(&number, "\u{3164}𝟏𝟚\u{34f}𝟯").as_deref(), Some("123"), "mathematical figures");
    // Joiners are part of words, and keys are what people write.
    assert_eq!(taken(&Expect::Text, "Gate 1\u{fe0f}\u{20e3}").as_deref(), Some("Gate 1\u{fe0f}\u{20e3}"));
    assert_eq!(taken(&Expect::Text, "می\u{200c}خواهم").as_deref(), Some("می\u{200c}خواهم"));
    assert_eq!(taken(&Expect::Text, "\u{200b}"), None);
}

#[test]
fn hyphens_of_copied_numbers_are_plain_ones() {
    for hyphen in ['-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2212}', '\u{ff0d}'] {
        let phone = format!("+49 151 234{hyphen}5678");
        assert_eq!(taken(&Expect::Phone, &phone).as_deref(), Some("+491512345678"), "{hyphen:?}");
        let order = format!("AB{hyphen}1234");
        assert_eq!(taken(&pattern("[A-Z]{2}-[0-9]{4}"), &order).as_deref(), Some("AB-1234"), "{hyphen:?}");
    }
    assert_eq!(taken(&Expect::Text, "check\u{2011}in").as_deref(), Some("check\u{2011}in"), "a text is kept");
}

#[test]
fn a_pattern_reads_the_digits_of_every_script() {
    for digits in ["12345", "١٢٣٤٥", "۱۲۳۴۵", "१२३४५", "১২৩৪৫", "๑๒๓๔๕", "１２３４５"]
    {
        for written in ["[0-9]{5}", r"\d{5}", r"\d+"] {
            assert_eq!(taken(&pattern(written), digits).as_deref(), Some("12345"), "{digits} {written}");
        }
    }
    assert_eq!(taken(&pattern("[٠-٩]{5}"), "١٢٣٤٥").as_deref(), Some("12345"), "a pattern in the customer's digits");
    assert_eq!(taken(&pattern("[0-9]{5}"), "١٢٣٤"), None);
}

#[test]
fn a_long_answer_is_not_compared_with_a_pattern() {
    let any = pattern("(?:a|aa)*b?");
    let said = |length: usize| taken(&any, &"a".repeat(length)).is_some();
    assert_eq!((said(limits::PATTERN_ANSWER), said(limits::PATTERN_ANSWER + 1)), (true, false));
}
