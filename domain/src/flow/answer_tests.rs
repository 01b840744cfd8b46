use super::*;
use crate::time::{Span, Timestamp};

/// Monday, 23 November 2026, 23:30 UTC; in Berlin it is already Tuesday.
fn facts(language: &str) -> Facts {
    Facts { now: Timestamp(1_795_476_600_000), customer_language: language.into(), ..Facts::default() }
}

fn taken(expect: &Expect, text: &str) -> Option<String> {
    read(expect, text, None, &facts("de")).map(|answer| answer.value)
}

fn check(expect: &Expect, table: &[(&str, Option<&str>)]) {
    for (text, expected) in table {
        assert_eq!(taken(expect, text).as_deref(), *expected, "{text:?}");
    }
}

#[test]
fn texts_are_taken_as_they_are_but_never_empty() {
    check(&Expect::Text, &[("  Ana  ", Some("Ana")), ("", None), (" \n ", None), ("👋", Some("👋"))]);
    assert_eq!(taken(&Expect::Text, &"é".repeat(5_000)).map(|text| text.chars().count()), Some(limits::VALUE));
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let table = [
        ("12", Some("12")),
        (" 12.5 ", Some("12.5")),
        ("12,50", Some("12.50")),
        ("1.234,56", Some("1234.56")),
        ("1,234.56", Some("1234.56")),
        ("1 234,5", Some("1234.5")),
        ("1'234.5", Some("1234.5")),
        ("1.000", Some("1000")),
        ("1,000", Some("1000")),
        ("1.234.567", Some("1234567")),
        ("1,234,567.8", Some("1234567.8")),
        ("0.125", Some("0.125")),
        ("1234.567", Some("1234.567")),
        (".5", Some("0.5")),
        ("-3", Some("-3")),
        ("−3", Some("-3")),
        ("+3", Some("3")),
        ("007", Some("7")),
        ("12 €", Some("12")),
        ("$ 12.00", Some("12.00")),
        ("٤٢", Some("42")),
        ("４２", Some("42")),
        ("५", Some("5")),
        ("1.23.4", None),
        ("1,23,456", None),
        ("12,34,5", None),
        ("twelve", None),
        ("12a", None),
        ("1e5", None),
        ("NaN", None),
        ("inf", None),
        ("--3", None),
        ("-", None),
        (".", None),
        ("9999999999999999999999", None),
    ];
    check(&Expect::Number { min: None, max: None }, &table);
    let small = Expect::Number { min: Some(1.0), max: Some(10.5) };
    check(&small, &[("1", Some("1")), ("10,5", Some("10.5")), ("0", None), ("10.6", None)]);
}

#[test]
fn addresses_are_found_in_the_words_around_them() {
    let table = [
        ("ana@example.com", Some("ana@example.com")),
        ("Ana.B+x@EXAMPLE.co.uk", Some("Ana.B+x@example.co.uk")),
        ("it is <ana@example.com>, thanks", Some("ana@example.com")),
        ("mailto:ana@example.com", Some("ana@example.com")),
        ("ana@bücher.example.", Some("ana@bücher.example")),
        ("ana@example", None),
        ("ana@@example.com", None),
        ("@example.com", None),
        ("ana@-x.com", None),
        ("ana@x..com", None),
        ("a..b@example.com", None),
        ("ana@1.2.3.4", None),
        ("a@x.com or b@x.com", None),
        ("ana at example.com", None),
    ];
    check(&Expect::Email, &table);
}

#[test]
fn phone_numbers_lose_their_separators() {
    let table = [
        ("+49 151 2345678", Some("+491512345678")),
        ("0049 151 2345678", Some("+491512345678")),
        ("+49 (0)151 2345678", Some("+491512345678")),
        ("(030) 123-4567", Some("0301234567")),
        ("030/123.4567", Some("0301234567")),
        ("+٤٩١٥١٢٣٤٥٦٧٨", Some("+491512345678")),
        ("12345", None),
        ("1234567890123456", None),
        ("call me", None),
        ("+49+151234567", None),
        ("0151-CALLNOW", None),
    ];
    check(&Expect::Phone, &table);
}

#[test]
fn days_are_read_in_common_spellings() {
    let table = [
        ("2026-11-23", Some("2026-11-23")),
        ("2026/1/5", Some("2026-01-05")),
        ("23.11.2026", Some("2026-11-23")),
        ("23. 11. 2026", Some("2026-11-23")),
        ("23/11/2026", Some("2026-11-23")),
        ("23-11-26", Some("2026-11-23")),
        ("23 11 2026", Some("2026-11-23")),
        ("11/23/2026", Some("2026-11-23")),
        ("03/04/2026", Some("2026-04-03")),
        ("23.11.", Some("2026-11-23")),
        ("22.11.", Some("2027-11-22")),
        ("11/24", Some("2026-11-24")),
        ("29.2.", Some("2028-02-29")),
        ("23 November 2026", Some("2026-11-23")),
        ("Nov 24", Some("2026-11-24")),
        ("November 24th, 2027", Some("2027-11-24")),
        ("24. Dezember", Some("2026-12-24")),
        ("5 de março de 2027", Some("2027-03-05")),
        ("1er août 2027", Some("2027-08-01")),
        ("Today", Some("2026-11-23")),
        ("morgen", Some("2026-11-24")),
        ("mañana!", Some("2026-11-24")),
        ("hier", Some("2026-11-22")),
        ("٢٣/١١/٢٠٢٦", Some("2026-11-23")),
        ("31.02.2026", None),
        ("13/13/2026", None),
        ("0.0.2026", None),
        ("23", None),
        ("23.11.2026.1", None),
        ("2026-11-23-", None),
        ("next week", None),
        ("15 mar", Some("2027-03-15")),
        ("15 jui", None),
        ("maybe 23", None),
        ("+1.+2.2026", None),
    ];
    check(&Expect::Date, &table);
}

#[test]
fn an_ambiguous_date_depends_on_the_customers_language() {
    let read = |text, language| read(&Expect::Date, text, None, &facts(language)).map(|answer| answer.value);
    assert_eq!(read("03/04/2027", "en_US").as_deref(), Some("2027-03-04"));
    assert_eq!(read("03/04/2027", "en-US").as_deref(), Some("2027-03-04"));
    assert_eq!(read("03/04/2027", "en_GB").as_deref(), Some("2027-04-03"));
    assert_eq!(read("03.04.2027", "en_US").as_deref(), Some("2027-04-03"));
}

#[test]
fn today_is_where_the_tenant_is() {
    let there = |offset| {
        let facts = Facts { offset, ..facts("") };
        read(&Expect::Date, "today", None, &facts).map(|answer| answer.value)
    };
    assert_eq!(there(Span::hours(1)).as_deref(), Some("2026-11-24"));
    assert_eq!(there(Span::hours(-5)).as_deref(), Some("2026-11-23"));
}

fn choice() -> Expect {
    let option = |id: &str, title: &str| Choice { id: id.into(), title: title.into(), ..Choice::default() };
    Expect::Choice {
        options: vec![
            option("status", "Order status"),
            option("return", "Return"),
            option("refund", "Refund"),
            option("2", "3"),
            option("fr", "Réclamation"),
        ],
    }
}

#[test]
fn a_choice_is_understood_by_tap_number_title_and_near_title() {
    let table = [
        ("anything", Some("refund"), Some(2)),
        ("Return", Some("old_button"), Some(1)),
        ("nonsense", Some("old_button"), None),
        ("1", None, Some(0)),
        ("2.", None, Some(1)),
        // A title that is a number takes precedence over an option's number.
        ("3", None, Some(3)),
        ("5)", None, Some(4)),
        ("6", None, None),
        ("0", None, None),
        ("order STATUS!", None, Some(0)),
        ("reclamation", None, Some(4)),
        ("my order status please", None, Some(0)),
        ("oder status", None, Some(0)),
        ("retrun", None, Some(1)),
        ("return or refund", None, None),
        ("", None, None),
        ("👍", None, None),
    ];
    for (text, payload, expected) in table {
        let found = read(&choice(), text, payload, &facts("")).and_then(|answer| answer.option);
        assert_eq!(found, expected, "{text:?} {payload:?}");
    }
}

#[test]
fn a_pattern_fits_the_whole_answer() {
    let pattern = |pattern: &str| Expect::Pattern { pattern: pattern.into(), example: String::new() };
    check(&pattern("[A-Z]{2}[0-9]{4}"), &[(" AB1234 ", Some("AB1234")), ("xAB1234", None), ("AB12345", None)]);
    check(&pattern("a|ab"), &[("ab", Some("ab")), ("abc", None)]);
    check(&pattern("^a$"), &[("a", Some("a")), ("a\nb", None)]);
    check(&pattern("(?x) a # b"), &[("a", None)]);
    check(&pattern("a)(b"), &[("ab", None)]);
    check(&pattern("("), &[("(", None)]);
    assert!(anchored("(a{1000}){1000}").is_err());
    assert!(anchored(&"a".repeat(limits::PATTERN + 1)).is_err());
    assert!(anchored(&"(".repeat(200)).is_err());
}

proptest::proptest! {
    #[test]
    fn any_answer_is_safe(text in "\\PC{0,30}", digits in "[0-9.,/: +'€@a-c-]{0,14}", pattern in "[a-z0-9()\\[\\]{}*+?|\\\\^$.,-]{0,16}", now in proptest::prelude::any::<i64>()) {
        let facts = Facts { now: Timestamp(now), ..Facts::default() };
        let expects = [
            Expect::Text, Expect::Number { min: None, max: None }, Expect::Email, Expect::Phone, Expect::Date, choice(),
            Expect::Pattern { pattern, example: String::new() },
        ];
        for expect in &expects {
            for text in [&text, &digits] {
                if let Some(answer) = read(expect, text, None, &facts) {
                    proptest::prop_assert!(!answer.value.trim().is_empty());
                    // Parsing a stored value again returns the same value.
                    if !matches!(expect, Expect::Choice { .. }) {
                        proptest::prop_assert_eq!(read(expect, &answer.value, None, &facts), Some(answer.clone()));
                    }
                }
            }
        }
    }
}
